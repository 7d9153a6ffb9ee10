"""Rivals for the same nights in one process: the losers write nothing, and a repeat is no rival of itself."""

import asyncio

from chassis.errors import RemoteError


async def outcomes(world, requests):
    async def place(request):
        try:
            return (await world.bookings.PlaceBooking(request)).booking.reference
        except RemoteError as error:
            return error.reason

    with world.owner():
        return await asyncio.gather(*(place(each) for each in requests))


async def test_nineteen_of_twenty_rivals_are_refused_before_anything_is_written(world):
    found = await outcomes(world, [world.place_request(world.quote()) for _ in range(20)])
    assert found.count("NIGHTS_TAKEN") == 19
    written = await world.rows("SELECT state FROM bookings WHERE owner_id = :owner", owner=world.owner_id)
    assert [row["state"] for row in written] == ["OPTION"]
    assert [what for what, *_ in world.availability.asked] == ["hold"]


async def test_a_request_sent_twice_at_once_makes_one_file_and_both_are_told_of_it(world):
    request = world.place_request(world.quote())
    first, second = await outcomes(world, [request, request])
    assert (first, len(first)) == (second, 10)


async def test_a_repeat_after_the_nights_were_had_is_answered_with_its_file(world):
    request = world.place_request(world.quote())
    [first] = await outcomes(world, [request])
    assert await outcomes(world, [request]) == [first]


async def test_a_loser_may_ask_again_once_the_nights_are_free(world):
    lost = world.place_request(world.quote())
    with world.owner():
        won = (await world.place()).booking
    assert await outcomes(world, [lost]) == ["NIGHTS_TAKEN"]
    await world.driver.availability.release(won.id, won.revision)
    [again] = await outcomes(world, [lost])
    assert len(again) == 10


async def test_rivals_get_along_when_availability_does_not_say_what_is_taken(world):
    world.calendars.away = True
    found = await outcomes(world, [world.place_request(world.quote()) for _ in range(3)])
    assert sorted(each if each == "NIGHTS_TAKEN" else "WON" for each in found) == [
        "NIGHTS_TAKEN", "NIGHTS_TAKEN", "WON",
    ]  # fmt: skip
