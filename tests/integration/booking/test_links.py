"""A secret link that is made with the file itself: one call less for each option of an owner's own key."""

import asyncio
from uuid import UUID

import pytest
from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb


async def test_a_link_made_with_the_file_opens_it(world):
    with world.owner():
        placed = await world.place(with_guest_link=True)
    with world.public():
        seen = await world.bookings.GetBookingByLink(calls.GuestLinkRequest(token=placed.guest_link_token))
    assert seen.booking.id == placed.booking.id


async def test_a_file_that_is_confirmed_at_once_is_opened_by_its_link_too(world):
    with world.owner():
        request = world.place_request(world.quote(), with_guest_link=True, confirm=True)
        placed = await world.bookings.PlaceBooking(request)
        again = await world.bookings.PlaceBooking(request)
    assert placed.booking.state == pb.BOOKING_STATE_CONFIRMED
    with world.public():
        for one in (placed, again):
            seen = await world.bookings.GetBookingByLink(calls.GuestLinkRequest(token=one.guest_link_token))
            assert seen.booking.id == placed.booking.id


async def test_a_repeat_gets_a_link_of_its_own_and_the_first_still_opens_the_file(world):
    with world.owner():
        request = world.place_request(world.quote(), with_guest_link=True)
        first = await world.bookings.PlaceBooking(request)
        again = await world.bookings.PlaceBooking(request)
    assert again.replayed
    with world.public():
        seen = [
            (
                await world.bookings.GetBookingByLink(calls.GuestLinkRequest(token=one.guest_link_token))
            ).booking.id
            for one in (first, again)
        ]
    assert seen == [first.booking.id, first.booking.id]


async def test_a_guest_is_never_given_the_link_that_must_be_mailed_to_him(world):
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.bookings.PlaceBooking(world.guest_request(with_guest_link=True))
    assert refused.value.kind is ErrorKind.FORBIDDEN


async def test_no_link_is_made_where_none_was_asked_for(world):
    with world.owner():
        placed = await world.place()
    assert placed.guest_link_token == ""
    asked = "SELECT 1 FROM guest_links WHERE booking_id = :id"
    assert not await world.rows(asked, id=UUID(placed.booking.id))


async def test_two_calls_of_one_request_at_the_same_time_make_one_file(world):
    with world.owner():
        request = world.place_request(world.quote())
        answers = await asyncio.gather(
            *(world.bookings.PlaceBooking(request) for _ in range(6)), return_exceptions=True
        )
    made = {one.booking.id for one in answers if not isinstance(one, RemoteError)}
    refused = {one.reason for one in answers if isinstance(one, RemoteError)}
    assert len(made) == 1
    assert refused <= {"STILL_PLACING"}
    asked = "SELECT 1 FROM bookings WHERE request_id = :id"
    assert len(await world.rows(asked, id=UUID(request.request_id))) == 1
