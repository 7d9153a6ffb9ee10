# ruff: noqa: PT012 (the failing statement needs its transaction around it)
"""Database: typed errors, broken connections, requests done once, inbox, leased rows."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from chassis.database import Database, constraints, set_lock_timeout, translate
from chassis.errors import Busy, DeadlineExceeded, ErrorKind, RequestIdReused, ServiceError, Unavailable
from chassis.inbox import seen
from chassis.jobs import claim_due
from chassis.requests import claim, finish
from sqlalchemy import exc, text

from .conftest import plumbing

NOW = datetime(2027, 1, 1, tzinfo=UTC)


class NameTaken(ServiceError):
    kind = ErrorKind.CONFLICT
    reason = "NAME_TAKEN"


async def test_a_named_constraint_becomes_a_typed_error(database):
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO things VALUES (1, 'a')"))
    with pytest.raises(NameTaken):
        async with database.transaction() as session:
            with constraints({"uq_things_name": NameTaken}):
                await session.execute(text("INSERT INTO things VALUES (2, 'a')"))


async def test_a_constraint_without_a_typed_error_passes_unchanged(database):
    with pytest.raises(exc.IntegrityError):
        async with database.transaction() as session:
            with constraints({"uq_things_name": NameTaken}):
                await session.execute(text("INSERT INTO things VALUES (1, NULL)"))


async def test_leaving_a_unit_without_commit_keeps_nothing(database):
    async with database.unit() as session:
        await session.execute(text("INSERT INTO things VALUES (9, 'z')"))
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM things WHERE id = 9")) == 0


async def test_a_lock_not_had_in_time_is_busy(database):
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO things VALUES (1, 'a')"))
    async with database.transaction() as holder:
        await holder.execute(text("SELECT 1 FROM things FOR UPDATE"))
        with pytest.raises(exc.DBAPIError) as caught:
            async with database.transaction() as rival:
                await set_lock_timeout(rival, 50)
                await rival.execute(text("SELECT 1 FROM things FOR UPDATE"))
    assert isinstance(translate(caught.value), Busy)


async def test_a_statement_beyond_its_time_is_a_deadline(database):
    with pytest.raises(exc.DBAPIError) as caught:
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL statement_timeout = 30"))
            await session.execute(text("SELECT pg_sleep(1)"))
    assert isinstance(translate(caught.value), DeadlineExceeded)


async def test_connections_that_the_server_closed_are_replaced_before_they_are_used(database):
    async def number() -> int:
        async with database.reading() as connection:
            return await connection.scalar(text("SELECT pg_backend_pid()"))

    before = await number()
    async with database.reading() as killer, database.reading() as idle:
        ended = await idle.scalar(text("SELECT pg_backend_pid()"))
        ours = await killer.scalar(text("SELECT pg_backend_pid()"))
    assert before in {ended, ours}
    other = await asyncpg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False))
    try:
        await other.execute("SELECT pg_terminate_backend($1), pg_terminate_backend($2)", ended, ours)
        ending = "SELECT count(*) FROM pg_stat_activity WHERE pid IN ($1, $2)"
        while await other.fetchval(ending, ended, ours):  # noqa: ASYNC110 (an end has no event)
            await asyncio.sleep(0.01)
    finally:
        await other.close()
    assert {await number() for _ in range(3)} & {ended, ours} == set()


async def test_a_query_cut_off_by_the_server_is_unavailable_and_the_next_one_works(database):
    with pytest.raises(exc.DBAPIError) as caught:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert isinstance(translate(caught.value), Unavailable)
    await database.ping()


async def test_an_absent_server_is_unavailable():
    absent = Database.at("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(OSError) as caught:  # noqa: PT011 (the class is asserted through translate)
        await absent.ping()
    assert isinstance(translate(caught.value), Unavailable)
    await absent.close()


async def test_a_repeated_request_finds_the_resource_of_the_first(database):
    request_id = uuid4()
    async with database.transaction() as session:
        assert await claim(session, request_id, method="Make", body_hash=b"h", now=NOW) is None
        await finish(session, request_id, "thing-1")
    async with database.transaction() as session:
        previous = await claim(session, request_id, method="Make", body_hash=b"h", now=NOW)
    assert previous is not None
    assert previous.resource_id == "thing-1"


@pytest.mark.parametrize(("method", "body"), [("Make", b"other"), ("Unmake", b"h")])
async def test_a_request_id_of_another_write_is_refused(database, method, body):
    request_id = uuid4()
    async with database.transaction() as session:
        await claim(session, request_id, method="Make", body_hash=b"h", now=NOW)
    with pytest.raises(RequestIdReused):
        async with database.transaction() as session:
            await claim(session, request_id, method=method, body_hash=body, now=NOW)


async def test_ten_rivals_with_one_request_id_do_the_work_once(database):
    request_id, made = uuid4(), []

    async def rival(number: int) -> str | None:
        async with database.transaction() as session:
            previous = await claim(session, request_id, method="Make", body_hash=b"h", now=NOW)
            if previous is not None:
                return previous.resource_id
            await asyncio.sleep(0.01)
            await finish(session, request_id, f"thing-{number}")
            made.append(number)
            return f"thing-{number}"

    answers = await asyncio.gather(*(rival(number) for number in range(10)))
    assert len(made) == 1
    assert set(answers) == {f"thing-{made[0]}"}


async def test_a_repeat_does_the_work_when_the_first_lets_itself_be_forgotten_meanwhile(database):
    """The first has failed and deletes its row between the repeat's two looks."""
    request_id = uuid4()
    async with database.transaction() as session:
        await claim(session, request_id, method="Make", body_hash=b"h", now=NOW)

    class Forgetful:
        def __init__(self, session) -> None:
            self.session, self.calls = session, 0

        async def execute(self, statement, values=None):
            self.calls += 1
            if self.calls == 2:
                async with database.transaction() as other:
                    await other.execute(text("DELETE FROM requests"))
            return await self.session.execute(statement, values)

    async with database.transaction() as session:
        repeat = Forgetful(session)
        assert await claim(repeat, request_id, method="Make", body_hash=b"h", now=NOW) is None
    assert repeat.calls == 3


