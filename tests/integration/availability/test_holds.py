"""Holds, stays, moves, releases and expiry on the real database."""

from datetime import timedelta

import pytest
from availability.domain.errors import (
    ChainTooLong,
    GuestLimit,
    HoldGone,
    ListingNotFound,
    NightsNotOpen,
    NightsTaken,
    RevisionStale,
)
from availability.domain.listing import ListingKind, ListingState, Mode
from chassis.ids import new_id

from tests.integration.availability.conftest import NOW, a_listing, nights

WEEK = nights("2027-07-03", 7)


async def test_a_held_week_refuses_another_and_says_what_stands_there(world):
    house = await world.listing()
    await world.hold((house, WEEK))
    with pytest.raises(NightsTaken) as refused:
        await world.hold((house, nights("2027-07-09", 3)))
    assert refused.value.metadata == {
        "listing_id": str(house.id),
        "kind": "HOLD",
        "arrival": "2027-07-03",
        "departure": "2027-07-10",
    }


async def test_the_departure_day_is_free_for_the_next_arrival(world):
    house = await world.listing()
    await world.hold((house, WEEK))
    _, stays = await world.hold((house, nights("2027-07-10", 7)))
    assert len(stays.rows) == 1


async def test_an_owner_learns_which_booking_is_in_the_way(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    with pytest.raises(NightsTaken) as refused:
        await world.hold((house, WEEK), unopened=True)
    assert refused.value.metadata["booking_id"] == str(booking)


async def test_a_repeat_answers_the_same_and_writes_nothing(world):
    house = await world.listing()
    booking, first = await world.hold((house, WEEK))
    before = await world.rows("SELECT count(*) AS n FROM outbox")
    _, again = await world.hold((house, WEEK), booking=booking)
    assert again.rows == first.rows
    assert await world.rows("SELECT count(*) AS n FROM outbox") == before


async def test_an_older_revision_is_stale(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK), revision=3)
    with pytest.raises(RevisionStale):
        await world.hold((house, WEEK), booking=booking, revision=2)


