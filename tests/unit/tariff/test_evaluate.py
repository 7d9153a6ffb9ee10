from datetime import date
from typing import Any

import pytest
from tariff import (
    ChildPrice,
    ChosenSupplement,
    Discount,
    DiscountBase,
    DiscountKind,
    ExtraPersonPrice,
    LineKind,
    NightPrice,
    Party,
    PersonsCounted,
    PriceUnit,
    StayRules,
    Straddle,
    Supplement,
    SupplementBase,
    calendar_price,
)
from tariff_builders import BOOKED_ON, COUPLE, a_season, a_sheet, gite_4_6, nights, priced, refused


def test_ten_nights_cost_ten_sevenths_of_the_week():
    price = priced(gite_4_6(), "2026-07-11", "2026-07-21")
    assert price.total == 105714  # 740.00 x 10 / 7 = 1057.142...
    assert price.lines[0].params["basis"] == "WEEK"


def test_a_length_with_its_own_package_does_not_follow_the_week():
    sheet = a_sheet(a_season(packages={7: 32600, 14: 51200}))
    assert priced(sheet, "2026-05-02", "2026-05-16").total == 51200


def test_a_length_without_package_takes_the_longest_shorter_one_and_extra_nights():
    sheet = a_sheet(a_season(packages={1: 10000, 2: 15000, 7: 60000}, extra_night=7000))
    price = priced(sheet, "2026-05-02", "2026-05-06")
    assert price.total == 15000 + 2 * 7000
    assert price.lines[0].params["basis"] == "PACKAGE_AND_NIGHTS"
    assert price.lines[0].params["package"] == 2


def test_a_length_that_no_rule_prices_is_not_sold():
    reasons = refused(gite_4_6(), "2026-07-13", "2026-07-18")
    assert reasons["NO_PRICE"]["length"] == 5
    assert reasons["NO_PRICE"]["nights"].startswith("2026-07-13,2026-07-14,")


@pytest.mark.parametrize("mode", Straddle)
def test_a_package_missing_in_one_straddled_season_is_not_sold(mode):
    june = a_season("MS", [("2026-06-13", "2026-07-11")], {3: 26500, 7: 59000})
    july = a_season("THS", [("2026-07-11", "2026-08-08")], {7: 74000})
    reasons = refused(a_sheet(june, july, straddle=mode), "2026-07-09", "2026-07-12")
    assert reasons == {"NO_PRICE": {"season": "THS", "season_id": "ths", "length": 3, "nights": "2026-07-11"}}


def test_a_majority_tie_goes_to_the_arrivals_season():
    sheet = gite_4_6(straddle=Straddle.MAJORITY)
    price = priced(sheet, "2026-07-09", "2026-07-13")
    assert price.total == 34500
    assert [line.params.get("priced_as") for line in price.lines] == [None, "MS"]


def test_nights_without_a_season_are_all_named():
    reasons = refused(gite_4_6(), "2026-11-26", "2026-11-30")
    assert reasons["NO_SEASON"] == {"nights": "2026-11-28,2026-11-29"}


def test_a_fixed_stay_beats_a_night_price_which_beats_the_season():
    fixed = NightPrice("f", nights("2026-07-18", "2026-07-25"), PriceUnit.STAY, 61000, reason="salon")
    nightly = NightPrice("n", nights("2026-07-20", "2026-07-22"), PriceUnit.NIGHT, 20000)
    sheet = gite_4_6(night_prices=(fixed, nightly))
    assert priced(sheet, "2026-07-18", "2026-07-25").total == 61000
    # Other dates: five nights of 740/7 and two of 200.00: 528.571 + 400 = 928.57.
    price = priced(sheet, "2026-07-17", "2026-07-24")
    assert price.total == 92857
    assert [line.kind for line in price.lines] == [LineKind.ACCOMMODATION, LineKind.TYPED_PRICE]


