"""What booking needs to compare both sides, and to end what came to nothing."""

import asyncio

import pytest
from availability.adapters.booked import BookedPages
from availability.application.end_bookings import end_bookings
from availability.domain.errors import RevisionStale
from chassis.ids import new_id
from sejour.availability.v1 import availability_types_pb2 as types_pb

from tests.integration.availability.conftest import nights


async def booked(world, *, after=None, through=None, departing_after=None, limit=0):
    return await BookedPages(world.database).page(
        after=after, through=through, departing_after=departing_after, limit=limit, now=world.now
    )


async def test_pages_show_each_booking_once_with_its_lines_persons_and_revision(world):
    house, barn = await world.listing(resources=(new_id(), new_id())), await world.listing()
    one, _ = await world.hold((house, nights("2027-07-03", 7), 4), (barn, nights("2027-07-03", 7)))
    other, _ = await world.hold((barn, nights("2027-08-07", 7), 2))
    await world.confirm(other, (barn, nights("2027-08-07", 7), 2), revision=3)
    first, second = sorted([one, other])
    page = await booked(world, limit=1)
    assert ([entry.booking_id for entry in page.bookings], page.next) == ([str(first)], str(first))
    rest = await booked(world, after=first, limit=1)
    assert ([entry.booking_id for entry in rest.bookings], rest.next) == ([str(second)], "")
    found = {entry.booking_id: entry for entry in (*page.bookings, *rest.bookings)}
    assert len(found[str(one)].lines) == 2
    [stay] = found[str(other)].lines
    assert (stay.kind, stay.guests) == (types_pb.OCCUPANCY_KIND_STAY, 2)
    assert found[str(other)].revision == 3
    assert [entry.booking_id for entry in (await booked(world, through=first)).bookings] == [str(first)]


async def test_pages_leave_out_nights_that_are_over_and_holds_past_their_end(world):
    house = await world.listing()
    past, _ = await world.hold((house, nights("2027-07-03", 7)), minutes=None)
    await world.hold((house, nights("2027-08-07", 7)), minutes=10)
    world.now += world.now - world.now.replace(hour=world.now.hour - 1)
    page = await booked(world)
    assert [entry.booking_id for entry in page.bookings] == [str(past)]
    assert not (await booked(world, departing_after=nights("2027-07-03", 7).departure)).bookings


async def test_a_late_hold_of_a_booking_that_came_to_nothing_takes_no_night(world):
    house, booking = await world.listing(), new_id()
    assert await end_bookings({booking: 1}, **world.ports) == 0
    with pytest.raises(RevisionStale):
        await world.hold((house, nights("2027-07-03", 7)), booking=booking)
    assert await world.occupancies() == []
    await world.hold((house, nights("2027-07-03", 7)))


async def test_the_nights_of_a_booking_that_came_to_nothing_are_freed_and_told(world):
    house = await world.listing()
    lost, _ = await world.hold((house, nights("2027-07-03", 7)))
    kept, _ = await world.hold((house, nights("2027-08-07", 7)))
    await world.confirm(kept, (house, nights("2027-08-07", 7)), revision=4)
    # A newer command than the one that came to nothing was applied: the booking lives.
    assert await end_bookings({lost: 1, kept: 1}, **world.ports) == 1
    assert [row.booking_id for row in await world.occupancies()] == [kept]
    assert len((await world.calendar(house)).busy) == 1
    assert await end_bookings({lost: 1}, **world.ports) == 0


async def test_a_hold_and_the_end_of_its_booking_at_once_leave_no_night(world):
    house = await world.listing()
    for _ in range(10):
        booking = new_id()
        await asyncio.gather(
            world.hold((house, nights("2027-07-03", 7)), booking=booking),
            end_bookings({booking: 1}, **world.ports),
            return_exceptions=True,
        )
        assert await world.occupancies() == []
