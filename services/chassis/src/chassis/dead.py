"""Dead letters: events that a consumer could not take, laid aside in `<topic>.dead`, and replayed.

A dead topic is only added to. A letter's key says which group could not take which message, and that
never changes: when a replay fails again, the new letter has the same key and stands for the old one.
Replaying or dropping adds an end with that key. What counts is the last message of a key.

A replay goes to the topic `replays`, which every group reads and where it takes only what is addressed
to it. So no other consumer sees it, and an old state never becomes the last word of a compacted topic.
The group may have taken newer news of the same key meanwhile: it drops what is not newer (revisions) or
has had its effect (inbox).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from chassis.events import KafkaConfig
from chassis.topics import DEAD_SUFFIX, REPLAYS

Headers = Sequence[tuple[str, bytes]]

_OURS = ("dead-", "replay-")
_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that a group could not take. `partition` and `offset` are where it stood first."""

    topic: str
    group: str
    partition: int
    offset: int
    reason: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    deaths: int = 1
    number: int = -1
    """Its offset in the dead topic: what people call it by."""
    died_at: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))

    @property
    def identity(self) -> str:
        """Which group could not take which message."""
        return f"{self.group}/{self.topic}/{self.partition}/{self.offset}"

    def header(self, name: str) -> str:
        """A header of the message, or an empty string."""
        return next((value.decode(errors="replace") for key, value in self.headers if key == name), "")

    @classmethod
    def of(cls, record: Any, topic: str, group: str, error: BaseException) -> Self:
        """The letter of a record that just failed; of a replayed one it is the old letter again."""
        own = dict(record.headers)
        partition, offset, deaths = record.partition, record.offset, 0
        if "replay-from" in own:
            partition, offset, deaths = (int(part) for part in own["replay-from"].split(b"/"))
        return cls(
            topic=topic,
            group=group,
            partition=partition,
            offset=offset,
            deaths=deaths + 1,
            # Further lines of a database's error may repeat a row, and a row may be a person.
            reason=f"{type(error).__name__}: {error}".partition("\n")[0][:_MAX_REASON],
            key=record.key,
            value=record.value,
            headers=_without_ours(record.headers),
        )

    @classmethod
    def read(cls, record: Any, topic: str) -> Self | None:
        """The letter of a record of a dead topic; None for what is none."""
        own = dict(record.headers)
        try:
            return cls(
                topic=topic,
                group=own["dead-group"].decode(),
                partition=int(own["dead-partition"]),
                offset=int(own["dead-offset"]),
                deaths=int(own["dead-times"]),
                reason=own["dead-reason"].decode(errors="replace"),
                key=own.get("dead-key"),
                value=record.value,
                headers=_without_ours(record.headers),
                number=record.offset,
                died_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
            )
        except (KeyError, ValueError):
            return None


def _without_ours(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if not name.startswith(_OURS)]


def replayed_to(record: Any) -> tuple[str, str]:
    """The group and the topic (without prefix) that a record of `replays` is meant for."""
    own = dict(record.headers)
    return own.get("replay-for", b"").decode(), own.get("replay-topic", b"").decode()


@asynccontextmanager
async def _producer(kafka: KafkaConfig) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        **kafka.arguments(), acks="all", enable_idempotence=True, max_request_size=8 * 1024 * 1024
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def bury(kafka: KafkaConfig, letter: Letter) -> None:
    """Lays a message aside; when this fails, the message was not taken and comes again."""
    headers = [
        *letter.headers,
        ("dead-group", letter.group.encode()),
        ("dead-partition", str(letter.partition).encode()),
        ("dead-offset", str(letter.offset).encode()),
        ("dead-times", str(letter.deaths).encode()),
        ("dead-reason", letter.reason.encode()),
    ]
    if letter.key is not None:
        headers.append(("dead-key", letter.key))
    async with _producer(kafka) as producer:
        await producer.send_and_wait(
            kafka.topic(letter.topic) + DEAD_SUFFIX,
            value=letter.value,
            key=letter.identity.encode(),
            headers=headers,
        )


async def letters(kafka: KafkaConfig, topic: str) -> list[Letter]:
    """The letters of a topic that were neither replayed nor dropped, oldest first.

    Raises:
        LookupError: there is no such topic, or it has no dead one.

    """
    found: dict[str, Letter] = {}
    async for record in _records(kafka, kafka.topic(topic) + DEAD_SUFFIX):
        key = (record.key or b"").decode(errors="replace")
        if any(name == "dead-end" for name, _ in record.headers):
            found.pop(key, None)
        elif letter := Letter.read(record, topic):
            found[letter.identity] = letter
    return sorted(found.values(), key=lambda letter: letter.number)


async def topics_with_letters(kafka: KafkaConfig) -> list[str]:
    """The topics (without prefix) that have a dead one, by name."""
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        names = await admin.list_topics()
    finally:
        await admin.close()
    return sorted(
        name.removeprefix(kafka.prefix).removesuffix(DEAD_SUFFIX)
        for name in names
        if name.startswith(kafka.prefix) and name.endswith(DEAD_SUFFIX)
    )


async def replay(kafka: KafkaConfig, chosen: Iterable[Letter]) -> int:
    """Gives letters to the group that could not take them, once more; returns how many.

    A crash in between leaves a letter that was given already; giving it again is harmless.
    """
    return await _end(kafka, chosen, "replayed")


async def drop(kafka: KafkaConfig, chosen: Iterable[Letter]) -> int:
    """Ends letters without giving them to anybody; returns how many."""
    return await _end(kafka, chosen, "dropped")


async def _end(kafka: KafkaConfig, chosen: Iterable[Letter], how: str) -> int:
    count = 0
    async with _producer(kafka) as producer:
        for letter in chosen:
            if how == "replayed":
                origin = f"{letter.partition}/{letter.offset}/{letter.deaths}"
                await producer.send_and_wait(
                    kafka.topic(REPLAYS),
                    value=letter.value,
                    key=letter.key,
                    headers=[
                        *letter.headers,
                        ("replay-for", letter.group.encode()),
                        ("replay-topic", letter.topic.encode()),
                        ("replay-from", origin.encode()),
                    ],
                )
            await producer.send_and_wait(
                kafka.topic(letter.topic) + DEAD_SUFFIX,
                value=None,
                key=letter.identity.encode(),
                headers=[("dead-end", how.encode())],
            )
            count += 1
    return count


async def _records(kafka: KafkaConfig, name: str) -> AsyncIterator[Any]:
    """All records that a topic holds now."""
    consumer = AIOKafkaConsumer(**kafka.arguments(), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        numbers = await _partitions(kafka, name)
        partitions = [TopicPartition(name, number) for number in numbers]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(one) < ends[one] for one in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


async def _partitions(kafka: KafkaConfig, name: str) -> list[int]:
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        [found] = await admin.describe_topics([name])
    finally:
        await admin.close()
    if found["error_code"] or not found["partitions"]:
        raise LookupError(name)
    return [part["partition"] for part in found["partitions"]]
