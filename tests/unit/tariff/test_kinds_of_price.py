"""Named packages, prices by weekday and by persons, second week, promotional codes: what each decides."""

import json
from dataclasses import replace
from datetime import date

import pytest
from tariff import (
    Discount,
    DiscountBase,
    DiscountKind,
    ExtraPersonPrice,
    NamedPackage,
    Occupancy,
    PackageKind,
    Party,
    PriceUnit,
    Problem,
    PromoState,
    Straddle,
    Supplement,
    SupplementBase,
    TariffRefused,
    compile_sheet,
    from_json,
    to_json,
)
from tariff_builders import a_season, a_sheet, gite_4_6, priced, refused
from values import NightRange

WEEK_END = NamedPackage(PackageKind.WEEK_END, 23_000)
SPRING = [("2026-01-01", "2026-05-02")]
SUMMER = [("2026-05-02", "2027-01-01")]
CODE = Discount("c", "Les amis", DiscountKind.CODE, 1000, code="amis26")


def test_a_named_package_beats_the_price_of_its_length():
    sheet = a_sheet(a_season(packages={2: 20_000, 7: 70_000}, named=(WEEK_END,)))
    friday, saturday = priced(sheet, "2026-05-08", "2026-05-10"), priced(sheet, "2026-05-09", "2026-05-11")
    assert (friday.total, saturday.total) == (23_000, 20_000)
    assert friday.lines[0].params["basis"] == "NAMED"
    assert friday.lines[0].params["named"] == "WEEK_END"


def test_a_package_across_seasons_needs_both_of_them_else_the_length_counts():
    """Friday 01/05 to Sunday 03/05/2026: one night in each season."""
    both = [
        a_season("A", SPRING, {2: 20_000, 7: 70_000}, named=(WEEK_END,)),
        a_season("B", SUMMER, {2: 30_000, 7: 90_000}, named=(replace(WEEK_END, price=33_000),)),
    ]
    assert priced(a_sheet(*both), "2026-05-01", "2026-05-03").total == 28_000
    one = a_sheet(both[0], replace(both[1], named=()))
    assert priced(one, "2026-05-01", "2026-05-03").total == 25_000
    other_kind = replace(both[1], named=(NamedPackage(PackageKind.MID_WEEK, 1, (5,), (2,)),))
    assert priced(a_sheet(both[0], other_kind), "2026-05-01", "2026-05-03").total == 25_000
    unsold = a_sheet(both[0], replace(both[1], named=(), packages={7: 90_000}))
    assert refused(unsold, "2026-05-01", "2026-05-03")["NO_PRICE"]["season"] == "B"


@pytest.mark.parametrize(("mode", "total"), [(Straddle.ARRIVAL_SEASON, 23_000), (Straddle.HIGHEST, 33_000)])
def test_a_package_follows_the_owners_mode_across_seasons(mode, total):
    sheet = a_sheet(
        a_season("A", SPRING, {}, named=(WEEK_END,)),
        a_season("B", SUMMER, {}, named=(replace(WEEK_END, price=33_000),)),
        straddle=mode,
    )
    assert priced(sheet, "2026-05-01", "2026-05-03").total == total


def test_prices_by_weekday_stand_between_packages_and_extra_nights():
    days = dict.fromkeys(range(1, 8), 9_000) | {5: 12_000, 6: 12_000}
    sheet = a_sheet(a_season(packages={3: 25_000, 7: 60_000}, extra_night=5_000, weekday_prices=days))
    assert priced(sheet, "2026-05-08", "2026-05-11").total == 25_000
    four = priced(sheet, "2026-05-07", "2026-05-11")
    assert four.total == 9_000 + 12_000 + 12_000 + 9_000
    assert four.lines[0].params["weekdays"] == "4,5,6,7"
    assert four.lines[0].params["prices"] == "9000,12000,12000,9000"
    assert priced(sheet, "2026-05-04", "2026-05-14").total == 85_714
    half = a_sheet(a_season(packages={3: 25_000}, extra_night=5_000, weekday_prices={5: 12_000, 6: 12_000}))
    assert priced(half, "2026-05-08", "2026-05-10").total == 24_000
    assert priced(half, "2026-05-07", "2026-05-11").total == 30_000