def test_a_price_typed_per_week_counts_its_sevenths():
    weekly = NightPrice("w", nights("2026-07-11", "2026-08-08"), PriceUnit.WEEK, 70000)
    sheet = gite_4_6(night_prices=(weekly,))
    assert priced(sheet, "2026-07-13", "2026-07-18").total == 50000
    assert priced(sheet, "2026-07-11", "2026-08-08").total == 280000


def test_a_fixed_stay_may_lie_where_there_is_no_season_and_break_the_weekday():
    fixed = NightPrice("f", nights("2026-12-23", "2026-12-27"), PriceUnit.STAY, 90000)
    sheet = gite_4_6(night_prices=(fixed,), season={"arrival_weekdays": (6,)})
    assert priced(sheet, "2026-12-23", "2026-12-27").total == 90000


BANDS = ExtraPersonPrice(PriceUnit.NIGHT, 1500, (ChildPrice(3, 0), ChildPrice(12, 800)))


def test_adults_fill_the_base_first_then_the_oldest_children():
    sheet = a_sheet(a_season(extra_person=BANDS), base_persons=2)
    price = priced(sheet, "2026-05-02", "2026-05-09", Party(adults=1, children=(2, 11, 15)))
    # The adult and the child of 15 are in the base; those of 11 and 2 are extra.
    told = [(line.params.get("up_to_age"), line.params["persons"], line.amount) for line in price.lines[1:]]
    assert told == [(12, 1, 800 * 7), (3, 1, 0)]


def test_a_child_older_than_every_band_pays_as_an_adult():
    sheet = a_sheet(a_season(extra_person=BANDS), base_persons=2)
    price = priced(sheet, "2026-05-02", "2026-05-09", Party(adults=3, children=(15,)))
    assert price.extra_persons == 2 * 1500 * 7


def test_an_extra_person_per_week_is_pro_rata_and_rounded_once():
    sheet = a_sheet(
        a_season(
            "A", [("2026-05-01", "2026-05-05")], {3: 100}, extra_person=ExtraPersonPrice(PriceUnit.WEEK, 7001)
        ),
        a_season(
            "B", [("2026-05-05", "2026-06-01")], {3: 100}, extra_person=ExtraPersonPrice(PriceUnit.WEEK, 7002)
        ),
    )
    price = priced(sheet, "2026-05-03", "2026-05-06", Party(adults=5))
    # 70.01 x 2/7 + 70.02 x 1/7 = 20.0029 + 10.0029 = 30.0057 -> 30.01; equal remainders: the first.
    assert price.extra_persons == 3001
    assert [line.amount for line in price.lines[2:]] == [2001, 1000]


def test_infants_take_no_place_and_pay_nothing():
    sheet = a_sheet(a_season(extra_person=BANDS), base_persons=2, max_persons=2)
    assert priced(sheet, "2026-05-02", "2026-05-09", Party(adults=2, infants=2)).total == 70000


def test_a_typed_price_says_how_many_persons_it_covers():
    typed = NightPrice("f", nights("2026-05-02", "2026-05-09"), PriceUnit.STAY, 50000, persons=6)
    sheet = a_sheet(a_season(extra_person=BANDS), base_persons=2, night_prices=(typed,))
    assert priced(sheet, "2026-05-02", "2026-05-09", Party(adults=6)).total == 50000
    assert priced(sheet, "2026-05-09", "2026-05-16", Party(adults=6)).total == 70000 + 4 * 7 * 1500


def early(name, percent, **more: Any):
    return Discount(name, name, DiscountKind.EARLY, percent * 100, **more)


def test_only_the_best_discount_is_given_and_the_first_of_equals():
    sheet = a_sheet(a_season(), discounts=(early("a", 5), early("b", 10), early("c", 10)))
    price = priced(sheet, "2026-05-02", "2026-05-09")
    assert [(line.params["discount_id"], line.amount) for line in price.lines[1:]] == [("b", -7000)]


def test_cumulative_discounts_add_up_but_never_beyond_the_price():
    sheet = a_sheet(a_season(), discounts=(early("a", 60), early("b", 30, cumulative=True), early("c", 90)))
    price = priced(sheet, "2026-05-02", "2026-05-09")
    assert [line.amount for line in price.lines[1:]] == [-63000, -7000]
    assert price.total == 0


