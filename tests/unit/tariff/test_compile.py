import json
from typing import Any

import pytest
from tariff import (
    ChildPrice,
    Discount,
    DiscountKind,
    ExtraPersonPrice,
    NegativePrice,
    NightPrice,
    PriceUnit,
    Problem,
    RateSheet,
    Season,
    SeasonsOverlap,
    SheetNotUnderstood,
    TariffRefused,
    compile_sheet,
    find_problems,
    from_json,
    to_json,
)
from tariff_builders import a_season, gite_4_6, nights
from values import EmptyStay


def sheet_of(*seasons: Season, **more: Any):
    return RateSheet("EUR", 4, 6, tuple(seasons), **more)


def problems(sheet):
    return [finding.problem for finding in find_problems(sheet)]


def test_overlapping_seasons_are_refused_with_the_nights_they_share():
    sheet = sheet_of(
        a_season("A", [("2026-06-01", "2026-07-11")]), a_season("B", [("2026-07-10", "2026-08-01")])
    )
    with pytest.raises(SeasonsOverlap) as refusal:
        compile_sheet(sheet)
    (finding,) = refusal.value.findings
    assert finding.params == {"first": "a", "second": "b", "from": "2026-07-10", "to": "2026-07-11"}


def test_a_season_inside_another_is_found_though_a_third_lies_between():
    sheet = sheet_of(
        a_season("A", [("2026-01-01", "2026-12-01")]),
        a_season("B", [("2026-02-01", "2026-02-08")]),
        a_season("C", [("2026-05-01", "2026-05-08")]),
    )
    assert problems(sheet) == [Problem.SEASONS_OVERLAP, Problem.SEASONS_OVERLAP]


def test_a_reversed_period_cannot_be_made():
    with pytest.raises(EmptyStay):
        a_season(periods=[("2026-07-11", "2026-06-01")])


def test_a_negative_price_is_refused_where_it_stands():
    with pytest.raises(NegativePrice) as refusal:
        compile_sheet(sheet_of(a_season(packages={7: -1})))
    assert refusal.value.findings[0].where == "seasons.s.packages.7"


def test_gaps_between_seasons_are_warned_and_do_not_refuse():
    sheet = sheet_of(
        a_season("A", [("2026-06-01", "2026-07-01")]), a_season("B", [("2026-07-04", "2026-08-01")])
    )
    (warning,) = compile_sheet(sheet)
    assert warning.problem is Problem.GAP
    assert warning.params == {"from": "2026-07-01", "to": "2026-07-04"}


def test_a_gap_filled_by_a_typed_price_is_none():
    typed = NightPrice("x", nights("2026-07-01", "2026-07-04"), PriceUnit.NIGHT, 9000)
    sheet = sheet_of(
        a_season("A", [("2026-06-01", "2026-07-01")]),
        a_season("B", [("2026-07-04", "2026-08-01")]),
        night_prices=(typed,),
    )
    assert compile_sheet(sheet) == ()


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        (sheet_of(a_season(packages={36: 1})), Problem.PACKAGE_LENGTH),
        (sheet_of(a_season(packages={7: 60_000_000})), Problem.PRICE_TOO_HIGH),
        (sheet_of(a_season(packages={7: 0})), Problem.ZERO_PRICE),
        (sheet_of(a_season(packages={})), Problem.NOTHING_PRICED),
        (sheet_of(a_season(arrival_weekdays=(0,))), Problem.WEEKDAYS),
        (sheet_of(a_season(min_nights=0)), Problem.STAY_LENGTH),
        (sheet_of(a_season(min_nights=7, max_nights=3)), Problem.STAY_LENGTH),
        (sheet_of(a_season(notice_days=-1)), Problem.DAYS),
        (RateSheet("EUR", 7, 6), Problem.PERSONS),
        (sheet_of(discounts=(Discount("d", "D", DiscountKind.EARLY, 10_001),)), Problem.PERCENT),
        (sheet_of(discounts=(Discount("d", "D", DiscountKind.CODE, 100),)), Problem.PROMO_CODE),
        (
            sheet_of(
                a_season(
                    extra_person=ExtraPersonPrice(
                        PriceUnit.NIGHT, 1, tuple(ChildPrice(age, 1) for age in (2, 6, 12, 17))
                    )
                )
            ),
            Problem.CHILD_BANDS,
        ),
        (sheet_of(a_season(extra_person=ExtraPersonPrice(PriceUnit.STAY, 1))), Problem.UNIT),
    ],
)
def test_each_slip_has_its_own_problem(sheet, problem):
    assert problems(sheet) == [problem]


def test_two_prices_typed_on_one_night_are_refused_but_a_fixed_stay_may_lie_over_them():
    one = NightPrice("a", nights("2026-07-01", "2026-07-10"), PriceUnit.NIGHT, 9000)
    two = NightPrice("b", nights("2026-07-09", "2026-07-12"), PriceUnit.WEEK, 9000)
    fixed = NightPrice("c", nights("2026-07-01", "2026-07-08"), PriceUnit.STAY, 9000)
    assert problems(sheet_of(night_prices=(one, two))) == [Problem.PRICES_OVERLAP]
    assert problems(sheet_of(night_prices=(one, fixed))) == []


def test_every_problem_is_told_refusals_first():
    sheet = sheet_of(a_season("A", packages={7: 0, 3: -1}), a_season("A", [("2028-01-01", "2028-02-01")]))
    with pytest.raises(TariffRefused) as refusal:
        compile_sheet(sheet)
    found = [finding.problem for finding in refusal.value.findings]
    assert found == [Problem.DUPLICATE, Problem.NEGATIVE_PRICE, Problem.ZERO_PRICE, Problem.GAP]


def test_a_sheet_without_json_of_a_known_format_is_refused():
    document = json.loads(to_json(gite_4_6()))
    with pytest.raises(SheetNotUnderstood) as refusal:
        from_json(json.dumps({**document, "format": 3}))
    assert refusal.value.where == "$.format"
    with pytest.raises(SheetNotUnderstood):
        from_json("{")
    with pytest.raises(SheetNotUnderstood):
        from_json("[]")


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["colour"], "red", "$.colour"),
        (["base_persons"], "4", "$.base_persons"),
        (["base_persons"], True, "$.base_persons"),
        (["straddle"], "SOMEHOW", "$.straddle"),
        (["seasons", 0, "colour"], "red", "$.seasons[0].colour"),
        (["seasons", 0, "periods", 0], ["2026-07-11", "2026-07-11"], "$.seasons[0].periods[0]"),
        (["seasons", 0, "periods", 0], ["2026-07-11"], "$.seasons[0].periods[0]"),
        (["seasons", 0, "packages", "seven"], 1, "$.seasons[0].packages.seven"),
        (["seasons", 0, "packages", "7"], 1.5, "$.seasons[0].packages.7"),
        (["seasons", 0, "extra_night"], "1", "$.seasons[0].extra_night"),
    ],
)
def test_what_is_wrong_in_the_json_is_named_by_its_path(path, value, where):
    document = json.loads(to_json(gite_4_6()))
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(SheetNotUnderstood) as refusal:
        from_json(json.dumps(document))
    assert refusal.value.where == where


def test_a_missing_field_is_named():
    document = json.loads(to_json(gite_4_6()))
    del document["seasons"][0]["packages"]
    with pytest.raises(SheetNotUnderstood) as refusal:
        from_json(json.dumps(document))
    assert refusal.value.where == "$.seasons[0].packages"
