"""Which rule counts where: by season, by weekday of arrival, through, and for the holes between two stays."""

from tariff import NamedPackage, PackageKind, Party, evaluate, from_json, to_json
from tariff_builders import BOOKED_ON, a_season, a_sheet, nights, priced, refused

WEEK_ONLY = {"min_nights": 7, "sell_gaps": True}
PRICES = {2: 20_000, 3: 27_000, 7: 50_000}


def sheet_of(**rules):
    return a_sheet(a_season(packages=PRICES, **rules))


def minimum(sheet, arrival, departure, hole=None):
    answer = evaluate(sheet, nights(arrival, departure), Party(2), BOOKED_ON, hole=hole)
    reasons = {reason.kind.value: reason.params for reason in getattr(answer, "reasons", ())}
    return reasons["MIN_STAY"]["min_nights"] if "MIN_STAY" in reasons else None


def test_a_weekday_of_arrival_may_have_its_own_minimum():
    sheet = sheet_of(min_nights=2, min_by_weekday={5: 3})
    # 3 July 2026 is a Friday, the 4th a Saturday.
    assert refused(sheet, "2026-07-03", "2026-07-05")["MIN_STAY"]["min_nights"] == 3
    assert priced(sheet, "2026-07-03", "2026-07-06").total == 27_000
    assert priced(sheet, "2026-07-04", "2026-07-06").total == 20_000


def test_a_weekday_may_ask_less_than_the_season():
    sheet = sheet_of(min_nights=7, min_by_weekday={1: 2})
    assert priced(sheet, "2026-07-06", "2026-07-08").total == 20_000


def test_the_strictest_season_that_is_touched_decides_through():
    spring = a_season("A", (("2026-05-01", "2026-07-01"),), PRICES, min_through=2)
    summer = a_season("B", (("2026-07-01", "2026-09-01"),), PRICES, min_through=7)
    sheet = a_sheet(spring, summer)
    assert priced(sheet, "2026-06-24", "2026-06-27").total == 27_000
    told = refused(sheet, "2026-06-29", "2026-07-02")["MIN_STAY"]
    assert (told["min_nights"], told["scope"], told["season"]) == (7, "THROUGH", "B")


def test_a_hole_shorter_than_the_minimum_is_sold_whole_and_only_whole():
    sheet = sheet_of(**WEEK_ONLY)
    assert minimum(sheet, "2026-07-04", "2026-07-07", hole=3) is None
    assert minimum(sheet, "2026-07-04", "2026-07-06", hole=3) == 3
    assert minimum(sheet, "2026-07-04", "2026-07-07") == 7
    assert minimum(sheet, "2026-07-04", "2026-07-07", hole=9) == 7


def test_no_hole_is_sold_below_the_shortest_stay_that_has_a_price():
    sheet = sheet_of(**WEEK_ONLY)
    assert minimum(sheet, "2026-07-04", "2026-07-05", hole=1) == 2
    named = a_season(packages={7: 50_000}, named=(NamedPackage(PackageKind.WEEK_END, 15_000),), **WEEK_ONLY)
    assert minimum(a_sheet(named), "2026-07-04", "2026-07-05", hole=1) == 2


def test_a_season_that_does_not_sell_gaps_keeps_its_minimum():
    sheet = sheet_of(min_nights=7)
    assert minimum(sheet, "2026-07-04", "2026-07-07", hole=3) == 7


def test_arrival_days_hold_in_a_hole_too():
    sheet = sheet_of(**WEEK_ONLY, arrival_weekdays=(6,))
    answer = evaluate(sheet, nights("2026-07-05", "2026-07-08"), Party(2), BOOKED_ON, hole=3)
    assert [reason.kind.value for reason in answer.reasons] == ["ARRIVAL_DAY"]


def test_the_rules_survive_being_written():
    sheet = sheet_of(**WEEK_ONLY, min_by_weekday={5: 3}, horizon_days=300)
    assert from_json(to_json(sheet)) == sheet
