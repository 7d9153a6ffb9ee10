"""A database that stands still, is restarted, full or locked: every call ends in time and the pool recovers."""

import asyncio
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from chassis.database import Database, make_engine, translate
from chassis.errors import DeadlineExceeded, ErrorKind, Overloaded, Unavailable
from sejour_local import postgres, testing
from sejour_local.processes import free_ports
from sqlalchemy import text

SOON = 6.0
"""Seconds that a call bounded to a second may take on a loaded machine; unbounded it would be minutes."""


class Server:
    """A PostgreSQL of this test alone, which may be stopped, continued and restarted."""

    def __init__(self, folder: Path) -> None:
        self.server = postgres.prepare(folder / "postgres", free_ports(1)[0], careless=True)
        self.log = folder / "postgres.log"
        self.url = self.server.url(driver="postgresql+asyncpg")
        self.start()

    def start(self) -> None:
        self.process = self.server.program.popen(self.log)
        postgres.wait_ready(self.server.port, alive=lambda: self.process.poll() is None)

    def signal_all(self, number: int) -> None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if self.process.pid in (parent, int(folder.name)):
                    os.kill(int(folder.name), number)
            except (OSError, ValueError):
                continue

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


@pytest.fixture(scope="module")
def server():
    folder = testing.folder() / f"failing_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir()
    found = Server(folder)
    yield found
    found.signal_all(signal.SIGCONT)
    found.stop()
    shutil.rmtree(found.server.data)


@pytest.fixture
async def database(server):
    found = Database(
        make_engine(server.url, application="failing", pool_size=3, pool_overflow=0), patience=0.5
    )
    async with found.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS rows (id int PRIMARY KEY)"))
    yield found
    await found.close()


async def read(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))


async def write(database: Database) -> None:
    async with database.unit() as session:
        await session.execute(text("INSERT INTO rows VALUES (1) ON CONFLICT DO NOTHING"))
        await session.commit()


async def failure_of(call) -> tuple[BaseException | None, float]:
    """What a call raised, and its seconds."""
    began = time.monotonic()
    try:
        await call
    except Exception as error:  # noqa: BLE001 (the test asks which)
        return error, time.monotonic() - began
    return None, time.monotonic() - began


async def test_a_server_that_stands_still_costs_each_call_its_deadline_and_no_more(server, database):
    await asyncio.gather(*(until_well(database) for _ in range(3)))
    server.signal_all(signal.SIGSTOP)
    try:
        for _ in range(2):  # With warm connections, then with none.
            found = await asyncio.gather(*(failure_of(each(database)) for each in (read, write, read)))
            assert {type(error) for error, _ in found} == {DeadlineExceeded}
            assert max(seconds for _, seconds in found) < SOON
    finally:
        server.signal_all(signal.SIGCONT)
    await until_well(database)


async def until_well(database: Database) -> None:
    async with asyncio.timeout(20):
        while (await failure_of(write(database)))[0] is not None:  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.1)


async def test_a_restarted_server_is_found_again_by_the_same_pool(server, database):
    await asyncio.gather(until_well(database), until_well(database))
    server.stop()
    for call in (read, write):
        error, seconds = await failure_of(call(database))
        assert isinstance(translate(error) or error, Unavailable), error
        assert seconds < SOON
    server.start()
    await until_well(database)


async def test_who_gave_up_on_a_lock_leaves_nobody_waiting_for_it(server, database):
    holder = Database.at(server.url, application="holder")
    async with holder.transaction() as session:
        await session.execute(text("LOCK TABLE rows"))
        found = await asyncio.gather(*(failure_of(write(database)) for _ in range(3)))
        assert {type(error) for error, _ in found} == {DeadlineExceeded}
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'failing' AND wait_event_type = 'Lock'"
        )
        async with asyncio.timeout(20):
            while (await session.execute(waiting)).scalar():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.05)
    await holder.close()
    await until_well(database)


async def test_a_pool_in_full_use_is_said_so_before_the_deadline_and_is_no_reason_to_leave_service(server):
    small = Database(make_engine(server.url, application="small", pool_size=1, pool_overflow=0))
    async with small.reading():
        error, seconds = await failure_of(read(small))
        found = translate(error)
        assert isinstance(found, Overloaded)
        assert found.kind is ErrorKind.UNAVAILABLE
        assert seconds < SOON
        await small.ping()
    await read(small)
    await small.close()


async def test_a_server_without_free_connections_is_unavailable(server):
    hoard = Database(make_engine(server.url, application="hoard", pool_size=1, pool_overflow=0))
    admin = Database.at(server.url, application="admin")
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("DROP ROLE IF EXISTS narrow"))
        await connection.execute(text("CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 0"))
    address = server.url.split("@")[1]
    narrow = Database.at(f"postgresql+asyncpg://narrow:narrow@{address}", application="narrow")
    error, _ = await failure_of(read(narrow))
    assert isinstance(translate(error), Unavailable)
    for each in (hoard, admin, narrow):
        await each.close()


async def test_a_server_out_of_room_is_unavailable(server, database):
    async def sort_too_much() -> None:
        async with database.unit() as session:
            await session.execute(text("SET LOCAL temp_file_limit = 0"))
            await session.execute(text("SET LOCAL work_mem = '64kB'"))
            await session.execute(text("SELECT * FROM generate_series(1, 100000) AS n ORDER BY -n"))

    error, _ = await failure_of(sort_too_much())
    assert isinstance(translate(error), Unavailable), error
    await until_well(database)
