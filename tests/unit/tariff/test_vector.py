"""Many offers at once are priced as one: `reckon` against `evaluate`."""

import hashlib
import os
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tariff import NightPrice, Party, Price, PriceUnit, Straddle, evaluate, to_json
from tariff.vector import OfferTable, Stay, code_number, reckon, vectorise
from tariff_builders import a_season, a_sheet, gite_4_6, nights
from tariff_strategies import FIRST, parties, promo_codes, sheets, stays
from values import NightRange

WINDOW = FIRST.toordinal() - 1, FIRST.toordinal() + 400


def table_of(found, columns=16):
    table = OfferTable(420, columns)
    for column, sheet in enumerate(found):
        vector = vectorise(sheet)
        digest = hashlib.sha256(to_json(sheet).encode()).digest()
        table.put(column, table.rows.hold(digest, vector), *WINDOW)
        table.put_side(column, vector)
    return table


def bit(matrix, day, column, table):
    return bool(matrix[day % table.nights, column >> 3] >> (column & 7) & 1)


def expected(sheet, stay, party, booked_on, code=""):
    """Total, accommodation, taxed; all -1 or 0 where the stay is not sold or the index asks `evaluate`."""
    vector = vectorise(sheet)
    if vector.odd or (stay.arrival.toordinal(), stay.length) in vector.fixed:
        return None
    price = evaluate(sheet, stay, party, booked_on, promo_code=code)
    if not isinstance(price, Price):
        return (-1, 0, 0)
    return price.total, price.accommodation, price.total - price.supplements


def reckoned(table, column, sheet, stay, party, booked_on, code=""):  # noqa: PLR0917
    """With the days and the capacity, which the index checks in its rows of bits."""
    arrival, last = stay.arrival.toordinal(), stay.departure.toordinal() - 1
    allowed = bit(table.arrivals, arrival, column, table) and bit(table.departures, last, column, table)
    if not allowed or not 0 < party.persons <= sheet.max_persons:
        return (-1, 0, 0)
    columns = np.arange(column + 1, dtype=np.int32)
    asked = Stay(arrival, stay.length, party, booked_on.toordinal(), code_number(code))
    priced = reckon(table, columns, asked)
    return int(priced.total[-1]), int(priced.accommodation[-1]), int(priced.taxed[-1])


EXAMPLES = int(os.environ.get("SEJOUR_EXAMPLES", "200"))
"""How many sheets, stays and parties; 10 000 by `make prices`."""


@settings(max_examples=EXAMPLES)
@given(st.lists(sheets(), min_size=1, max_size=4), stays(), parties, st.integers(-3, 50), promo_codes)
def test_any_sheet_any_stay_the_price_is_that_of_evaluate(found, stay, party, before, code):
    table = table_of(found)
    booked_on = min(stay.arrival, FIRST) - timedelta(days=before)
    for column, sheet in enumerate(found):
        known = expected(sheet, stay, party, booked_on, code)
        if known is not None:
            assert reckoned(table, column, sheet, stay, party, booked_on, code) == known


@given(sheets(), stays(), parties, st.lists(st.integers(-3, 50), min_size=2, max_size=2))
def test_each_column_has_its_own_booking_day(sheet, stay, party, before):
    booked = [min(stay.arrival, FIRST) - timedelta(days=days) for days in before]
    table = table_of([sheet, sheet])
    days = np.array([day.toordinal() for day in booked], np.int32)
    both = reckon(table, np.arange(2), Stay(stay.arrival.toordinal(), stay.length, party, days))
    for column, day in enumerate(days):
        one = reckon(table, np.array([column]), Stay(stay.arrival.toordinal(), stay.length, party, int(day)))
        assert (one.total[0], one.taxed[0]) == (both.total[column], both.taxed[column])


def test_the_published_grid_costs_what_it_says():
    sheet = gite_4_6()
    table = OfferTable(800)
    vector = vectorise(sheet)
    first = nights("2026-01-01", "2026-01-02").arrival.toordinal()
    table.put(0, table.rows.hold(b"grid", vector), first, first + 800)
    table.put_side(0, vector)
    stay = nights("2026-07-08", "2026-07-15")
    price = evaluate(sheet, stay, Party(2), stay.arrival)
    asked = Stay(stay.arrival.toordinal(), 7, Party(2), stay.arrival.toordinal())
    assert reckon(table, np.array([0]), asked).total[0] == price.total


def test_the_majority_counts_a_seasons_nights_together():
    """Two stretches of one season around a typed price outweigh the longer stretch of another."""
    period = ("2027-03-01", "2027-04-01"), ("2027-04-04", "2027-05-01")
    sheet = a_sheet(
        a_season("A", period, {7: 70_000, 8: 80_000}),
        a_season("B", (("2027-04-01", "2027-04-04"),), {7: 140_000, 8: 160_000}),
        straddle=Straddle.MAJORITY,
        night_prices=(NightPrice("x", nights("2027-04-02", "2027-04-03"), PriceUnit.NIGHT, 5000),),
    )
    stay = nights("2027-03-30", "2027-04-07")
    table = table_of([sheet])
    known = expected(sheet, stay, Party(2), FIRST)
    assert reckoned(table, 0, sheet, stay, Party(2), FIRST) == known == (75_000, 75_000, 75_000)


def test_equal_sheets_share_their_rows_and_free_them_for_others():
    table = table_of([gite_4_6(), gite_4_6()])
    used = table.rows.size
    digest = hashlib.sha256(to_json(gite_4_6()).encode()).digest()
    for column in (0, 1):
        table.clear(column)
        table.rows.release(digest)
    other = vectorise(gite_4_6(notice_days=3))
    table.put(0, table.rows.hold(b"other", other), *WINDOW)
    assert table.rows.size == used


def test_what_does_not_fit_is_left_to_evaluate():
    dear = NightPrice("x", nights("2026-07-01", "2026-07-08"), PriceUnit.NIGHT, 50_000_000)
    assert vectorise(a_sheet(a_season(), night_prices=(dear,))).odd
    day = nights("2026-01-01", "2026-01-02").arrival
    daily = tuple(
        NightPrice(f"p{n}", NightRange.of_length(day + timedelta(days=n), 1), PriceUnit.NIGHT, 9000 + n)
        for n in range(300)
    )
    assert vectorise(a_sheet(a_season(), night_prices=daily)).odd
    assert not vectorise(a_sheet(a_season(), night_prices=daily[:200])).odd


def test_a_column_grown_and_emptied_sells_nothing_that_was_there():
    table = table_of([gite_4_6()])
    table.grow(4096)
    asked = Stay(FIRST.toordinal(), 7, Party(2), FIRST.toordinal())
    table.clear(0)
    assert reckon(table, np.arange(4), asked).total.tolist() == [-1, -1, -1, -1]