async def test_the_error_of_a_statement_does_not_repeat_what_it_writes(database):
    with pytest.raises(exc.IntegrityError) as caught:
        async with database.transaction() as session:
            values = {"id": None, "name": "Zoé MARTIN"}
            await session.execute(text("INSERT INTO things VALUES (:id, :name)"), values)
    assert "MARTIN" not in str(caught.value).partition("\n")[0]
    assert "[parameters" not in str(caught.value)


async def test_the_inbox_knows_an_event_per_consumer_after_the_commit(database):
    event_id = uuid4()
    async with database.unit() as session:
        assert not await seen(session, "mail", event_id, now=NOW)
    async with database.transaction() as session:
        assert not await seen(session, "mail", event_id, now=NOW)
    async with database.transaction() as session:
        assert await seen(session, "mail", event_id, now=NOW)
        assert not await seen(session, "hooks", event_id, now=NOW)


async def test_leased_rows_go_to_one_worker_until_the_lease_ends(database):
    tasks = plumbing().tables["tasks"]
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO tasks (id, due_at) SELECT n, CAST(:due AS timestamptz) FROM generate_series(1, 40) n"
            ),
            {"due": NOW},
        )
        await session.execute(
            text("INSERT INTO tasks (id, due_at) VALUES (99, :later), (100, NULL)"),
            {"later": NOW + timedelta(days=1)},
        )

    async def worker(now: datetime) -> list[int]:
        async with database.transaction() as session:
            rows = await claim_due(session, tasks, now=now, lease=timedelta(minutes=1), limit=10)
            await asyncio.sleep(0.02)
            return [row.id for row in rows]

    leased = [one for ids in await asyncio.gather(*(worker(NOW) for _ in range(4))) for one in ids]
    assert sorted(leased) == list(range(1, 41))
    assert await worker(NOW + timedelta(seconds=59)) == []
    assert len(await worker(NOW + timedelta(seconds=61))) == 10


def test_a_missing_file_is_not_taken_for_an_absent_server():
    assert translate(FileNotFoundError("photo")) is None
