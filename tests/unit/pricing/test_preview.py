"""The effect of a change before it is saved: the stays that were typed, on a day on which they begin."""

from dataclasses import replace
from datetime import date

from pricing.application.preview import changed_stays
from tariff import NamedPackage, PackageKind, RateSheet, Season
from values import NightRange

SEASON = Season("s", "MS", (NightRange.parse("2026-01-01", "2027-01-01"),), {7: 59_000})
SUNDAY = date(2026, 5, 3)


def sheet(**prices):
    return RateSheet("EUR", 4, 6, seasons=(replace(SEASON, **prices),))


def test_a_dearer_week_end_is_shown_from_friday():
    before, after = (sheet(named=(NamedPackage(PackageKind.WEEK_END, n),)) for n in (23_000, 25_000))
    nights, old, new = next(changed_stays(before, after, SUNDAY))
    assert (nights.arrival.isoweekday(), nights.length, old, new) == (5, 2, 23_000, 25_000)


def test_dearer_single_nights_are_shown_as_one_night():
    before, after = (sheet(weekday_prices=dict.fromkeys(range(1, 8), n)) for n in (9_000, 9_500))
    nights, old, new = next(changed_stays(before, after, SUNDAY))
    assert (nights.length, old, new) == (1, 9_000, 9_500)
