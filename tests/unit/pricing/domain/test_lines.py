"""The price of a line: its parts add up, and everything is explained as data."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from pricing.domain.lines import AgreedPlan, PricedListing, Stay, agreed_line, price_plans
from pricing.domain.parts import TariffRow
from tariff import Party, StayRules
from values import NightRange

from tests.unit.pricing.builders import a_book, a_listing, a_plan, a_season, a_tariff

HOUSE = a_listing()
BOOKED_ON = date(2026, 3, 1)


def the_house() -> PricedListing:
    book = a_book(HOUSE)
    plan, _ = book.save(a_plan(), is_new=True)
    low, _ = book.save(a_season("BS", ("2026-04-01", "2026-07-11")), is_new=True)
    high, _ = book.save(a_season("THS", ("2026-07-11", "2026-08-08")), is_new=True)
    rows = (
        TariffRow(low.id, {1: 11000, 7: 34000}, extra_night=5000, extra_adult=7000),
        TariffRow(high.id, {1: 14000, 7: 74000}, extra_night=9000, extra_adult=7000),
    )
    book.save(a_tariff(plan, HOUSE, *rows), is_new=True)
    return PricedListing(HOUSE, 3, book.sheets(HOUSE, ()))


PRICED = the_house()


@given(
    start=st.integers(0, 100),
    length=st.integers(1, 28),
    adults=st.integers(0, 6),
    ages=st.lists(st.integers(0, 17), max_size=3),
)
def test_lines_add_up_to_the_total_and_the_parts_too(start, length, adults, ages):
    arrival = date.fromordinal(date(2026, 4, 1).toordinal() + start)
    stay = Stay(NightRange.of_length(arrival, length), Party(adults, tuple(ages)))
    (answer,) = price_plans(PRICED, stay, booked_on=BOOKED_ON, rules=StayRules.WARN)
    price = answer.price
    assert price is not None
    assert price.total == sum(line.amount for line in price.lines)
    assert price.total == price.accommodation + price.discounts + price.supplements


def test_a_plan_that_the_listing_does_not_have_names_every_night():
    stay = Stay(NightRange.parse("2026-05-01", "2026-05-03"), Party(2))
    (answer,) = price_plans(
        PRICED, stay, booked_on=BOOKED_ON, rules=StayRules.ENFORCE, plan_id=a_plan("autre").id
    )
    assert answer.price is None
    assert answer.refusals[0].params == {"nights": "2026-05-01,2026-05-02"}


def test_a_party_not_stated_is_no_breach_of_the_capacity_for_the_owner_alone():
    stay = Stay(NightRange.parse("2026-05-01", "2026-05-08"), Party(0))
    (own,) = price_plans(PRICED, stay, booked_on=BOOKED_ON, rules=StayRules.WARN)
    (guest,) = price_plans(PRICED, stay, booked_on=BOOKED_ON, rules=StayRules.ENFORCE)
    assert own.price is not None
    assert own.price.warnings == ()
    assert [one.reason for one in guest.refusals] == ["CAPACITY"]


def test_an_agreed_total_is_one_line_and_says_what_the_tariff_asks():
    stay = Stay(NightRange.parse("2026-05-01", "2026-05-08"), Party(2))
    (normal,) = price_plans(PRICED, stay, booked_on=BOOKED_ON, rules=StayRules.WARN)
    line = agreed_line(
        PRICED,
        stay,
        1200,
        plan=AgreedPlan(),
        normal=normal.price,
        taxes=(),
        warnings=(),
        reason="ami",
    )
    assert [(one.kind, one.amount) for one in line.lines] == [("AGREED", 1200)]
    assert (line.total, line.normal_total, line.sheet_revision) == (1200, 34000, 0)
    assert [one.params["unknown_years"] for one in line.beside] == ["2026"]