def test_the_smallest_price_that_covers_the_party_counts_and_beyond_the_largest_each_pays():
    room = a_season(
        packages={1: 7_000},
        extra_night=7_000,
        extra_person=ExtraPersonPrice(PriceUnit.NIGHT, 2_000),
        occupancies=(Occupancy(1, {1: 6_000}, 6_000), Occupancy(4, {1: 11_000}, 11_000)),
    )
    sheet = a_sheet(room, base_persons=2, max_persons=6)
    asked = {n: priced(sheet, "2026-05-09", "2026-05-11", Party(n)) for n in (1, 2, 3, 4, 5)}
    assert [price.total for price in asked.values()] == [12_000, 14_000, 22_000, 22_000, 26_000]
    assert asked[1].lines[0].params["covered"] == 1
    assert "covered" not in asked[2].lines[0].params
    assert asked[5].extra_persons == 4_000


def test_where_all_prices_are_by_persons_the_base_has_none():
    grid = Occupancy(3, {7: 80_000})
    sheet = a_sheet(a_season(packages={}, occupancies=(grid,)), base_persons=2)
    assert priced(sheet, "2026-05-09", "2026-05-16", Party(2)).total == 80_000


def test_the_second_week_is_reduced_pro_rata_of_the_stay():
    """21 nights at 2 100: nights 8 to 14 are 700, of which 20 % is 140; 13 nights have no second week."""
    half = Discount(
        "w", "Deuxième semaine", DiscountKind.SECOND_WEEK, 2_000, applies_to=DiscountBase.ACCOMMODATION
    )
    sheet = a_sheet(a_season(packages={7: 70_000}), discounts=(half,))
    three = priced(sheet, "2026-05-02", "2026-05-23")
    assert (three.accommodation, three.discounts) == (210_000, -14_000)
    assert three.lines[1].params["base_amount"] == 70_000
    assert priced(sheet, "2026-05-02", "2026-05-16").discounts == -14_000
    assert priced(sheet, "2026-05-02", "2026-05-15").discounts == 0


@pytest.mark.parametrize(
    ("typed", "arrival", "state", "discount"),
    [
        ("", "2026-05-09", None, 0),
        ("  AMIS26 ", "2026-05-09", PromoState.APPLIED, -7_000),
        ("amis", "2026-05-09", PromoState.UNKNOWN, 0),
    ],
)
def test_a_code_is_compared_without_case_and_outer_space(typed, arrival, state, discount):
    sheet = a_sheet(a_season(), discounts=(CODE,))
    price = priced(sheet, arrival, "2026-05-16", promo_code=typed)
    assert (price.promo, price.discounts) == (state, discount)


def test_a_code_that_is_not_for_the_stay_or_not_the_best_is_told():
    long = a_sheet(a_season(), discounts=(replace(CODE, min_nights=14),))
    assert priced(long, "2026-05-09", "2026-05-16", promo_code="amis26").promo is PromoState.NOT_FOR_STAY
    bounded = replace(CODE, max_nights=5, arrivals=NightRange(date(2026, 6, 1), date(2026, 7, 1)))
    price = priced(a_sheet(a_season(), discounts=(bounded,)), "2026-05-09", "2026-05-16", promo_code="amis26")
    assert price.promo_bounds == {
        "max_nights": 5, "arrivals_from": "2026-06-01", "arrivals_until": "2026-07-01",
    }  # fmt: skip
    better = Discount("l", "Semaine", DiscountKind.LENGTH, 1_500, min_nights=7)
    best = priced(
        a_sheet(a_season(), discounts=(CODE, better)), "2026-05-09", "2026-05-16", promo_code="amis26"
    )
    assert (best.promo, best.discounts) == (PromoState.NOT_BEST, -10_500)
    both = a_sheet(a_season(), discounts=(replace(CODE, cumulative=True), better))
    assert priced(both, "2026-05-09", "2026-05-16", promo_code="amis26").discounts == -17_500


