"""What consumers share: they end when they are told to, at whatever moment."""

import asyncio

import pytest
from aiokafka import TopicPartition
from chassis.consuming import LAG, Lag
from chassis.events import KafkaConfig


class Consumer:
    """Stands at 3 of 10 in its only partition."""

    def assignment(self):
        return {TopicPartition("p.things", 0)}

    def highwater(self, partition):
        return 10

    async def position(self, partition):
        return 3


@pytest.mark.parametrize("ticks", range(8))
async def test_a_consumer_that_is_cancelled_while_it_measures_its_lag_ends(ticks):
    lag = Lag(Consumer(), "unit", KafkaConfig("nowhere", prefix="p."))

    async def consume() -> None:
        while True:
            lag._next = 0.0
            await lag.measure()
            await asyncio.sleep(0)

    task = asyncio.create_task(consume())
    for _ in range(ticks):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=30)
    assert done == {task}
    assert task.cancelled()


async def test_the_lag_of_partitions_that_went_to_another_member_is_not_told_twice():
    consumer = Consumer()
    lag = Lag(consumer, "unit", KafkaConfig("nowhere", prefix="p."))
    await lag.measure()
    assert LAG.labels("unit", "things")._value.get() == 7
    consumer.assignment = set
    lag._next = 0.0
    await lag.measure()
    assert LAG.labels("unit", "things")._value.get() == 0
