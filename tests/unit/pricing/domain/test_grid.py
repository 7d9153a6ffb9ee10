"""What may be typed in a grid, what is refused with its field, what deserves a second look."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from chassis.ids import new_id
from hypothesis import given
from hypothesis import strategies as st
from pricing.domain.compiling import season
from pricing.domain.errors import BadPrice, BadValue
from pricing.domain.grid import StayRules, TariffRow
from pricing.domain.parts import Discount
from pricing.domain.remarks import remarks
from tariff import DiscountKind, NamedPackage, Occupancy, PackageKind, Party, Price, RateSheet, evaluate
from values import NightRange

from tests.unit.pricing.builders import a_listing, a_plan, a_season, a_tariff

SEASON = new_id()
WEEK_END = NamedPackage(PackageKind.WEEK_END, 23_000)


def refused(row):
    with pytest.raises((BadValue, BadPrice)) as refusal:
        row.check("row")
    return refusal.value.metadata["field"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (TariffRow(SEASON, named=(replace(WEEK_END, price=-1),)), "row.named_packages[0].price"),
        (TariffRow(SEASON, named=(replace(WEEK_END, nights=(36,)),)), "row.named_packages[0].nights"),
        (
            TariffRow(SEASON, named=(replace(WEEK_END, arrival_weekdays=(8,)),)),
            "row.named_packages[0].arrival_days",
        ),
        (
            TariffRow(SEASON, named=(WEEK_END, NamedPackage(PackageKind.MID_WEEK, 1, (5,), (2, 4)))),
            "row.named_packages[1]",
        ),
        (TariffRow(SEASON, weekday_prices={8: 100}), "row.weekday_prices[8]"),
        (TariffRow(SEASON, weekday_prices={5: -100}), "row.weekday_prices[5]"),
        (TariffRow(SEASON, occupancies=(Occupancy(0, {7: 1}),)), "row.occupancies[0].persons"),
        (TariffRow(SEASON, occupancies=(Occupancy(2, {7: -1}),)), "row.occupancies[0].packages[7]"),
        (TariffRow(SEASON, occupancies=(Occupancy(2, {7: 1}), Occupancy(2, {}))), "row.occupancies"),
        (TariffRow(SEASON, rules=StayRules(min_by_arrival_day={9: 3})), "row.rules.min_by_arrival_day"),
        (TariffRow(SEASON, rules=StayRules(max_nights=5, min_through=7)), "row.rules.max_nights"),
        (TariffRow(SEASON, rules=StayRules(horizon_days=-1)), "row.rules.horizon_days"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(row, field):
    assert refused(row) == field


def test_a_promotional_code_belongs_to_its_kind_alone():
    whole = {"id": new_id(), "owner_id": new_id(), "code": "amis", "name": "Les amis", "basis_points": 500}
    Discount(**whole, kind=DiscountKind.CODE, promo_code="AMIS").check()
    for kind, code in ((DiscountKind.CODE, ""), (DiscountKind.CODE, " a "), (DiscountKind.LATE, "AMIS")):
        with pytest.raises(BadValue) as refusal:
            Discount(**whole, kind=kind, promo_code=code).check()
        assert refusal.value.metadata["field"] == "discount.promo_code"


def test_prices_by_persons_are_not_those_of_the_base():
    season = a_season("Été", ("2026-07-01", "2026-09-01"))
    row = TariffRow(season.id, packages={7: 70_000}, occupancies=(Occupancy(4, {7: 60_000}),))
    tariff = a_tariff(a_plan(), a_listing(), row)
    with pytest.raises(BadValue) as refusal:
        tariff.check()
    assert refusal.value.metadata["field"] == "tariff.rows[0].occupancies[0].persons"


def test_a_package_that_costs_less_than_a_shorter_stay_and_a_dear_week_are_told():
    season = a_season("Été", ("2026-07-01", "2026-09-01"))
    row = TariffRow(
        season.id,
        packages={1: 12_000, 7: 90_000},
        named=(replace(WEEK_END, price=11_000),),
        weekday_prices=dict.fromkeys(range(1, 8), 12_500),
        occupancies=(Occupancy(2, {2: 0}),),
    )
    tariff = a_tariff(a_plan(), a_listing(), row)
    found = {one.reason: dict(one.params) for one in remarks(tariff, {season.id: season}, {})}
    assert found["LONGER_CHEAPER"] == {
        "season": season.name,
        "nights": "2",
        "amount": "11000",
        "kind": "WEEK_END",
        "shorter": "1",
        "shorter_amount": "12000",
    }
    assert found["WEEK_DEARER_THAN_NIGHTS"]["night_amount"] == "12000"
    assert found["ZERO_PRICE"]["persons"] == "2"


PACKAGES = st.dictionaries(st.integers(1, 35), st.integers(1_000, 200_000), max_size=5)


@given(
    PACKAGES,
    st.none() | st.integers(1_000, 20_000),
    st.none() | st.lists(st.integers(5_000, 20_000), min_size=7, max_size=7),
)
def test_a_longer_stay_that_costs_less_is_always_told_and_nothing_else(packages, night, weekdays):
    of = a_season("Été", ("2026-05-01", "2026-10-01"))
    week = dict(enumerate(weekdays, 1)) if weekdays else {}
    row = TariffRow(of.id, packages=packages, extra_night=night or 0, weekday_prices=week)
    tariff = a_tariff(a_plan(), a_listing(), row)
    told = {one.reason for one in remarks(tariff, {of.id: of}, {})}
    sheet = RateSheet("EUR", 4, 4, seasons=(season(row, of, tariff),))

    def price(first, nights):
        stay = NightRange.of_length(date(2026, 6, 1) + timedelta(first), nights)
        found = evaluate(sheet, stay, Party(4), date(2026, 1, 1))
        return found.total if isinstance(found, Price) else None

    # Of two lengths the least and the most over the weekdays of arrival, as a guest who is free to choose.
    sold = [
        (min(known), max(known), nights)
        for nights in range(1, 36)
        if (known := [one for first in range(7) if (one := price(first, nights)) is not None])
    ]
    falls = any(
        longer[0] < shorter[1] and not (by_nights(row, shorter[2]) and by_nights(row, longer[2]))
        for shorter, longer in pairwise(sold)
    )
    assert ("LONGER_CHEAPER" in told) is falls


def by_nights(row, length):
    return length not in row.packages and not (length > 7 and 7 in row.packages)
