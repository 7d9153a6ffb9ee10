"""Every sentence has its English, with the same values in it."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract
from documents.printing.texts import texts

ROOT = Path(str(files("documents")))
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trim_blocks": "1", "encoding": "utf-8", "extensions": "jinja2.ext.i18n", "silent": "false"}


def sentences():
    found = set()
    for method, paths in {
        "python": ROOT.rglob("*.py"),
        "jinja2.ext:babel_extract": (ROOT / "printing" / "templates").iterdir(),
    }.items():
        for path in paths:
            with path.open("rb") as source:
                options = OPTIONS if method != "python" else {"encoding": "utf-8"}
                for _line, message, *_rest in extract(method, source, keywords=KEYWORDS, options=options):
                    found |= set(message) if isinstance(message, tuple) else {message}
    return sorted(one for one in found if one)


SENTENCES = sentences()


def test_sentences_are_found_in_code_and_templates():
    assert {"Le séjour", "Voir mon dossier", "%(num)s adultes"} <= set(SENTENCES)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_has_its_english(sentence):
    catalog = texts("en")._catalog
    assert sentence in catalog
    values = re.compile(r"%\(\w+\)s")
    assert sorted(values.findall(catalog[sentence])) == sorted(values.findall(sentence))


def test_no_english_is_left_over():
    assert set(texts("en")._catalog) <= set(SENTENCES)