async def test_a_late_hold_of_a_released_revision_takes_nothing(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.release(booking, revision=1)
    with pytest.raises(RevisionStale):
        await world.hold((house, WEEK), booking=booking)
    assert await world.occupancies() == []


async def test_a_released_booking_can_hold_again_with_a_newer_revision(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.release(booking, revision=2)
    _, stays = await world.hold((house, WEEK), booking=booking, revision=3)
    assert len(stays.rows) == 1


async def test_a_release_before_any_hold_is_harmless(world):
    booking = new_id()
    assert (await world.release(booking)).rows == ()
    assert (await world.release(booking)).rows == ()


async def test_all_lines_are_held_or_none(world):
    house, flat = await world.listing(), await world.listing()
    await world.hold((flat, WEEK))
    with pytest.raises(NightsTaken):
        await world.hold((house, WEEK), (flat, WEEK))
    assert [row.listing_id for row in await world.occupancies()] == [flat.id]


async def test_closed_nights_refuse_a_guest_and_warn_an_owner(world):
    house = await world.listing(open_nights=nights("2027-07-03", 4))
    with pytest.raises(NightsNotOpen) as refused:
        await world.hold((house, WEEK))
    assert refused.value.metadata["arrival"] == "2027-07-07"
    assert refused.value.metadata["departure"] == "2027-07-10"
    _, stays = await world.hold((house, WEEK), unopened=True)
    assert [line.nights for line in stays.unopened] == [nights("2027-07-07", 3)]


@pytest.mark.parametrize(
    ("changes", "stay", "why"),
    [
        ({"state": ListingState.WITHDRAWN}, WEEK, "NOT_IN_PRODUCTION"),
        ({}, nights("2027-02-27", 7), "IN_PAST"),
    ],
)
async def test_a_guest_cannot_hold_what_is_not_for_sale(world, changes, stay, why):
    house = await world.listing(open_nights=nights("2027-02-01", 300), **changes)
    with pytest.raises(NightsNotOpen) as refused:
        await world.hold((house, stay))
    assert refused.value.metadata["why"] == why


async def test_an_unknown_listing_is_not_found(world):
    with pytest.raises(ListingNotFound):
        await world.hold((a_listing(), WEEK))


async def test_an_expired_hold_gives_way_on_use_and_is_told_once(world):
    house, flat = await world.listing(), await world.listing()
    late, _ = await world.hold((house, WEEK), (flat, WEEK), minutes=30)
    world.now += timedelta(minutes=31)
    winner, _ = await world.hold((house, nights("2027-07-05", 2)))
    assert [row.booking_id for row in await world.occupancies()] == [winner]
    assert await world.expired() == [str(late)]
    assert list((await world.calendar(flat)).busy) == []
    assert await world.sweep() == 0


async def test_the_sweeper_ends_holds_that_nobody_touches(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK), minutes=30)
    assert await world.sweep() == 0
    world.now += timedelta(minutes=30)
    assert await world.sweep() == 1
    assert await world.sweep() == 0
    assert await world.expired() == [str(booking)]
    assert await world.occupancies() == []
    assert list((await world.calendar(house)).busy) == []


async def test_a_hold_without_end_never_ends(world):
    house = await world.listing()
    await world.hold((house, WEEK), minutes=None)
    world.now += timedelta(days=100)
    assert await world.sweep() == 0
    assert len(await world.occupancies()) == 1


async def test_a_pinned_hold_does_not_end_until_unpinned(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.pin(booking)
    world.now += timedelta(hours=2)
    assert await world.sweep() == 0
    with pytest.raises(NightsTaken):
        await world.hold((house, WEEK))
    await world.unpin(booking)
    assert await world.sweep() == 1


async def test_an_extended_hold_lives_longer(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.extend(booking, NOW + timedelta(days=2))
    world.now += timedelta(days=1)
    assert await world.sweep() == 0
    world.now += timedelta(days=1)
    assert await world.sweep() == 1
    with pytest.raises(HoldGone):
        await world.extend(booking, world.now + timedelta(days=2), revision=3)


async def test_a_confirmed_hold_is_a_stay_for_good(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    first = await world.confirm(booking, (house, WEEK))
    assert await world.confirm(booking, (house, WEEK)) == first
    world.now += timedelta(days=2)
    assert await world.sweep() == 0
    assert [row.kind for row in await world.occupancies()] == ["STAY"]
    assert [busy.kind for busy in (await world.calendar(house)).busy] == [2]


async def test_a_hold_past_its_time_but_free_is_taken_again(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    world.now += timedelta(hours=1)
    await world.sweep()
    stays = await world.confirm(booking, (house, WEEK))
    assert [row.kind for row in stays.rows] == ["STAY"]


async def test_a_hold_whose_nights_went_cannot_be_confirmed(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    world.now += timedelta(hours=1)
    await world.hold((house, WEEK))
    with pytest.raises(NightsTaken):
        await world.confirm(booking, (house, WEEK))
    with pytest.raises(HoldGone):
        await world.confirm(booking)


async def test_a_move_frees_the_old_nights_and_takes_the_new(world):
    house, flat = await world.listing(), await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.confirm(booking)
    stays = await world.move(booking, (flat, nights("2027-07-04", 3)))
    assert [(row.listing_id, row.kind) for row in stays.rows] == [(flat.id, "STAY")]
    assert list((await world.calendar(house)).busy) == []
    assert await world.move(booking, (flat, nights("2027-07-04", 3))) == stays


async def test_a_move_by_one_day_stands_on_its_own_nights(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    stays = await world.move(booking, (house, nights("2027-07-04", 7)))
    assert [row.nights for row in stays.rows] == [nights("2027-07-04", 7)]


async def test_a_move_onto_taken_nights_leaves_all_as_it_was(world):
    house, flat = await world.listing(), await world.listing()
    booking, before = await world.hold((house, WEEK))
    await world.hold((flat, WEEK))
    with pytest.raises(NightsTaken):
        await world.move(booking, (flat, WEEK))
    rows = await world.rows("SELECT id FROM occupancies WHERE booking_id = :id", id=booking)
    assert [row.id for row in rows] == [row.id for row in before.rows]


async def test_a_house_sold_whole_and_by_room_is_sold_once(world):
    rooms = (new_id(), new_id())
    owner, site = new_id(), new_id()
    house = await world.listing(owner_id=owner, property_id=site, resources=rooms)
    room = await world.listing(owner_id=owner, property_id=site, resources=rooms, mode=Mode.ANY)
    await world.hold((room, WEEK))
    with pytest.raises(NightsTaken):
        await world.hold((house, WEEK))
    await world.hold((room, WEEK))
    with pytest.raises(NightsTaken):
        await world.hold((room, WEEK))
    assert len((await world.calendar(house)).busy) == 1
    assert len((await world.calendar(room)).busy) == 1


async def test_a_room_is_busy_only_when_none_is_left(world):
    rooms = (new_id(), new_id())
    room = await world.listing(resources=rooms, mode=Mode.ANY)
    await world.hold((room, WEEK))
    calendar = await world.calendar(room)
    assert list(calendar.busy) == []
    assert sorted(len(unit.busy) for unit in calendar.units) == [0, 1]


async def test_the_room_with_used_neighbour_nights_is_taken_first(world):
    rooms = (new_id(), new_id(), new_id())
    room = await world.listing(resources=rooms, mode=Mode.ANY)
    _, first = await world.hold((room, nights("2027-07-03", 7)))
    _, second = await world.hold((room, nights("2027-07-10", 7)))
    assert {row.resource_id for row in first.rows} == {row.resource_id for row in second.rows}


async def test_one_client_cannot_chain_more_than_90_nights(world):
    house = await world.listing()
    await world.hold((house, nights("2027-04-01", 60)), client="marie")
    with pytest.raises(ChainTooLong) as refused:
        await world.hold((house, nights("2027-05-31", 31)), client="marie")
    assert refused.value.metadata["nights"] == "91"
    await world.hold((house, nights("2027-05-31", 30)), client="marie")
    await world.hold((house, nights("2027-07-01", 31)), client="marie")


async def test_another_client_may_follow_at_once(world):
    house = await world.listing()
    await world.hold((house, nights("2027-04-01", 60)), client="marie")
    _, stays = await world.hold((house, nights("2027-05-31", 60)), client="paul")
    assert len(stays.rows) == 1


async def test_an_owner_has_15_guests_at_once_in_his_rooms(world):
    owner = new_id()
    rooms = [
        await world.listing(owner_id=owner, kind=ListingKind.GUEST_ROOM, max_persons=8) for _ in range(3)
    ]
    await world.hold((rooms[0], WEEK, 8))
    await world.hold((rooms[1], nights("2027-07-09", 3), 7))
    with pytest.raises(GuestLimit) as refused:
        await world.hold((rooms[2], nights("2027-07-09", 1), 1))
    assert refused.value.metadata["night"] == "2027-07-09"
    await world.hold((rooms[2], nights("2027-07-10", 1), 8))


async def test_an_owner_lets_5_rooms_at_once(world):
    resources = tuple(new_id() for _ in range(7))
    room = await world.listing(kind=ListingKind.GUEST_ROOM, resources=resources, mode=Mode.ANY)
    for _ in range(5):
        await world.hold((room, WEEK, 2))
    with pytest.raises(GuestLimit):
        await world.hold((room, WEEK, 2))


async def test_calendar_revisions_only_grow(world):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    await world.release(booking)
    rows = await world.rows("SELECT revision FROM outbox WHERE topic = 'availability.calendars' ORDER BY id")
    revisions = [row.revision for row in rows]
    assert revisions == sorted(set(revisions))
