"""Rivals on the real database: one winner, no deadlock, whatever they do at once."""

import asyncio
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from availability.domain.errors import Busy
from availability.domain.listing import Mode
from chassis.errors import ServiceError
from chassis.ids import new_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from values import NightRange

from tests.integration.availability.conftest import SUMMER, nights

RIVALS = 20
ROUNDS = 15

OVERLAPS = """
    SELECT count(*) AS n FROM occupancies a JOIN occupancies b
    ON a.resource_id = b.resource_id AND a.nights && b.nights AND a.id < b.id
"""


async def outcome(work) -> str:
    try:
        await work
    except ServiceError as error:
        return error.reason
    return "WON"


async def rival(world, *lines, booking=None) -> str:
    """Asks as a client does: told BUSY, it tries again with the same booking."""
    booking, end = booking or new_id(), world.now + timedelta(hours=1)
    while True:
        how = await outcome(world.hold(*lines, booking=booking, expires_at=end))
        if how != "BUSY":
            return how


async def deadlocks(world) -> int:
    rows = await world.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return rows[0].deadlocks


async def test_of_20_rivals_for_overlapping_weeks_exactly_one_wins(world):
    house = await world.listing()
    for round_number in range(ROUNDS):
        first = date(2027, 4, 1) + timedelta(days=14 * round_number)
        stays = [NightRange.of_length(first + timedelta(days=i % 6), 7) for i in range(RIVALS)]
        found = Counter(await asyncio.gather(*(rival(world, (house, stay)) for stay in stays)))
        assert found == {"WON": 1, "NIGHTS_TAKEN": RIVALS - 1}
    assert await deadlocks(world) == 0
    assert (await world.rows(OVERLAPS))[0].n == 0


async def test_rivals_for_the_whole_house_and_for_its_rooms_never_share_a_night(world):
    rooms = tuple(new_id() for _ in range(3))
    owner, site = new_id(), new_id()
    house = await world.listing(owner_id=owner, property_id=site, resources=rooms)
    room = await world.listing(owner_id=owner, property_id=site, resources=rooms, mode=Mode.ANY)
    for round_number in range(ROUNDS):
        stay = NightRange.of_length(date(2027, 4, 1) + timedelta(days=7 * round_number), 7)
        asked = [house if i % 2 else room for i in range(RIVALS)]
        random.Random(round_number).shuffle(asked)  # noqa: S311 (a seeded order)
        outcomes = await asyncio.gather(*(rival(world, (one, stay)) for one in asked))
        won = Counter(one.id for one, how in zip(asked, outcomes, strict=True) if how == "WON")
        assert won in ({house.id: 1}, {room.id: 3})
        assert set(outcomes) == {"WON", "NIGHTS_TAKEN"}
    assert await deadlocks(world) == 0
    assert (await world.rows(OVERLAPS))[0].n == 0


async def test_rivals_over_several_properties_in_any_order_do_not_deadlock(world):
    houses = [await world.listing() for _ in range(4)]
    for round_number in range(ROUNDS):
        stay = NightRange.of_length(date(2027, 4, 1) + timedelta(days=7 * round_number), 7)
        asked = [random.Random(f"{round_number}{i}").sample(houses, 3) for i in range(RIVALS)]  # noqa: S311
        found = Counter(
            await asyncio.gather(*(rival(world, *((house, stay) for house in some)) for some in asked))
        )
        # Any two ask for three of four houses, so they always share one.
        assert found == {"WON": 1, "NIGHTS_TAKEN": RIVALS - 1}
    assert await deadlocks(world) == 0


async def test_rivals_who_end_the_same_expired_holds_tell_it_once(world):
    houses = [await world.listing() for _ in range(4)]
    for round_number in range(5):
        stay = NightRange.of_length(date(2027, 4, 1) + timedelta(days=7 * round_number), 7)
        late, _ = await world.hold(*((house, stay) for house in houses), minutes=10)
        world.now += timedelta(minutes=10)
        found = Counter(
            await asyncio.gather(
                world_sweep(world),
                *(rival(world, (house, stay)) for house in houses for _ in range(4)),
            )
        )
        assert found["WON"] == len(houses)
        assert (await world.expired()).count(str(late)) == 1
    assert await deadlocks(world) == 0


