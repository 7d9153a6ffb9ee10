"""What the owner's register of the tourist tax is made of: confirmed stays by departure, a page at a time."""

from uuid import uuid4

import pytest
from chassis.errors import RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.common.v1 import common_pb2 as common


async def confirmed(world, arrival, departure, **fields):
    file = (await world.place(world.quote(arrival=arrival, departure=departure, **fields))).booking
    return (await world.bookings.ConfirmBooking(world.move(file))).booking


async def lines_of(world, first="2026-01-01", last="2026-12-31", **page):
    request = calls.ListTaxLinesRequest(
        owner_id=world.owner_id, first=first, last=last, page=common.PageRequest(**page)
    )
    return await world.bookings.ListTaxLines(request)


async def test_confirmed_stays_are_told_by_departure_with_their_frozen_tax(world):
    with world.owner():
        july = await confirmed(world, "2026-07-18", "2026-07-25")
        may = await confirmed(world, "2026-05-02", "2026-05-09")
        await world.place(world.quote(arrival="2026-06-06", departure="2026-06-13"))  # an option
        gone = await confirmed(world, "2026-08-01", "2026-08-08")
        request = calls.CancelBookingRequest(
            request_id=str(world.move(gone).request_id), booking_id=gone.id, by="CLIENT"
        )
        await world.bookings.CancelBooking(request)
        await world.bookings.RecordPayment(world.pay(may, 74000))
        await world.bookings.RecordPayment(world.pay(may, 1540, nature="TAX"))
        found = (await lines_of(world)).lines
    assert [one.file_number for one in found] == [may.number, july.number]
    first = found[0]
    assert (first.nights.arrival, first.nights.departure) == ("2026-05-02", "2026-05-09")
    assert (first.tax.amount, first.party, first.listing_code) == (
        1540, may.lines[0].price.party, may.lines[0].listing_code,
    )  # fmt: skip
    assert [one.is_collected for one in found] == [True, False]
    assert list(first.explained) == [each for each in may.lines[0].price.beside if each.kind == "TOURIST_TAX"]


async def test_a_stay_belongs_to_the_days_in_which_it_ends(world):
    with world.owner():
        await confirmed(world, "2026-06-27", "2026-07-04")
        assert len((await lines_of(world, "2026-07-04", "2026-07-04")).lines) == 1
        assert not (await lines_of(world, "2026-06-01", "2026-07-03")).lines
        assert not (await lines_of(world, "2026-07-05", "2026-07-31")).lines


async def test_every_stay_is_on_one_page_and_none_twice(world):
    with world.owner():
        for week in range(5):
            await confirmed(world, f"2026-0{week + 2}-07", f"2026-0{week + 2}-14")
        seen, cursor = [], ""
        while True:
            answer = await lines_of(world, limit=2, cursor=cursor)
            seen += [one.file_number for one in answer.lines]
            cursor = answer.next_cursor
            if not cursor:
                break
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("days", "field"),
    [(("2026-07-01", "2026-06-30"), "last"), (("hier", "2026-06-30"), "first"), (("2026-07-01", ""), "last")],
)
async def test_days_that_are_none_are_refused(world, days, field):
    with world.owner(), pytest.raises(RemoteError) as refused:
        await lines_of(world, *days)
    assert (refused.value.reason, refused.value.metadata["field"]) == ("BAD_VALUE", field)


@pytest.mark.parametrize("cursor", ["x", "2026-07-01|1", "|||", "2026-07-01|a|0"])
async def test_a_cursor_that_is_none_is_refused(world, cursor):
    with world.owner(), pytest.raises(RemoteError) as refused:
        await lines_of(world, cursor=cursor)
    assert refused.value.metadata["field"] == "page.cursor"


def with_exempt(file, adults=2, **exempt):
    request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=file.id)
    party = common.Party(adults=adults, exempt_adults=exempt)
    request.parties[file.lines[0].id].CopyFrom(party)
    return request


async def test_exempt_adults_change_the_tax_alone_and_stay_with_their_reason(world):
    with world.owner():
        file = await confirmed(world, "2026-07-18", "2026-07-25")
        changed = (await world.bookings.UpdateBooking(with_exempt(file, SEASONAL_WORKER=1))).booking
        assert changed.totals.total == file.totals.total
        assert changed.totals.tourist_tax.amount == 110
        again = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
        [line] = (await lines_of(world)).lines
        back = (await world.bookings.UpdateBooking(with_exempt(file))).booking
    assert dict(again.lines[0].price.party.exempt_adults) == {"SEASONAL_WORKER": 1}
    assert dict(line.party.exempt_adults) == {"SEASONAL_WORKER": 1}
    assert line.tax.amount == 110
    assert (back.totals.tourist_tax.amount, dict(back.lines[0].price.party.exempt_adults)) == (220, {})


async def test_the_tax_of_exempt_adults_is_asked_of_the_price_after_its_discounts(world):
    quote_id = world.quote(total=66600)
    priced = world.pricing.quotes[quote_id].lines[0]
    priced.accommodation.amount = 74000
    priced.discounts.CopyFrom(common.Money(amount=-7400, currency="EUR"))
    with world.owner():
        file = (await world.place(quote_id)).booking
        await world.bookings.UpdateBooking(with_exempt(file, RESIDENT=1))
    assert world.pricing.taxed == [66600]


@pytest.mark.parametrize("exempt", [{"SEASONAL_WORKER": 3}, {"HANDICAP": 1}, {"RESIDENT": -1}])
async def test_exemptions_that_cannot_be_are_refused(world, exempt):
    with world.owner():
        file = await confirmed(world, "2026-07-18", "2026-07-25")
        with pytest.raises(RemoteError) as refused:
            await world.bookings.UpdateBooking(with_exempt(file, **exempt))
    assert refused.value.reason == "BAD_VALUE"
