"""Writes are remembered for 30 days, then forgotten in slices, by one process at a time."""

from datetime import timedelta

import pytest
from chassis import requests
from chassis.clock import system_clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.leases import only_one
from sqlalchemy import text


@pytest.fixture
async def database(make_database):
    found = Database.at(await make_database("pricing"))
    yield found
    await found.close()


async def remember(database, ages):
    async with database.transaction() as session:
        for days in ages:
            now = system_clock() - timedelta(days=days)
            await requests.claim(session, new_id(), method="M", body_hash=b"", now=now)


async def count(database):
    async with database.reading() as connection:
        return await connection.scalar(text("SELECT count(*) FROM requests"))


async def test_old_writes_are_forgotten_in_slices_and_young_ones_stay(database, monkeypatch):
    monkeypatch.setattr(requests, "SLICE", 3)
    await remember(database, [31] * 7 + [29, 0])
    assert await requests.purge_requests(database, system_clock) == 7
    assert await count(database) == 2
    assert await requests.purge_requests(database, system_clock) == 0


async def test_while_one_process_forgets_another_does_not(database):
    await remember(database, [40])
    async with only_one(database, "purge_requests") as mine:
        assert mine
        assert await requests.purge_requests(database, system_clock) == 0
    assert await requests.purge_requests(database, system_clock) == 1
