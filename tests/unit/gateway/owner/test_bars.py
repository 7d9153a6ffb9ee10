from datetime import date

from gateway.owner.bars import bar_of, intersect, row_of, what_is_next, without
from gateway.planning import BarKind
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common

TODAY = date(2010, 12, 31)
LISTING = catalog.Listing(id="l1", code="07MS01731", name={"fr": "Le Mas des Cigales"})


def day(number, month=1, year=2011):
    return date(year, month, number)


def a_file(**more):
    file = booking.Booking(
        id="b1", number=3, state=booking.BOOKING_STATE_OPTION, needs_action=True,
        client=booking.Client(last_name="DUPOND", civility="MR"),
    )  # fmt: skip
    line = file.lines.add(id="line1", listing_code="07MS01731")
    line.price.nights.CopyFrom(common.Nights(arrival="2010-12-31", departure="2011-01-05"))
    line.price.party.adults = more.get("adults", 0)
    return file


def a_hold(**more):
    return availability.Bar(
        kind=availability.OCCUPANCY_KIND_HOLD, booking_id="b1", line_id="line1",
        nights=common.Nights(arrival="2010-12-31", departure="2011-01-05"), **more,
    )  # fmt: skip


def test_an_option_waiting_for_the_owner_bears_star_and_number():
    bar = bar_of(a_hold(), {"b1": a_file()}, LISTING, TODAY)
    assert bar.title == "Pré-réservation* n°\u00a03"
    assert (bar.kind, bar.detail, bar.href) == (BarKind.OPTION, "Dupond", "/reservations/3")


def test_a_bar_tells_persons_once_they_are_stated_and_when_the_option_ends():
    ends = Timestamp()
    ends.FromJsonString("2011-01-07T22:59:00Z")
    bar = bar_of(a_hold(expires_at=ends), {"b1": a_file(adults=4)}, LISTING, TODAY)
    assert bar.detail == "Dupond, 4 pers. · → 07/01"


def test_a_stay_of_a_file_that_did_not_come_still_shows():
    bar = bar_of(a_hold(), {}, LISTING, TODAY)
    assert (bar.title, bar.href) == ("Pré-réservation", "")


def test_a_block_shows_its_reason_and_leads_to_its_page():
    block = availability.Bar(
        kind=availability.OCCUPANCY_KIND_BLOCK, block_id="k1", block_reason=availability.BLOCK_REASON_WORKS,
        nights=common.Nights(arrival="2011-01-05", departure="2011-01-10"), block_note="toiture",
    )  # fmt: skip
    bar = bar_of(block, {}, LISTING, TODAY)
    assert (bar.title, bar.detail) == ("Travaux", "toiture")
    assert bar.href.startswith("/blocages/k1?hebergement=07MS01731&du=2011-01-05")


def test_what_is_not_open_is_closed_and_what_is_open_without_a_price_says_so():
    planning = availability.ListingPlanning(
        open=[common.Nights(arrival="2011-01-03", departure="2011-01-10")]
    )
    window = (day(31, 12, 2010), day(12))
    row = row_of(LISTING, planning, {}, window=window, priced=[(day(3), day(7))], today=TODAY)
    assert [(span.kind, span.arrival.day, span.departure.day) for span in row.spans] == [
        ("closed", 31, 3),
        ("closed", 10, 12),
        ("unpriced", 7, 10),
    ]


def test_nothing_is_said_of_prices_where_pricing_is_silent():
    planning = availability.ListingPlanning(
        open=[common.Nights(arrival="2010-12-01", departure="2011-02-01")]
    )
    window = (day(31, 12, 2010), day(12))
    assert row_of(LISTING, planning, {}, window=window, priced=None, today=TODAY).spans == []


def test_intervals_are_cut_and_crossed():
    assert without((day(1), day(10)), [(day(3), day(5)), (day(8), day(20))]) == [
        (day(1), day(3)),
        (day(5), day(8)),
    ]
    assert intersect([(day(1), day(6))], [(day(4), day(9)), (day(20), day(22))]) == [(day(4), day(6))]


def test_what_is_next_is_told_in_order_of_days():
    items = what_is_next([a_file()], TODAY)
    assert [item.text for item in items] == ["Arrivée de Dupond, 07MS01731", "Départ de Dupond, 07MS01731"]
    assert what_is_next([a_file()], day(1, 6)) == []
