"""A broker of its own, started late and killed in the middle: nothing is lost and nobody falls over."""

import asyncio

import pytest
from chassis.clock import system_clock
from chassis.kafka import Event, KafkaConfig, TopicSpec, consume_all, consume_group, create_topics
from chassis.relay import Relay
from google.protobuf.wrappers_pb2 import StringValue

from tests.own_broker import own_broker

from .conftest import until
from .test_kafka import all_sent, put, running


@pytest.fixture
async def broker(tmp_path):
    """A broker that is prepared but not started."""
    async with own_broker(tmp_path) as found:
        yield found


def value(event: Event) -> str:
    return StringValue.FromString(event.payload or b"").value


async def test_relay_and_consumers_start_before_the_broker_and_outlive_its_death(broker, database):
    config = KafkaConfig(bootstrap=broker.bootstrap)
    grouped: set[str] = set()
    read: set[str] = set()
    caught: list[bool] = []

    async def take(event: Event) -> None:
        grouped.add(value(event))

    async def take_all(events) -> None:
        read.update(value(event) for event in events)

    async def caught_up() -> None:
        caught.append(True)

    await put(database, "a1")
    async with running(
        Relay(database, config, "tests", clock=system_clock).run(),
        consume_group(config, ["things"], "group", take),
        consume_all(config, ["things"], take_all, caught_up),
    ) as tasks:
        await asyncio.sleep(0.5)
        await broker.start()
        await create_topics(config, [TopicSpec("things", partitions=3)])
        await until(lambda: grouped == read == {"a1"}, 40)
        broker.kill()
        await put(database, "a2", "b2")
        await asyncio.sleep(1)
        await broker.start()
        await put(database, "c3")
        await until(lambda: grouped >= {"a1", "a2", "b2", "c3"} <= read, 60)
        assert not any(task.done() for task in tasks)
        await all_sent(database)
    assert caught == [True]
