"""Outbox, relay and consumers on a real broker."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from chassis.clock import system_clock
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.kafka import (
    LAG,
    Decoder,
    Event,
    KafkaConfig,
    TopicSpec,
    consume_all,
    consume_group,
    create_topics,
)
from chassis.outbox import add
from chassis.relay import Relay
from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import text

from .conftest import until

NOW = datetime(2027, 1, 1, tzinfo=UTC)
TOPIC = "things"


@pytest.fixture
async def kafka(kafka_bootstrap):
    config = KafkaConfig(bootstrap=kafka_bootstrap, prefix=f"t{new_id().hex[-12:]}.")
    specs = [TopicSpec(TOPIC, partitions=3), TopicSpec("states", partitions=3, compacted=True)]
    assert len(await create_topics(config, specs)) == 5
    assert await create_topics(config, specs) == []
    return config


@asynccontextmanager
async def running(*works: Coroutine):
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def put(database, *names: str, topic: str = TOPIC) -> None:
    async with database.transaction() as session:
        for number, name in enumerate(names):
            await add(
                session, topic=topic, key=name[0], message=StringValue(value=name), revision=number, now=NOW
            )


async def unsent(database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(text("SELECT count(*) FROM outbox WHERE published_at IS NULL"))


async def all_sent(database) -> None:
    async with asyncio.timeout(20):
        while await unsent(database):  # noqa: ASYNC110 (what is waited for is in a database)
            await asyncio.sleep(0.05)


async def test_events_go_from_a_commit_to_a_group_in_order_and_once(database, kafka):
    got: list[Event] = []

    async def take(event: Event) -> None:
        got.append(event)

    relay = Relay(database, kafka, "tests", clock=system_clock)
    async with running(relay.run(), consume_group(kafka, [TOPIC], "group", take)):
        await put(database, *(f"a{number}" for number in range(50)))
        await put(database, *(f"b{number}" for number in range(50)))
        await until(lambda: len(got) == 100)
        await all_sent(database)  # Marked a moment after it was seen.
    decoder = Decoder(StringValue)
    values = [decoder.decode(event).value for event in got]
    assert [value for value in values if value[0] == "a"] == [f"a{number}" for number in range(50)]
    assert len({event.event_id for event in got}) == 100
    assert got[0].topic == TOPIC
    assert got[0].occurred_at == NOW


async def test_what_is_rolled_back_is_never_sent(database, kafka):
    got: list[str] = []

    async def take(event: Event) -> None:
        got.append(StringValue.FromString(event.payload or b"").value)

    async with database.unit() as session:
        await add(session, topic=TOPIC, key="a", message=StringValue(value="lost"), revision=1, now=NOW)
    await put(database, "kept")
    relay = Relay(database, kafka, "tests", clock=system_clock)
    async with running(relay.run(), consume_group(kafka, [TOPIC], "group", take)):
        await until(lambda: got)
    assert got == ["kept"]


async def test_two_relays_started_together_send_each_event_once(database, kafka):
    got: list[str] = []

    async def take(event: Event) -> None:
        got.append(StringValue.FromString(event.payload or b"").value)

    relays = [Relay(database, kafka, "tests", clock=system_clock) for _ in range(2)]
    async with running(*(relay.run() for relay in relays), consume_group(kafka, [TOPIC], "group", take)):
        for number in range(5):
            await put(database, *(f"a{number}{index}" for index in range(10)))
            await asyncio.sleep(0.05)
        await until(lambda: len(got) >= 50)
        await asyncio.sleep(0.3)
    assert len(got) == len(set(got)) == 50


async def test_a_second_relay_takes_over_when_the_leader_ends(database, kafka):
    first = asyncio.create_task(Relay(database, kafka, "tests", clock=system_clock).run())
    await put(database, "a1")
    await all_sent(database)
    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await asyncio.sleep(0.2)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await put(database, "a2")
        await all_sent(database)
    assert await unsent(database) == 0


async def test_a_relay_outlives_an_absent_broker_and_a_cut_connection(database, kafka):
    absent = KafkaConfig(bootstrap="127.0.0.1:1", prefix=kafka.prefix)
    task = asyncio.create_task(Relay(database, absent, "tests", clock=system_clock).run())
    await asyncio.sleep(1.0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with running(Relay(database, kafka, "tests", clock=system_clock).run()) as (relay,):
        await put(database, "a1")
        await all_sent(database)
        async with database.reading() as killer:
            await killer.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await put(database, "a2")
        await all_sent(database)
        assert not relay.done()


async def test_an_event_that_nobody_can_take_goes_to_the_dead_topic_and_the_rest_goes_on(database, kafka):
    got: list[str] = []

    async def take(event: Event) -> None:
        value = StringValue.FromString(event.payload or b"").value
        if value == "a-poison":
            raise RuntimeError("cannot be taken")
        got.append(value)

    await put(database, "a-poison", "a-good")
    relay = Relay(database, kafka, "tests", clock=system_clock)
    async with running(relay.run(), consume_group(kafka, [TOPIC], "group", take, tries=2)):
        await until(lambda: got)
    assert got == ["a-good"]
    dead = AIOKafkaConsumer(
        kafka.topic(TOPIC) + ".dead", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest"
    )
    await dead.start()
    record = await asyncio.wait_for(dead.getone(), 10)
    await dead.stop()
    assert dict(record.headers)["dead-reason"] == b"RuntimeError: cannot be taken"
    assert record.value == StringValue(value="a-poison").SerializeToString()


async def test_an_outage_of_what_a_handler_needs_is_waited_for(database, kafka):
    tries, got = [], []

    async def take(event: Event) -> None:
        tries.append(event.event_id)
        if len(tries) < 5:
            raise Unavailable(retry_after=0)
        got.append(event.key)

    await put(database, "a1")
    relay = Relay(database, kafka, "tests", clock=system_clock)
    async with running(relay.run(), consume_group(kafka, [TOPIC], "group", take, tries=2)):
        await until(lambda: got, 30)
    assert len(tries) == 5


async def test_a_group_goes_on_where_it_committed(database, kafka):
    got: list[str] = []

    async def take(event: Event) -> None:
        got.append(StringValue.FromString(event.payload or b"").value)

    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        async with running(consume_group(kafka, [TOPIC], "group", take)):
            await put(database, "a1")
            await until(lambda: got == ["a1"])
            await asyncio.sleep(0.3)
        await put(database, "a2")
        async with running(consume_group(kafka, [TOPIC], "group", take)):
            await until(lambda: len(got) == 2)
    assert got == ["a1", "a2"]


async def test_a_reader_of_everything_is_told_when_it_reached_the_ends_seen_at_start(database, kafka):
    got: list[Event] = []
    caught: list[int] = []

    async def take(events) -> None:
        got.extend(events)

    async def caught_up() -> None:
        caught.append(len(got))

    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await put(
            database, *(f"{letter}{number}" for letter in "abcdef" for number in range(100)), topic="states"
        )
        await all_sent(database)
        async with running(consume_all(kafka, ["states", TOPIC], take, caught_up)):
            await until(lambda: caught)
            assert caught[0] >= 600
            async with database.transaction() as session:
                await add(
                    session, topic="states", key="a", message=None, revision=101, now=NOW, event_type="x.Gone"
                )
            await until(lambda: len(got) == 601)
            await until(lambda: LAG.labels("all", "states")._value.get() == 0)
    assert got[-1].payload is None
    assert got[-1].event_type == "x.Gone"
    assert len(caught) == 1


async def test_a_reader_of_everything_is_ready_at_once_on_empty_topics_and_waits_for_absent_ones(kafka):
    caught: list[str] = []

    async def take(events) -> None:
        raise AssertionError(events)

    def told(name: str) -> Callable:
        async def on_caught_up() -> None:
            caught.append(name)

        return on_caught_up

    async with running(
        consume_all(kafka, ["states"], take, told("empty")),
        consume_all(kafka, ["absent"], take, told("absent")),
    ):
        await until(lambda: caught)
        await create_topics(kafka, [TopicSpec("absent", partitions=1)])
        await until(lambda: len(caught) == 2)
    assert caught == ["empty", "absent"]


async def test_a_record_that_is_no_event_and_a_handler_that_fails_do_not_stop_a_reader(kafka):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    await producer.send_and_wait(kafka.topic(TOPIC), b"rubbish")
    for value in ("a-poison", "a-good"):
        event = Event(TOPIC, "a", new_id(), "x.Y", NOW, 1, value.encode())
        await producer.send_and_wait(kafka.topic(TOPIC), event.payload, key=b"a", headers=event.headers())
    await producer.stop()
    got: list[bytes | None] = []
    caught: list[bool] = []

    async def take(events) -> None:
        if any(event.payload == b"a-poison" for event in events):
            raise RuntimeError("cannot be taken")
        got.extend(event.payload for event in events)

    async def caught_up() -> None:
        caught.append(True)

    async with running(consume_all(kafka, [TOPIC], take, caught_up)):
        await until(lambda: caught)
    assert got == [b"a-good"]


async def test_an_aborted_transaction_is_neither_seen_nor_waited_for(kafka):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=f"{kafka.prefix}aborting")
    await producer.start()
    for keep in (True, False):
        await producer.begin_transaction()
        for partition in range(3):
            event = Event(TOPIC, "a", new_id(), "x.Y", NOW, 1, b"kept" if keep else b"aborted")
            await producer.send_and_wait(
                kafka.topic(TOPIC), event.payload, key=b"a", headers=event.headers(), partition=partition
            )
        await (producer.commit_transaction() if keep else producer.abort_transaction())
    await producer.stop()
    got: list[bytes | None] = []
    caught: list[int] = []

    async def take(events) -> None:
        got.extend(event.payload for event in events)

    async def caught_up() -> None:
        caught.append(len(got))

    async with running(consume_all(kafka, [TOPIC], take, caught_up)):
        await until(lambda: caught)
    assert caught == [3]
    assert got == [b"kept"] * 3
