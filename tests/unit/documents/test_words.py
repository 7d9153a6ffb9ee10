"""Amounts and dates as people read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from documents.printing import words
from documents.printing.texts import french_spaces


@pytest.mark.parametrize(
    ("minor", "french", "english"),
    [
        (1200, "12,00\u00a0€", "€12.00"),
        (123450, "1\u202f234,50\u00a0€", "€1,234.50"),
        (-5500, "−55,00\u00a0€", "−€55.00"),
        (5, "0,05\u00a0€", "€0.05"),
    ],
)
def test_money_is_typeset_as_each_language_wants(minor, french, english):
    assert words.money(minor, "EUR", "fr") == french
    assert words.money(minor, "EUR", "en") == english


@pytest.mark.parametrize(
    ("arrival", "departure", "french"),
    [
        ((2026, 7, 18), (2026, 7, 25), "du samedi 18 au samedi 25 juillet 2026 (7 nuits)"),
        ((2026, 7, 31), (2026, 8, 1), "du vendredi 31 juillet au samedi 1er août 2026 (1 nuit)"),
        ((2010, 12, 31), (2011, 1, 5), "du vendredi 31 décembre 2010 au mercredi 5 janvier 2011 (5 nuits)"),
    ],
)
def test_a_stay_is_told_in_words_without_repeating_month_and_year(arrival, departure, french):
    found = words.stay(date(*arrival), date(*departure), "fr")
    assert found.replace("\u00a0", " ") == french


def test_hours_and_moments_are_french_or_english():
    assert words.hour("16:00", "fr") == "16\u00a0h"
    assert words.hour("16:30", "fr") == "16\u00a0h\u00a030"
    assert words.hour("16:30", "en") == "16:30"
    end = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    paris = ZoneInfo("Europe/Paris")
    assert words.moment(end, paris, "fr").replace("\u00a0", " ") == "dimanche 8 mars 2026 à 23 h 59"
    assert words.moment(end, paris, "en").replace("\u00a0", " ") == "Sunday 8 March 2026 at 23:59"


@pytest.mark.parametrize(("wanted", "found"), [("", "fr"), ("fr-BE", "fr"), ("en", "en"), ("de", "en")])
def test_who_does_not_read_french_gets_english(wanted, found):
    assert words.language_of(wanted) == found


def test_lists_and_numbers_read_as_sentences():
    assert words.joined(["a", "", "b", "c"], "fr") == "a, b et c"
    assert words.joined(["a"], "en") == "a"
    assert words.number(1250.50, "fr") == "1\u202f250,5"
    assert words.number(20, "en") == "20"
    assert words.percent(2500, "fr") == "25,00\u00a0%"


def test_french_signs_never_begin_a_line():
    assert french_spaces("Prix : 12 ; « oui » !") == "Prix\u00a0: 12\u202f; «\u00a0oui\u00a0»\u202f!"


def test_wrapped_lines_are_joined_and_lists_are_kept():
    wrapped = "Une grande maison de pierre au milieu des vignes, avec une\nterrasse.\n\n- draps\n- linge"
    assert words.paragraphs(wrapped) == [
        "Une grande maison de pierre au milieu des vignes, avec une terrasse.",
        "- draps",
        "- linge",
    ]
    assert words.paragraphs("") == []
