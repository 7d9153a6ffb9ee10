"""A group that was away longer than the topic keeps its messages notices it, and its service asks for the truth."""

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete
from chassis.clock import system_clock
from chassis.errors import Busy, Unavailable
from chassis.kafka import GAPS, LAG, consume_all, consume_group
from chassis.relay import Relay
from google.protobuf.wrappers_pb2 import StringValue

from .conftest import until
from .test_kafka import TOPIC, all_sent, kafka, put, running  # noqa: F401 (`kafka` is a fixture)

GROUP = "away"
PARTITIONS = 3


def gaps(group=GROUP, topic=TOPIC) -> float:
    return GAPS.labels(group, topic)._value.get()


class Service:
    """A consumer that keeps what it took, and how often it asked for the truth."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.asked: list[int] = []
        self.refusals: list[Exception] = []

    async def take(self, event) -> None:
        self.got.append(StringValue.FromString(event.payload or b"").value)

    async def ask(self) -> None:
        self.asked.append(len(self.got))
        if self.refusals:
            raise self.refusals.pop()

    def consume(self, kafka, group=GROUP):  # noqa: F811
        return consume_group(kafka, [TOPIC], group, self.take, on_gap=self.ask)


async def send(database, kafka, *names: str) -> None:  # noqa: F811
    await put(database, *names)
    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await all_sent(database)


async def committed(kafka, group=GROUP) -> int:  # noqa: F811
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(kafka.prefix + group)
    finally:
        await admin.close()
    return sum(one.offset for place, one in found.items() if place.topic == kafka.topic(TOPIC))


async def delete_all(kafka) -> None:  # noqa: F811
    """Does at once what the retention does after a week: nothing that was sent so far is left."""
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        await admin.delete_records(
            {
                TopicPartition(kafka.topic(TOPIC), number): RecordsToDelete(before_offset=-1)
                for number in range(PARTITIONS)
            }
        )
    finally:
        await admin.close()


async def taken(service, kafka, count, group=GROUP) -> None:  # noqa: F811
    await until(lambda: len(service.got) == count, 40)
    async with asyncio.timeout(40):
        while await committed(kafka, group) < count:  # noqa: ASYNC110 (the place is on the broker)
            await asyncio.sleep(0.05)


async def test_messages_deleted_beyond_the_place_are_a_gap_once_and_the_rest_is_read(database, kafka):  # noqa: F811
    before, service = gaps(), Service()
    async with running(service.consume(kafka)):
        await send(database, kafka, "a1", "b1", "c1")
        await taken(service, kafka, 3)
    assert service.asked == []
    await send(database, kafka, "a2", "b2", "c2")
    await delete_all(kafka)
    async with running(service.consume(kafka)):
        await until(lambda: service.asked, 40)
        await send(database, kafka, "a3", "b3", "c3")
        await until(lambda: len(service.got) == 6, 40)
    # Nothing new is missing at the next start, whether a partition had messages since or not.
    async with running(service.consume(kafka)):
        await send(database, kafka, "a4")
        await until(lambda: len(service.got) == 7, 40)
    assert sorted(service.got) == ["a1", "a3", "a4", "b1", "b3", "c1", "c3"]
    assert service.asked == [3]
    assert gaps() == before + 1


async def test_a_member_that_is_overtaken_while_it_works_notices_it_too(database, kafka):  # noqa: F811
    service, go_on = Service(), asyncio.Event()
    held = service.take

    async def slow(event) -> None:
        await held(event)
        if event.payload == StringValue(value="a0").SerializeToString():
            await go_on.wait()

    service.take = slow  # type: ignore[method-assign]
    async with running(service.consume(kafka, "slow")):
        await send(database, kafka, "a0")
        await until(lambda: service.got, 40)
        # The client fetches once ahead; what comes after that is still on the broker when it is deleted.
        for number in range(1, 5):
            await send(database, kafka, f"a{number}")
        await delete_all(kafka)
        go_on.set()
        await until(lambda: service.asked, 40)
        await send(database, kafka, "a9")
        await until(lambda: service.got[-1] == "a9", 40)
    assert gaps("slow") == 1


async def test_a_new_group_on_a_topic_that_lost_messages_asks_and_on_a_whole_one_does_not(database, kafka):  # noqa: F811
    whole, late = Service(), Service()
    await send(database, kafka, "a1", "b1", "c1")
    async with running(whole.consume(kafka, "whole")):
        await until(lambda: len(whole.got) == 3, 40)
    await delete_all(kafka)
    async with running(late.consume(kafka, "late")):
        await until(lambda: late.asked, 40)
    assert (whole.asked, gaps("whole")) == ([], 0)
    assert (late.asked, late.got) == ([0], [])


@pytest.mark.parametrize(
    ("refusal", "times"),
    [(Unavailable(retry_after=0), 2), (Busy(retry_after=0), 2), (RuntimeError("a bug"), 1)],
)
async def test_a_truth_that_is_away_is_asked_again_before_anything_is_taken_and_a_bug_stops_nothing(
    database,
    kafka,  # noqa: F811
    refusal,
    times,
):
    service = Service()
    service.refusals = [refusal]
    await send(database, kafka, "a1")
    await delete_all(kafka)
    await send(database, kafka, "a2")
    async with running(service.consume(kafka, "patient")):
        await until(lambda: service.got == ["a2"], 40)
    assert service.asked == [0] * times


async def test_partitions_that_are_added_are_read_by_readers_and_groups_while_they_run(database, kafka):  # noqa: F811
    quick = kafka_that_looks_often(kafka)
    service, read, caught = Service(), [], []

    async def take(events) -> None:
        read.extend(StringValue.FromString(event.payload or b"").value for event in events)

    async def caught_up() -> None:
        caught.append(len(read))

    names = [f"{letter}{number}" for number in range(2) for letter in "abcdefghijklmnopqrstuvwxyz"]
    async with running(
        service.consume(quick, "growing"), consume_all(quick, [TOPIC], take, caught_up, name="growing")
    ):
        await send(database, kafka, *names[:26])
        await until(lambda: len(read) == len(service.got) == 26, 40)
        admin = AIOKafkaAdminClient(**kafka.arguments())
        await admin.start()
        try:
            await admin.create_partitions({kafka.topic(TOPIC): NewPartitions(8)})
        finally:
            await admin.close()
        await send(database, kafka, *names[26:])
        await until(lambda: len(read) >= 52 and len(service.got) >= 52, 60)
        assert read.count("a0") == 1
        await until(lambda: LAG.labels("growing", TOPIC)._value.get() == 0, 40)
    assert sorted(read) == sorted(set(service.got)) == sorted(names)
    assert len(caught) == 1


def kafka_that_looks_often(kafka):  # noqa: F811
    class Quick(type(kafka)):
        def arguments(self):
            return super().arguments() | {"metadata_max_age_ms": 500}

    return Quick(bootstrap=kafka.bootstrap, prefix=kafka.prefix)
