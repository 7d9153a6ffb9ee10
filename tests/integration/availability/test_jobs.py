"""Migrations, rolling periods, the catalog's news and the invariants on the real database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from availability.adapters import invariants
from availability.adapters.postgres import PostgresLedger
from availability.adapters.tables import METADATA
from availability.application.announce_listing import announce_listing
from availability.application.placing import OWN
from availability.application.roll_periods import roll_periods
from availability.domain.listing import ListingState, Mode
from chassis.errors import Busy
from chassis.ids import new_id
from chassis.migrations import drift
from values import NightRange

from tests.integration.availability.conftest import a_listing, nights


async def test_the_migrated_database_is_what_the_code_declares(make_database):
    assert await drift("availability", await make_database("availability"), METADATA) == []


async def test_sans_fin_reaches_24_months_from_each_new_day(world):
    house = await world.listing(open_nights=None)
    opened = await world.open(house, nights("2027-04-01", 7), rolling=True)
    assert [one.nights for _, one in opened.periods] == [NightRange(date(2027, 4, 1), date(2029, 3, 1))]
    assert await roll_periods(**world.ports) == 0
    world.now += timedelta(days=10)
    assert await roll_periods(**world.ports) == 1
    calendar = await world.calendar(house)
    assert calendar.rolling
    assert [one.departure for one in calendar.open] == ["2029-03-11"]
    assert await roll_periods(**world.ports) == 0


async def test_all_listings_without_end_are_extended_in_one_run_also_beside_one_that_is_busy(
    world, monkeypatch
):
    monkeypatch.setattr("availability.application.roll_periods._BATCH", 2)
    houses = [await world.listing(open_nights=None) for _ in range(5)]
    for house in houses:
        await world.open(house, nights("2027-04-01", 7), rolling=True)
    world.now += timedelta(days=10)
    busy = sorted(houses, key=lambda one: one.id)[1]
    async with world.ledgers.open() as ledger:
        await ledger.lock_properties([busy.property_id])
        assert await roll_periods(**world.ports) == 4
    assert await roll_periods(**world.ports) == 1
    assert {(await world.calendar(one)).open[0].departure for one in houses} == {"2029-03-11"}


async def test_a_rolling_period_grows_into_the_one_after_it(world):
    house = await world.listing(open_nights=None)
    await world.open(house, nights("2029-03-05", 30))
    await world.open(house, nights("2027-04-01", 7), rolling=True)
    world.now += timedelta(days=10)
    await roll_periods(**world.ports)
    calendar = await world.calendar(house)
    assert [(one.arrival, one.departure) for one in calendar.open] == [("2027-04-01", "2029-04-04")]
    assert await roll_periods(**world.ports) == 0


async def test_a_hold_that_cannot_be_ended_does_not_keep_the_others_held(world, monkeypatch):
    house, barn = await world.listing(), await world.listing()
    first, _ = await world.hold((house, nights("2027-07-03", 7)), minutes=10)
    second, _ = await world.hold((barn, nights("2027-07-03", 7)), minutes=20)
    tell = PostgresLedger.tell_expired

    async def strange(ledger, booking_id, revision, now):
        if booking_id == first:
            raise KeyError("nobody thought of that")
        await tell(ledger, booking_id, revision, now)

    monkeypatch.setattr(PostgresLedger, "tell_expired", strange)
    world.now += timedelta(hours=1)
    assert await world.sweep() == 1
    assert await world.expired() == [str(second)]


async def test_a_new_listing_is_told_as_closed(world):
    house = await world.listing(open_nights=None)
    calendar = await world.calendar(house)
    assert (calendar.owner_id, list(calendar.open), list(calendar.busy)) == (str(house.owner_id), [], [])


async def test_a_listing_made_between_the_look_and_the_lock_is_busy_not_unlocked(world):
    house = a_listing()
    async with world.ledgers.open() as ledger:
        await ledger.lock_for([house.id])
        await announce_listing(house, **world.ports)
        with pytest.raises(Busy):
            await ledger.listings([house.id], OWN)


async def test_older_and_repeated_news_of_a_listing_change_nothing(world):
    house = await world.listing(revision=5)
    assert not await announce_listing(house, **world.ports)
    assert not await announce_listing(replace(house, revision=4, owner_id=new_id()), **world.ports)
    withdrawn = replace(house, revision=6, state=ListingState.WITHDRAWN)
    assert await announce_listing(withdrawn, **world.ports)
    rows = await world.rows("SELECT owner_id, state FROM listings")
    assert [(row.owner_id, row.state) for row in rows] == [(house.owner_id, "WITHDRAWN")]


async def test_a_house_that_is_also_sold_by_room_tells_its_bookings_through_the_rooms(world):
    rooms = (new_id(), new_id())
    house = await world.listing(resources=rooms)
    await world.hold((house, nights("2027-07-03", 7)))
    room = a_listing(owner_id=house.owner_id, property_id=house.property_id, resources=rooms, mode=Mode.ANY)
    await announce_listing(room, **world.ports)
    assert [one.nights.arrival for one in (await world.calendar(room)).busy] == ["2027-07-03"]


async def test_a_listing_moved_to_another_property_keeps_its_bookings(world):
    house = await world.listing()
    await world.hold((house, nights("2027-07-03", 7)))
    moved = replace(house, property_id=new_id(), revision=2)
    await announce_listing(moved, **world.ports)
    assert len((await world.calendar(house)).busy) == 1
    _, stays = await world.hold((moved, nights("2027-07-10", 7)))
    assert len(stays.rows) == 1


async def test_the_promises_are_measured(world):
    house = await world.listing()
    booking, _ = await world.hold((house, nights("2027-07-03", 7)))
    await world.pin(booking)
    await world.hold((house, nights("2027-08-03", 7)))
    world.now += timedelta(hours=73)
    await invariants.measure(world.database, world.clock)
    assert invariants.OVERLAPS._value.get() == 0
    assert invariants.OLD_PINS._value.get() == 1
    assert invariants.LATE_HOLDS._value.get() == 1
