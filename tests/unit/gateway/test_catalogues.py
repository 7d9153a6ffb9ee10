import re

from gateway.extract import messages

from gateway import i18n

# The API's words for programmers are English already; developers' pages are for developers.
OTHERS = ("guest", "api/", "dev", "selling.py")
NOT_WORDS = {"TOO_LARGE", "owner"}


def own_messages():
    return [
        message
        for message, files in messages().items()
        if message not in NOT_WORDS and not all(any(part in file for part in OTHERS) for file in files)
    ]


def values(text):
    return sorted(re.findall(r"%\((\w+)\)s", text))


def english():
    """All English words, by source string (and by plural number)."""
    part, found = i18n._catalogue("en"), {}
    while part is not None:
        found = getattr(part, "_catalog", {}) | found
        part = part._fallback
    return found


def test_every_source_string_has_english_words():
    known = english()
    missing = [
        each for each in own_messages() if (each if isinstance(each, str) else (each[0], 1)) not in known
    ]
    assert missing == []


def test_english_words_take_the_same_values():
    known = english()
    for each in own_messages():
        source, words = (
            (each, known.get(each, "")) if isinstance(each, str) else (each[1], known.get((each[0], 1), ""))
        )
        assert values(words) == values(source), each
        assert ("%%" in words) == ("%%" in source), each


def test_plurals_follow_the_language():
    with i18n.use_locale("en"):
        assert i18n.ngettext("%(num)s nuit", "%(num)s nuits", 0) == "%(num)s nights"
    assert i18n.ngettext("%(num)s nuit", "%(num)s nuits", 0) == "%(num)s nuit"