async def world_sweep(world) -> str:
    await world.sweep()
    return "SWEPT"


async def test_one_hold_repeated_at_once_stands_once(world):
    house = await world.listing()
    booking = new_id()
    stay = nights("2027-07-03", 7)
    found = await asyncio.gather(*(rival(world, (house, stay), booking=booking) for _ in range(RIVALS)))
    assert set(found) == {"WON"}
    assert len(await world.occupancies()) == 1


async def test_who_waits_too_long_for_a_lock_is_told_to_try_again(world):
    house = await world.listing()
    async with world.ledgers.open() as ledger:
        await ledger.lock_for([house.id])
        with pytest.raises(Busy) as refused:
            await world.hold((house, nights("2027-07-03", 7)))
    assert refused.value.retry_after == 1.0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["hold", "hold", "hold", "confirm", "move", "release", "extend", "pin", "unpin", "wait", "sweep"]
        ),
        st.integers(0, 5),
        st.integers(0, 2),
        st.integers(0, 20),
        st.integers(1, 9),
    ),
    min_size=5,
    max_size=40,
)


class Walk:
    """Random steps on a house, its rooms and a flat; after each nobody shares a night."""

    def __init__(self, world, listings, rooms) -> None:
        self.world = world
        self.listings = listings
        self.rooms = rooms
        self.bookings = [new_id() for _ in range(6)]

    async def run(self, steps) -> None:
        for revision, step in enumerate(steps, start=1):
            await outcome(self.take(*step, revision=revision))
            await self.check()
        for booking in self.bookings:
            await self.world.release(booking, revision=1000)
        await self.world.sweep()
        assert await self.world.occupancies() == []

    async def take(self, action, who, where, day, length, *, revision) -> None:
        world, booking = self.world, self.bookings[who]
        line = (self.listings[where], NightRange.of_length(SUMMER.arrival + timedelta(days=60 + day), length))
        match action:
            case "hold":
                await world.hold(line, booking=booking, revision=revision, unopened=True)
            case "confirm":
                await world.confirm(booking, revision=revision)
            case "move":
                await world.move(booking, line, revision=revision, unopened=True)
            case "release":
                await world.release(booking, revision=revision)
            case "extend":
                await world.extend(booking, world.now + timedelta(minutes=length), revision=revision)
            case "pin":
                await world.pin(booking, revision=revision)
            case "unpin":
                await world.unpin(booking, revision=revision)
            case "wait":
                world.now += timedelta(minutes=day)
            case _:
                await world.sweep()

    async def check(self) -> None:
        assert (await self.world.rows(OVERLAPS))[0].n == 0
        rows = [row for row in await self.world.occupancies() if row.resource_id in self.rooms]
        told = await self.world.calendar(self.listings[0])
        busy = {(one.nights.arrival, one.nights.departure) for one in told.busy}
        ended = [
            row
            for row in rows
            if row.kind == "HOLD" and not row.pinned_at and row.expires_at <= self.world.now
        ]
        # A hold past its end may still be told: the calendar gives its end, so readers know.
        assert as_told(row for row in rows if row not in ended) <= busy <= as_told(rows)


def as_told(rows):
    return {(row.nights.lower.isoformat(), row.nights.upper.isoformat()) for row in rows}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_no_sequence_of_commands_ever_sells_a_night_twice(world, steps):
    rooms = (new_id(), new_id())
    owner, site = new_id(), new_id()
    listings = [
        await world.listing(owner_id=owner, property_id=site, resources=rooms),
        await world.listing(owner_id=owner, property_id=site, resources=rooms, mode=Mode.ANY),
        await world.listing(),
    ]
    await Walk(world, listings, rooms).run(steps)