def test_each_discount_keeps_its_conditions():
    sheet = a_sheet(
        a_season(),
        discounts=(
            Discount("early", "E", DiscountKind.EARLY, 500, booked_before=date(2026, 2, 28)),
            Discount("late", "L", DiscountKind.LATE, 700, max_days_before=7),
            Discount("long", "N", DiscountKind.LENGTH, 300, min_nights=14),
        ),
    )
    assert priced(sheet, "2026-05-02", "2026-05-09").discounts == 0
    assert priced(sheet, "2026-05-02", "2026-05-09", booked_on=date(2026, 2, 27)).discounts == -3500
    assert priced(sheet, "2026-05-02", "2026-05-09", booked_on=date(2026, 4, 25)).discounts == -4900
    assert priced(sheet, "2026-05-02", "2026-05-16").discounts == -4200


def test_a_discount_may_leave_extra_persons_alone():
    discount = early("a", 10, applies_to=DiscountBase.ACCOMMODATION)
    sheet = a_sheet(a_season(extra_person=BANDS), discounts=(discount,))
    price = priced(sheet, "2026-05-02", "2026-05-09", Party(adults=6))
    assert price.discounts == -7000


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        (SupplementBase.PER_STAY, 1000),
        (SupplementBase.PER_NIGHT, 3000),
        (SupplementBase.PER_PERSON, 5000),
        (SupplementBase.PER_PERSON_PER_NIGHT, 15000),
        (SupplementBase.PER_WEEK, 429),
        (SupplementBase.PER_UNIT, 1000),
    ],
)
def test_each_base_of_a_supplement_counts_what_it_says(base, amount):
    sheet = gite_4_6(supplements=(Supplement("x", "X", base, 1000, obligatory=True),))
    assert priced(sheet, "2026-10-02", "2026-10-05", Party(adults=5)).supplements == amount


def test_a_supplement_may_count_only_some_persons():
    def amount(counted: PersonsCounted) -> int:
        supplement = Supplement("x", "X", SupplementBase.PER_PERSON, 1000, obligatory=True, persons=counted)
        sheet = gite_4_6(supplements=(supplement,))
        return priced(sheet, "2026-10-02", "2026-10-05", Party(adults=3, children=(4, 5))).supplements

    assert [amount(counted) for counted in PersonsCounted] == [5000, 3000, 2000, 1000]


def test_winter_heating_counts_only_the_nights_of_its_dates():
    heating = Supplement(
        "chauffage",
        "Chauffage",
        SupplementBase.PER_PERSON_PER_NIGHT,
        100,
        obligatory=True,
        nights=nights("2026-11-01", "2027-04-01"),
    )
    sheet = gite_4_6(supplements=(heating,))
    assert priced(sheet, "2026-10-30", "2026-11-03").supplements == 2 * 2 * 100
    assert priced(sheet, "2026-10-02", "2026-10-05").supplements == 0


def test_cleaning_may_depend_on_the_length_of_the_stay():
    sheet = gite_4_6(
        supplements=(
            Supplement("m1", "Ménage", SupplementBase.PER_STAY, 4000, obligatory=True, max_nights=3),
            Supplement("m2", "Ménage", SupplementBase.PER_STAY, 7500, obligatory=True, min_nights=4),
        )
    )
    assert priced(sheet, "2026-10-02", "2026-10-05").supplements == 4000
    assert priced(sheet, "2026-10-02", "2026-10-06").supplements == 7500


def test_what_is_wrong_with_the_chosen_supplements_is_said_at_once():
    sheet = gite_4_6(
        supplements=(Supplement("draps", "Draps", SupplementBase.PER_UNIT, 850, max_quantity=6),)
    )
    chosen = (ChosenSupplement("draps", 7), ChosenSupplement("velo"), ChosenSupplement("chat", 0))
    assert refused(sheet, "2026-10-02", "2026-10-05", chosen=chosen) == {
        "SUPPLEMENT_QUANTITY": {"code": "draps", "quantity": 7, "max_quantity": 6},
        "UNKNOWN_SUPPLEMENT": {"code": "velo"},
    }


