"""The cases of `shared/data/pricing/cases.json`, which name their sources."""

from decimal import Decimal
from typing import Any

import pytest
from tariff import (
    ChosenSupplement,
    Discount,
    DiscountKind,
    ExtraPersonPrice,
    LineKind,
    MealPlan,
    NightPrice,
    Party,
    PriceUnit,
    Straddle,
    Supplement,
    SupplementBase,
)
from tariff_builders import a_season, a_sheet, cents, nights, priced, shared

CASES = "pricing/cases.json"


def case(number):
    return next(case for case in shared(CASES)["cases"] if case["id"] == number)


def the_grid(**more: Any):
    document = shared(CASES)
    periods = {}
    for name, start, end in document["seasons"]:
        periods.setdefault(name, []).append((start, end))
    seasons = [
        a_season(name, periods[name], {int(n): 100 * price for n, price in grid.items()})
        for name, grid in document["grid"].items()
    ]
    return a_sheet(*seasons, **more)


def test_p1_a_whole_week_in_one_season_costs_its_package():
    price = priced(the_grid(), "2026-07-18", "2026-07-25")
    assert price.total == cents(case("P1")["expected"]) == 74000
    assert price.lines[0].params["basis"] == "PACKAGE"


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        (Straddle.PRORATA, "prorata_nights"),
        (Straddle.ARRIVAL_SEASON, "arrival_season"),
        (Straddle.MAJORITY, "majority"),
        (Straddle.HIGHEST, "max"),
    ],
)
def test_p2_a_week_across_two_seasons_follows_the_owners_mode(mode, name):
    price = priced(the_grid(straddle=mode), "2026-07-08", "2026-07-15")
    assert price.total == cents(case("P2")["expected"][name])


def test_p2_is_explained_by_lines_that_add_up_to_the_cent():
    price = priced(the_grid(), "2026-07-08", "2026-07-15")
    told = [(line.params["season"], line.params["nights"], line.amount) for line in price.lines]
    assert told == [("MS", 3, 25286), ("THS", 4, 42285)]
    assert price.total == 67571


def test_p4_a_short_stay_costs_its_package_and_not_three_sevenths_of_the_week():
    assert priced(the_grid(), "2026-10-02", "2026-10-05").total == cents(case("P4")["expected"]) == 19000


def test_p6_extra_persons_discount_and_supplements_of_a_week_for_six():
    sheet = a_sheet(
        a_season(packages={7: 41000}, extra_person=ExtraPersonPrice(PriceUnit.WEEK, 7000)),
        discounts=(Discount("early", "Réservation anticipée", DiscountKind.EARLY, 1000, min_days_before=60),),
        supplements=(
            Supplement("menage", "Ménage", SupplementBase.PER_STAY, 6000, obligatory=True),
            Supplement("draps", "Draps", SupplementBase.PER_UNIT, 850, max_quantity=6),
            Supplement("chauffage", "Chauffage", SupplementBase.PER_WEEK, 4000),
        ),
    )
    chosen = (ChosenSupplement("draps", 2), ChosenSupplement("chauffage"))
    price = priced(sheet, "2026-05-09", "2026-05-16", Party(adults=4, children=(12, 9)), chosen)
    expected = case("P6")["expected"]
    assert price.accommodation + price.extra_persons == cents(expected["hebergement"])
    assert price.discounts == cents(expected["remise"])
    assert price.supplements == cents(expected["supplements"])
    assert price.total == cents(expected["total"])
    arrhes = price.money(price.total).percent(Decimal(25))
    assert arrhes.amount == cents(expected["arrhes_25"])
    assert price.total - arrhes.amount == cents(expected["solde"])


def test_p7_a_guest_room_for_three_with_table_d_hotes():
    dinner = Supplement("table", "Table d'hôtes", SupplementBase.PER_PERSON_PER_NIGHT, 2500)
    room = a_season(packages={1: 9500}, extra_night=9500)
    sheet = a_sheet(room, base_persons=3, max_persons=3, supplements=(dinner,), meal_plan=MealPlan.BREAKFAST)
    price = priced(sheet, "2026-05-09", "2026-05-11", Party(adults=3), (ChosenSupplement("table"),))
    assert price.accommodation == 19000
    assert price.total == cents(case("P7")["expected"]) == 34000


def test_p8_the_old_screen_of_twelve_euros():
    typed = NightPrice("p8", nights("2010-12-31", "2011-01-04"), PriceUnit.STAY, 1200, reason="prix convenu")
    sheet = a_sheet(night_prices=(typed,))
    price = priced(sheet, "2010-12-31", "2011-01-04", booked_on=nights("2010-12-31", "2011-01-01").arrival)
    expected = case("P8")["expected"]
    assert price.total == cents(expected["total"])
    assert price.supplements == 0
    assert price.money(price.total).percent(Decimal(25)).amount == cents(expected["acompte"])
    assert price.total - cents(expected["verse"]) == cents(expected["solde"])
    assert [line.kind for line in price.lines] == [LineKind.FIXED_STAY]
