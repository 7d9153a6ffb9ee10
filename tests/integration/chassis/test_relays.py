"""Rival relays: one sends at a time, a dead one is replaced, and what lost its lock unnoticed is fenced."""

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from chassis.clock import system_clock
from chassis.ids import new_id
from chassis.kafka import Event, consume_all
from chassis.outbox import MAX_PAYLOAD, add, order_outbox
from chassis.relay import LEADING, Relay
from chassis.upkeep import (
    KEEP_SEEN,
    KEEP_SENT,
    OLDEST_SECONDS,
    SLICE,
    WAITING,
    measure_outbox,
    purge_inbox,
    purge_outbox,
)
from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import text

from .conftest import until
from .test_kafka import NOW, TOPIC, all_sent, kafka, put, running, unsent  # noqa: F401 (`kafka` is a fixture)

PROCESS = Path(__file__).with_name("relay_process.py")


class Reading:
    """What a consumer of committed messages sees, in the order of each key."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_ready = False

    async def take(self, events) -> None:
        self.events.extend(events)

    async def ready(self) -> None:
        self.is_ready = True

    def of(self, key: str) -> list[int]:
        return [event.revision for event in self.events if event.key == key]

    def first_times(self, key: str) -> list[int]:
        return list(dict.fromkeys(self.of(key)))

    @property
    def repeats(self) -> int:
        return len(self.events) - len({event.event_id for event in self.events})


@asynccontextmanager
async def read(kafka):  # noqa: F811
    reading = Reading()
    async with running(consume_all(kafka, [TOPIC], reading.take, reading.ready)):
        yield reading


@asynccontextmanager
async def processes(database, kafka, *names):  # noqa: F811
    url = database.engine.url.render_as_string(hide_password=False)
    found = {
        name: await asyncio.create_subprocess_exec(
            sys.executable, str(PROCESS), url, kafka.bootstrap, kafka.prefix, name,
            stdout=asyncio.subprocess.DEVNULL,
        )
        for name in names
    }  # fmt: skip
    try:
        yield found
    finally:
        for process in found.values():
            if process.returncode is None:
                process.kill()
                await process.wait()


async def leader(database) -> str:
    """The name of the relay that holds the lock, or an empty string."""
    query = text(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND granted AND pg_stat_activity.datname = current_database()"
    )
    async with database.reading() as connection:
        return await connection.scalar(query) or ""


async def new_leader(database, *, after: str = "") -> str:
    async with asyncio.timeout(60):
        while (name := await leader(database)) in {"", after}:  # noqa: ASYNC110 (the lock is in a database)
            await asyncio.sleep(0.05)
    return name


async def write(database, key: str, revisions) -> None:
    for revision in revisions:
        async with database.transaction() as session:
            await add(
                session, topic=TOPIC, key=key, message=StringValue(value=key), revision=revision, now=NOW
            )


async def test_of_two_processes_one_sends_each_row_once_and_a_killed_one_is_replaced(database, kafka):  # noqa: F811
    async with read(kafka) as reading, processes(database, kafka, "one", "two") as both:
        await asyncio.gather(*(write(database, key, range(60)) for key in "abc"))
        await until(lambda: len(reading.events) >= 180, 60)
        assert [reading.of(key) for key in "abc"] == [list(range(60))] * 3
        first = await leader(database)
        writing = asyncio.create_task(write(database, "d", range(200)))
        await until(lambda: reading.of("d"), 30)
        both[first].kill()
        second = await new_leader(database, after=first)
        await writing
        await until(lambda: len(reading.first_times("d")) == 200, 60)
        await all_sent(database)
    assert {first, second} == {"one", "two"}
    assert reading.first_times("d") == list(range(200))
    # Between the commit in Kafka and the mark in the database one batch can be caught.
    assert reading.repeats <= 20


async def test_a_stopped_leader_that_wakes_up_after_its_lock_went_sends_nothing_twice(database, kafka):  # noqa: F811
    async with read(kafka) as reading, processes(database, kafka, "one", "two") as both:
        await write(database, "a", range(5))
        await until(lambda: len(reading.events) == 5, 60)
        await all_sent(database)
        first = await leader(database)
        both[first].send_signal(signal.SIGSTOP)
        async with database.engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"),
                {"name": first},
            )
        await new_leader(database, after=first)
        await write(database, "a", range(5, 10))
        await until(lambda: len(reading.events) == 10, 60)
        both[first].send_signal(signal.SIGCONT)
        await write(database, "a", range(10, 30))
        await until(lambda: len(reading.events) >= 30, 60)
        await all_sent(database)
        assert both[first].returncode is None
    assert reading.of("a") == list(range(30))


async def test_a_transaction_of_a_leader_that_was_replaced_is_never_seen(database, kafka, monkeypatch):  # noqa: F811
    """The worst moment: everything is sent, only the commit is missing, when another takes the lock."""
    about_to_commit, go_on = asyncio.Event(), asyncio.Event()
    failures: list[str] = []

    class Slow(Relay):
        async def _send(self, producer, rows) -> None:
            commit = producer.commit_transaction

            async def later() -> None:
                about_to_commit.set()
                await go_on.wait()
                await commit()

            monkeypatch.setattr(producer, "commit_transaction", later)
            try:
                await super()._send(producer, rows)
            except Exception as error:
                failures.append(type(error).__name__)
                raise

    await write(database, "a", range(10))
    async with read(kafka) as reading, running(Slow(database, kafka, "tests", clock=system_clock).run()):
        await asyncio.wait_for(about_to_commit.wait(), 30)
        async with database.engine.begin() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
            await all_sent(database)
            go_on.set()
            await until(lambda: failures, 30)
            await until(lambda: len(reading.events) >= 10, 30)
    assert reading.of("a") == list(range(10))
    assert failures == ["ProducerFenced"]


async def test_the_order_of_a_key_is_the_databases_also_where_clocks_disagree(database, kafka):  # noqa: F811
    """A replica whose clock is behind makes lower ids; what it wrote later must still come later."""
    await write(database, "a", range(10))
    async with database.engine.begin() as connection:
        low = "UPDATE outbox SET id = CAST(:id AS uuid) WHERE revision = 9"
        await connection.execute(text(low), {"id": "00000000-0000-7000-8000-000000000001"})
    async with (
        read(kafka) as reading,
        running(Relay(database, kafka, "tests", clock=system_clock, batch=3).run()),
    ):
        await until(lambda: len(reading.events) == 10, 60)
    assert reading.of("a") == list(range(10))


async def test_what_waits_while_the_outbox_gets_its_numbers_is_sent_first(database, kafka):  # noqa: F811
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP INDEX ix_outbox_waiting"))
        await connection.execute(text("ALTER TABLE outbox DROP COLUMN seq"))
        await connection.execute(text("DROP SEQUENCE outbox_seq"))
        await connection.execute(text("CREATE INDEX ix_outbox_unpublished ON outbox (id)"))

    class Op:
        def __init__(self, connection) -> None:
            self.execute = lambda statement: connection.execute(text(statement))

    await write(database, "a", range(5))
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: order_outbox(Op(sync)))
    await write(database, "a", range(5, 10))
    async with read(kafka) as reading, running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await until(lambda: len(reading.events) == 10, 60)
    assert reading.of("a") == list(range(10))


async def test_a_batch_has_a_weight_limit_and_what_is_too_large_to_be_sent_is_never_written(database, kafka):  # noqa: F811
    sizes: list[int] = []

    class Watched(Relay):
        async def _send(self, producer, rows) -> None:
            sizes.append(len(rows))
            await super()._send(producer, rows)

    heavy = StringValue(value="x" * 3_000_000)
    for revision in range(4):
        async with database.transaction() as session:
            await add(session, topic=TOPIC, key="a", message=heavy, revision=revision, now=NOW)
    too_large = StringValue(value="x" * (MAX_PAYLOAD + 1))
    async with database.transaction() as session:
        with pytest.raises(ValueError, match="too large"):
            await add(session, topic=TOPIC, key="a", message=too_large, revision=5, now=NOW)
    async with read(kafka) as reading, running(Watched(database, kafka, "tests", clock=system_clock).run()):
        await until(lambda: len(reading.events) == 4, 60)
    assert sizes == [2, 2]


async def test_rows_sent_long_ago_are_deleted_in_slices_and_no_others(database):
    now = system_clock()
    old = now - KEEP_SENT - timedelta(hours=1)
    rows = text(
        "INSERT INTO outbox (id, topic, key, event_type, revision, occurred_at, traceparent, published_at)"
        " SELECT CAST(lpad(to_hex(CAST(:millis AS bigint) + i), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0') AS uuid),"
        " 'things', 'a', 'x.Y', i, CAST(:at AS timestamptz), '', CAST(:sent AS timestamptz)"
        " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS i"
    )

    async def insert(first: int, last: int, at: datetime, sent: datetime | None) -> None:
        values = {"millis": int(at.timestamp() * 1000), "first": first, "last": last, "at": at, "sent": sent}
        async with database.engine.begin() as connection:
            await connection.execute(rows, values)

    await insert(1, 2 * SLICE + 5, old, old)
    await insert(5001, 5010, old, None)
    await insert(6001, 6010, now, now)
    assert await purge_outbox(database, lambda: now) == 2 * SLICE + 5
    assert await purge_outbox(database, lambda: now) == 0
    assert await unsent(database) == 10
    await measure_outbox(database, lambda: now)
    assert WAITING._value.get() == 10
    assert OLDEST_SECONDS._value.get() == pytest.approx((now - old).total_seconds())


async def test_the_inbox_forgets_what_cannot_come_again(database):
    now = system_clock()
    async with database.engine.begin() as connection:
        for event_id, seen_at in (
            ("00000000-0000-7000-8000-000000000001", now - KEEP_SEEN - timedelta(hours=1)),
            (str(new_id()), now),
        ):
            await connection.execute(
                text("INSERT INTO inbox VALUES ('mail', CAST(:id AS uuid), :at)"),
                {"id": event_id, "at": seen_at},
            )
    assert await purge_inbox(database, lambda: now) == 1
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM inbox")) == 1


async def test_the_leader_says_so(database, kafka):  # noqa: F811
    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await put(database, "a1")
        await all_sent(database)
        assert LEADING.labels("tests")._value.get() == 1
    assert LEADING.labels("tests")._value.get() == 0
