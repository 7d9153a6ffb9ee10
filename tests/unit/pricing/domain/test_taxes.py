"""The tourist-tax rules: categories, the national frame, years without a rule."""

from datetime import date

import pytest
from chassis.ids import new_id
from gateway.operator.rule_form import MOST_PERIODS
from pricing.domain.errors import BadValue, PeriodReversed
from pricing.domain.listing import ListingKind
from pricing.domain.taxes import MAX_PERIODS, TaxRule, compiled_rules, ends, one_period, years_without_rule
from tariff import TaxKind, tourist_tax
from values import NightRange

from tests.unit.pricing.builders import a_listing


def a_rule(**values: object) -> TaxRule:
    return TaxRule(**({"id": new_id(), "insee": "07028", "category": "3", "year": 2026} | values))


@pytest.mark.parametrize(
    ("kind", "stars", "category"),
    [
        (ListingKind.SEASONAL_RENTAL, 3, "3"),
        (ListingKind.SEASONAL_RENTAL, 0, "unclassified"),
        (ListingKind.GUEST_ROOM, 0, "guest_room"),
        (ListingKind.GUEST_ROOM, 4, "guest_room"),
    ],
)
def test_a_guest_room_pays_its_own_line_and_others_by_their_stars(kind, stars, category):
    assert a_listing(kind=kind, official_stars=stars).tax_category == category


@pytest.mark.parametrize(
    ("values", "outside"),
    [
        ({"tariff": 110}, False),
        ({"tariff": 170}, False),
        ({"tariff": 171}, True),
        ({"tariff": 49}, True),
        ({"tariff": 160, "year": 2020}, True),
        ({"tariff": 150, "year": 2012}, False),
        ({"category": "unclassified", "rate_basis_points": 440, "cap": 375}, False),
        ({"category": "unclassified", "rate_basis_points": 600, "cap": 375}, True),
        ({"category": "unclassified", "tariff": 100}, True),
    ],
)
def test_what_lies_outside_the_national_frame_is_seen(values, outside):
    assert a_rule(**values).outside_the_frame is outside


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"insee": "7028"}, BadValue),
        ({"category": "3_etoiles"}, BadValue),
        ({"tariff": 100, "rate_basis_points": 100}, BadValue),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values, error):
    with pytest.raises(error):
        a_rule(**values).check()


SUMMER, CHRISTMAS = NightRange.parse("2026-04-01", "2026-10-01"), NightRange.parse("2026-12-19", "2027-01-01")


@pytest.mark.parametrize(
    ("periods", "why"),
    [
        ((CHRISTMAS, SUMMER), "order"),
        ((SUMMER, NightRange.parse("2026-09-30", "2026-11-01")), "overlap"),
        ((NightRange.parse("2026-12-19", "2027-01-04"),), "outside_year"),
    ],
)
def test_periods_are_in_order_share_no_night_and_lie_in_the_year(periods, why):
    with pytest.raises(BadValue) as refused:
        a_rule(collected=periods).check()
    assert refused.value.metadata["why"] == why


def test_a_year_has_at_most_as_many_periods_as_the_form_shows():
    firsts = [date(2026, month, day) for month in range(1, 13) for day in (1, 15)]
    periods = tuple(NightRange.of_length(first, 7) for first in firsts[: MAX_PERIODS + 1])
    a_rule(tariff=100, collected=periods[:-1]).check()
    with pytest.raises(BadValue) as refused:
        a_rule(tariff=100, collected=periods).check()
    assert refused.value.metadata["field"] == "rule.collected"
    assert MAX_PERIODS == MOST_PERIODS


def test_each_period_of_the_year_is_collected():
    rules = compiled_rules([a_rule(tariff=100, collected=(SUMMER, CHRISTMAS))])
    for stay, nights in (
        ("2026-09-29/2026-10-03", 2),
        ("2026-11-01/2026-11-08", 0),
        ("2026-12-17/2026-12-21", 2),
    ):
        tax = tourist_tax(
            rules, NightRange.parse(*stay.split("/")), accommodation_ht=0, occupants=1, taxable=1
        )
        assert (tax.amount if tax else 0) == nights * 100


def test_one_period_may_lack_either_day():
    whole = one_period(2026, None, None)
    assert (whole, ends(whole)) == ((), (None, None))
    assert one_period(2026, date(2026, 4, 1), None) == (NightRange.parse("2026-04-01", "2027-01-01"),)
    assert ends(one_period(2026, None, date(2026, 9, 30))) == (date(2026, 1, 1), date(2026, 9, 30))
    with pytest.raises(PeriodReversed):
        one_period(2026, date(2026, 7, 1), date(2026, 6, 1))


def test_a_period_to_the_last_day_of_all_calendars_lies_outside_its_year():
    rule = a_rule(tariff=100, collected=one_period(2026, date(2026, 7, 1), date.max))
    with pytest.raises(BadValue) as refused:
        rule.check()
    assert refused.value.metadata["why"] == "outside_year"


@pytest.mark.parametrize(
    ("year", "first", "last", "then"),
    [
        (2026, "04-01", "09-30", "2027-04-01/2027-09-30"),
        (2026, "01-01", "12-31", "2027-01-01/2027-12-31"),
        (2027, "01-01", "02-28", "2028-01-01/2028-02-28"),
        (2028, "01-01", "02-28", "2029-01-01/2029-02-28"),
        (2028, "01-01", "02-29", "2029-01-01/2029-02-28"),
        (2028, "02-29", "03-31", "2029-02-28/2029-03-31"),
    ],
)
def test_the_periods_of_the_next_year_have_the_same_days(year, first, last, then):
    days = (date.fromisoformat(f"{year}-{day}") for day in (first, last))
    copy = a_rule(year=year, tariff=100, collected=one_period(year, *days)).for_next_year(new_id())
    copy.check()
    assert "/".join(map(str, ends(copy.collected))) == then


def test_each_night_follows_the_rule_of_its_year_inside_the_collection():
    rules = compiled_rules(
        [
            a_rule(year=2027, tariff=200),
            a_rule(year=2026, tariff=100, collected=(NightRange.parse("2026-01-01", "2026-12-31"),)),
        ]
    )
    stay = NightRange.parse("2026-12-29", "2027-01-02")
    tax = tourist_tax(rules, stay, accommodation_ht=0, occupants=1, taxable=1)
    assert tax is not None
    assert tax.amount == 2 * 100 + 200  # The 31st is not collected.
    assert years_without_rule(rules, stay) == ()


def test_years_without_rule_are_named():
    rules = compiled_rules([a_rule(tariff=100)])
    assert years_without_rule(rules, NightRange.parse("2026-12-30", "2028-01-02")) == (2027, 2028)


def test_a_percentage_keeps_its_cap_and_additional_taxes():
    (rule,) = compiled_rules(
        [a_rule(category="unclassified", rate_basis_points=400, cap=200, additional={"departmental": 1000})]
    )
    assert (rule.kind, rule.cap, rule.tariff) == (TaxKind.PERCENT, 200, 0)
    tax = tourist_tax(
        [rule], NightRange.parse("2026-05-01", "2026-05-04"), accommodation_ht=42000, occupants=4, taxable=3
    )
    assert tax is not None
    assert tax.amount == 1386  # Case T8.