@pytest.mark.parametrize(
    ("season", "problem", "where"),
    [
        ({"named": (WEEK_END, replace(WEEK_END, price=1))}, Problem.PACKAGES_OVERLAP, "named.1"),
        ({"named": (replace(WEEK_END, nights=(40,)),)}, Problem.PACKAGE_LENGTH, "named.0.nights.40"),
        (
            {"named": (replace(WEEK_END, arrival_weekdays=(9,)),)},
            Problem.WEEKDAYS,
            "named.0.arrival_weekdays",
        ),
        ({"named": (replace(WEEK_END, price=-1),)}, Problem.NEGATIVE_PRICE, "named.0"),
        ({"weekday_prices": {0: 100}}, Problem.WEEKDAYS, "weekday_prices"),
        ({"weekday_prices": {5: 60_000_000}}, Problem.PRICE_TOO_HIGH, "weekday_prices.5"),
        (
            {"occupancies": (Occupancy(2, {7: 1}), Occupancy(2, {7: 1}))},
            Problem.PERSONS,
            "occupancies.2.persons",
        ),
        ({"occupancies": (Occupancy(3, {40: 1}),)}, Problem.PACKAGE_LENGTH, "occupancies.3.packages.40"),
        ({"horizon_days": -1}, Problem.DAYS, "horizon_days"),
        ({"min_by_weekday": {5: 0}}, Problem.STAY_LENGTH, "min_nights"),
        ({"max_nights": 5, "min_through": 6}, Problem.STAY_LENGTH, "min_nights"),
    ],
)
def test_what_cannot_be_sold_is_refused_with_its_season_and_field(season, problem, where):
    with pytest.raises(TariffRefused) as refusal:
        a_sheet(a_season("A", **season))
    first = refusal.value.findings[0]
    assert (first.problem, first.where) == (problem, f"seasons.a.{where}")


def test_more_than_the_index_has_room_for_is_refused():
    many = tuple(Discount(f"d{n}", "D", DiscountKind.LENGTH, 100, min_nights=n) for n in range(1, 10))
    fees = tuple(
        Supplement(f"s{n}", "S", SupplementBase.PER_STAY, 100, obligatory=True, min_nights=n)
        for n in range(1, 6)
    )
    for more, where in (({"discounts": many}, "discounts"), ({"supplements": fees}, "supplements")):
        with pytest.raises(TariffRefused) as refusal:
            a_sheet(a_season(), **more)
        assert [(one.problem, one.where) for one in refusal.value.findings] == [(Problem.TOO_MANY, where)]


def test_a_sheet_that_uses_nothing_new_is_written_as_older_readers_know_it():
    old = json.loads(to_json(gite_4_6()))
    assert old["format"] == 1
    assert not {"named", "weekday_prices", "occupancies", "horizon_days"} & old["seasons"][0].keys()
    everything = a_sheet(
        a_season(
            named=(replace(WEEK_END, nights=(2, 3)), NamedPackage(PackageKind.MONTH, 140_000, (6,))),
            weekday_prices={5: 9_000},
            occupancies=(Occupancy(3, {7: 1}, named=(WEEK_END,)),),
            horizon_days=0,
            sell_gaps=True,
            min_by_weekday={5: 2},
        ),
        discounts=(CODE, Discount("w", "W", DiscountKind.SECOND_WEEK, 500)),
    )
    assert json.loads(to_json(everything))["format"] == 2
    assert from_json(to_json(everything)) == everything
    assert json.loads(to_json(a_sheet(discounts=(CODE,))))["format"] == 2
    compile_sheet(everything)
