"""Every French source string has its English one, with the same values in it."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from gateway.i18n import _catalogue

PACKAGE = Path(__file__).parents[3] / "gateway/src/gateway"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {
    "**.py": {"encoding": "utf-8"},
    "templates/**.html": {"extensions": "jinja2.ext.do", "silent": "false"},
}
KEYS = {"TOO_LARGE", "owner"}  # Keys of a table of words, which the extraction takes for words.
WORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def sources():
    found = {}
    for name, line, message, *_ in extract_from_dir(PACKAGE, METHODS, OPTIONS, keywords=WORDS):
        if not name.startswith(("dev", "templates/dev")):
            found.setdefault(message, f"{name}:{line}")
    return found


@pytest.fixture(scope="module")
def english():
    words, part = {}, _catalogue("en")
    while getattr(part, "_catalog", None):
        words = part._catalog | words
        part = part._fallback
    return words


def test_nothing_is_left_in_french(english):
    missing = []
    for message, where in sources().items():
        singular = message[0] if isinstance(message, tuple) else message
        if singular and singular not in KEYS and singular not in english and (singular, 1) not in english:
            missing.append(f"{where}: {singular}")
    assert missing == []


def test_each_translation_holds_the_same_values(english):
    wrong = []
    for key, text in english.items():
        source = key[0] if isinstance(key, tuple) else key
        if source and not isinstance(key, tuple):
            wanted, given = (set(re.findall(r"%\((\w+)\)", each)) for each in (source, text))
            if wanted != given:
                wrong.append((source, text))
    assert wrong == []