def test_no_more_people_dine_than_stay():
    dinner = Supplement("table", "Table d'hôtes", SupplementBase.PER_PERSON_PER_NIGHT, 2500)
    sheet = gite_4_6(supplements=(dinner,))
    assert "SUPPLEMENT_QUANTITY" in refused(
        sheet, "2026-10-02", "2026-10-05", chosen=[ChosenSupplement("table", 3)]
    )
    assert (
        priced(sheet, "2026-10-02", "2026-10-05", chosen=[ChosenSupplement("table", 1)]).supplements == 7500
    )


SATURDAYS = {"arrival_weekdays": (6,), "departure_weekdays": (6,), "min_nights": 7}


def test_every_broken_rule_is_told_not_only_the_first():
    sheet = gite_4_6(season={**SATURDAYS, "notice_days": 200}, horizon_days=100)
    reasons = refused(sheet, "2026-07-08", "2026-07-12", Party(adults=7))
    assert reasons.keys() == {
        "ARRIVAL_DAY",
        "DEPARTURE_DAY",
        "MIN_STAY",
        "NOTICE",
        "HORIZON",
        "CAPACITY",
    }
    assert reasons["ARRIVAL_DAY"] == {"weekday": 3, "allowed": "6", "season": "MS", "season_id": "ms"}
    assert reasons["DEPARTURE_DAY"]["season"] == "THS"
    assert reasons["CAPACITY"] == {"max_persons": 6, "persons": 7}


def test_a_saturday_departure_on_a_seasons_last_day_obeys_the_season_that_ends():
    summer = a_season("THS", [("2026-07-11", "2026-08-29")], {7: 74000}, **SATURDAYS)
    autumn = a_season("BS", [("2026-08-29", "2026-11-28")], {7: 34000}, departure_weekdays=(1, 5))
    assert priced(a_sheet(summer, autumn), "2026-08-22", "2026-08-29").total == 74000


def test_the_minimum_through_a_season_binds_stays_that_only_touch_it():
    june = a_season("MS", [("2026-06-13", "2026-07-11")], {3: 26500})
    july = a_season("THS", [("2026-07-11", "2026-08-08")], {3: 32400}, min_through=7)
    reasons = refused(a_sheet(june, july), "2026-07-09", "2026-07-12")
    assert reasons["MIN_STAY"] == {
        "min_nights": 7,
        "nights": 3,
        "scope": "THROUGH",
        "season": "THS",
        "season_id": "ths",
    }


def test_more_than_ninety_nights_are_never_sold():
    reasons = refused(a_sheet(a_season()), "2026-05-01", "2026-08-01")
    assert reasons == {"MAX_STAY": {"max_nights": 90, "nights": 92}}


def test_an_arrival_in_the_past_is_refused_for_notice():
    reasons = refused(gite_4_6(), "2026-02-07", "2026-02-14")
    assert reasons == {"NOTICE": {"notice_days": 0, "days_before": -22}}


def test_stay_rules_warn_the_owner_but_do_not_block_him():
    sheet = gite_4_6(season=SATURDAYS)
    price = priced(sheet, "2026-07-08", "2026-07-15", rules=StayRules.WARN)
    assert price.total == 67571
    assert {warning.kind.value for warning in price.warnings} == {"ARRIVAL_DAY", "DEPARTURE_DAY"}


def test_a_calendar_day_has_the_total_of_the_stay_or_nothing():
    sheet = gite_4_6(season=SATURDAYS)
    assert calendar_price(sheet, date(2026, 7, 18), 7, COUPLE, BOOKED_ON) == 74000
    assert calendar_price(sheet, date(2026, 7, 19), 7, COUPLE, BOOKED_ON) is None


def test_a_party_has_no_negative_persons():
    with pytest.raises(ValueError, match="negative"):
        Party(adults=-1)
