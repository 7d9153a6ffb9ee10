"""The words of `sejour tax`: mapping files, and why a line or a file is refused."""

import re
from inspect import getsource

import pytest
from pricing.domain import tax_file as parser
from sejour_local.sentences import CannotStart
from sejour_local.tax_file import COLUMNS, REFUSALS, file_words, read_layout, refusal_words


def test_the_columns_are_those_that_pricing_reads():
    assert COLUMNS == parser.COLUMNS


def test_every_reason_of_pricing_has_its_words():
    reasons = set(re.findall(r'BadLine\("([A-Z_]+)"', getsource(parser)))
    assert reasons | {"TWICE", "VALUE"} == set(REFUSALS)
    assert refusal_words("INSEE", {"text": "7028"}).startswith("insee « 7028 »: write")
    assert refusal_words("VALUE", {"field": "rule.cap"}) == "a value cannot be (rule.cap)"


def test_a_file_without_the_columns_is_told():
    metadata = {"field": "content", "why": "no_column", "missing": "insee", "there": "code"}
    assert file_words(metadata, "x.csv").startswith("x.csv has no column insee. Its columns are code;")
    assert file_words({"field": "rule.year"}, "x.csv") == ""


def test_a_mapping_file_names_columns(tmp_path):
    mapping = tmp_path / "delta.yaml"
    mapping.write_text("columns: {insee: CODE_INSEE}\ndefaults: {annee: 2026}\n", encoding="utf-8")
    layout = read_layout(mapping)
    assert (dict(layout.columns), dict(layout.defaults)) == ({"insee": "CODE_INSEE"}, {"annee": "2026"})


@pytest.mark.parametrize("text", ["prix: {a: b}", "- a", "columns: x", "a: ["])
def test_a_mapping_file_that_is_none_is_refused(tmp_path, text):
    mapping = tmp_path / "m.yaml"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(CannotStart, match=r"may have|YAML"):
        read_layout(mapping)
