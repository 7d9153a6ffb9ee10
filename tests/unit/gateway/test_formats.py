from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from gateway import formats, i18n


@dataclass(frozen=True)
class Amount:
    amount: int
    currency: str = "EUR"


def test_amounts_have_narrow_spaces_between_thousands_and_a_no_break_space_before_the_sign():
    assert formats.euros(Amount(123450)) == "1\u202f234,50\u00a0€"


def test_a_discount_has_a_true_minus():
    assert formats.euros(-1250) == "−12,50\u00a0€"


def test_a_field_shows_an_amount_as_one_types_it():
    assert formats.typed_euros(123450) == "1234,50"


def test_english_readers_get_english_amounts_and_dates():
    with i18n.use_locale("en"):
        assert formats.euros(123450) == "€1,234.50"
        assert formats.jour("2026-07-18") == "Saturday 18 July 2026"


def test_a_day_is_written_in_words():
    assert formats.jour(date(2026, 7, 18)) == "samedi 18 juillet 2026"


def test_the_first_of_a_month_is_an_ordinal():
    assert formats.jour("2026-08-01") == "samedi 1er août 2026"
    assert formats.du_au("2026-08-01", "2026-08-08").startswith("du samedi 1er au samedi 8 août 2026")


@pytest.mark.parametrize(
    ("arrival", "departure", "words"),
    [
        ("2026-07-18", "2026-07-25", "du samedi 18 au samedi 25 juillet 2026 (7 nuits)"),
        ("2026-07-31", "2026-08-01", "du vendredi 31 juillet au samedi 1er août 2026 (1 nuit)"),
        ("2010-12-31", "2011-01-05", "du vendredi 31 décembre 2010 au mercredi 5 janvier 2011 (5 nuits)"),
    ],
)
def test_a_stay_is_written_in_words_without_repeating_month_or_year(arrival, departure, words):
    assert formats.du_au(arrival, departure) == words


def test_an_instant_is_shown_in_paris():
    assert (
        formats.moment(datetime(2026, 3, 8, 22, 59, tzinfo=UTC)) == "dimanche 8 mars 2026 à 23\u00a0h\u00a059"
    )


def test_a_percentage_has_two_decimals():
    assert formats.percent("25") == "25,00\u00a0%"


def test_french_punctuation_gets_its_spaces_and_apostrophes():
    assert i18n.typographic("L'option « n° 3 » : perdue !") == (
        "L’option «\u00a0n°\u00a03\u00a0»\u00a0: perdue\u202f!"
    )


@pytest.mark.parametrize(
    ("cookie", "header", "locale"),
    [
        (None, "en-GB,en;q=0.9,fr;q=0.8", "en"),
        (None, "de,fr;q=0.5,en;q=0.4", "fr"),
        ("fr", "en", "fr"),
        ("xx", None, "fr"),
        (None, "nl", "fr"),
    ],
)
def test_the_language_is_the_visitors_choice_then_his_browsers(cookie, header, locale):
    assert i18n.choose_locale(cookie, header) == locale


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(0, "0"), (5, "0,05"), (440, "4,4"), (550, "5,5"), (1000, "10"), (20_000, "200"), (123_456, "1234,56")],
)
def test_a_percentage_is_shown_as_one_types_it(basis_points, text):
    assert formats.typed_percent(basis_points) == text
