"""Consumers. A group shares the partitions (effects); `consume_all` reads everything (indexes)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, IllegalStateError
from prometheus_client import Counter, Gauge

from chassis import event_log as told
from chassis.errors import ErrorKind
from chassis.events import Decoder, Event, KafkaConfig
from chassis.logging import get_logger, start_context
from chassis.rpc_errors import to_service_error
from chassis.topics import DEAD_SUFFIX, TopicSpec, create_topics
from chassis.tracing import enter, span

__all__ = ["Decoder", "Event", "KafkaConfig", "TopicSpec", "consume_all", "consume_group", "create_topics"]

log = get_logger()

Handler = Callable[[Event], Awaitable[None]]
BatchHandler = Callable[[Sequence[Event]], Awaitable[None]]
Burial = Callable[[BaseException], Awaitable[None]]

CONSUMED = Counter(
    "sejour_events_consumed_total",
    "Events taken, by outcome. `dead` ones lie in <topic>.dead with the reason: mend the cause, replay.",
    ["consumer", "topic", "outcome"],
)
LAG = Gauge(
    "sejour_consumer_lag",
    "Messages not yet taken. When it grows, the consumer is too slow or stuck: read the log.",
    ["consumer", "topic"],
)

_POLL_MS = 1000
_MAX_WAIT = 5.0
_OUTAGE_SECONDS = 120.0
_TRANSIENT = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.BUSY, ErrorKind.DEADLINE, ErrorKind.LIMITED})


class OutageError(Exception):
    """What a handler needs has been away for long; the consumer starts again without having committed."""


def _consumer(kafka: KafkaConfig, **arguments: object) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **kafka.arguments(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        # The relays write in transactions: an aborted batch must not be seen.
        isolation_level="read_committed",
        max_partition_fetch_bytes=8 * 1024 * 1024,
        **arguments,
    )


async def _for_ever(name: str, once: Callable[[], Awaitable[None]]) -> None:
    wait = 0.5
    while True:
        began = time.monotonic()
        try:
            await once()
        except Exception as error:  # noqa: BLE001 (a broker that restarts must not end a service)
            if time.monotonic() - began > 30:
                wait = 0.5
            log.warning(
                "consumer_interrupted", consumer=name, error=type(error).__name__, detail=str(error)[:200]
            )
            await asyncio.sleep(wait)
            wait = min(wait * 2, _MAX_WAIT)


async def consume_group(
    kafka: KafkaConfig, topics: Sequence[str], group: str, handler: Handler, *, tries: int = 5
) -> None:
    """Takes events one by one as a member of a group, for ever; committed after the handler.

    A handler may see an event again: it compares revisions or asks the inbox. When it raises, it is
    called again, waiting longer each time. What is away (a database, a service) is waited for; any
    other failure sends the event to `<topic>.dead` after so many tries.
    """

    async def once() -> None:
        consumer = _consumer(
            kafka, group_id=kafka.prefix + group, max_poll_interval_ms=600_000, session_timeout_ms=10_000
        )
        consumer.subscribe([kafka.topic(topic) for topic in topics])
        try:
            await consumer.start()
            lag = _Lag(consumer, group, kafka)
            while True:
                batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=200)
                for partition, records in batches.items():
                    for record in records:
                        await _take(kafka, record, group, handler, tries)
                    await _commit(consumer, partition, records[-1].offset + 1)
                await lag.measure()
        finally:
            await consumer.stop()

    await _for_ever(group, once)


async def _commit(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> None:
    try:
        await consumer.commit({partition: offset})
    except (CommitFailedError, IllegalStateError):
        log.info("partition_lost", topic=partition.topic, partition=partition.partition)


class _Lag:
    """Tells how far a consumer is behind, summed over its partitions of a topic, once a second."""

    def __init__(self, consumer: AIOKafkaConsumer, name: str, kafka: KafkaConfig) -> None:
        self._consumer = consumer
        self._name = name
        self._kafka = kafka
        self._next = 0.0

    async def measure(self) -> None:
        """Sets the gauge when a second has passed."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 1.0
        behind: dict[str, int] = {}
        for partition in self._consumer.assignment():
            high = self._consumer.highwater(partition)
            topic = partition.topic.removeprefix(self._kafka.prefix)
            lag = 0 if high is None else max(0, high - await self._consumer.position(partition))
            behind[topic] = behind.get(topic, 0) + lag
        for topic, lag in behind.items():
            LAG.labels(self._name, topic).set(lag)


async def _take(kafka: KafkaConfig, record: object, group: str, handler: Handler, tries: int) -> None:
    topic = record.topic.removeprefix(kafka.prefix)  # type: ignore[attr-defined]
    try:
        event = Event.read(topic, record.key, record.value, record.headers)  # type: ignore[attr-defined]
    except (ValueError, KeyError) as error:
        await _bury(kafka, record, group, error)
        return
    start_context(consumer=group, event_id=str(event.event_id), event_type=event.event_type)
    enter(event.traceparent)
    began = time.perf_counter()
    with span(f"consume {topic}", "consumer", event_id=str(event.event_id)) as taken:
        result = await _handle(event, group, handler, tries, partial(_bury, kafka, record, group))
        taken.set(event_type=event.event_type, result=result)
    log.info("event", **told.where([record]), result=result, ms=told.milliseconds_since(began))


async def _handle(event: Event, group: str, handler: Handler, tries: int, bury: Burial) -> str:
    """Calls the handler until it ends or the event is buried; answers `done` or `dead`."""
    topic, wait, attempt, began = event.topic, 0.1, 0, time.monotonic()
    while True:
        try:
            await handler(event)
        except Exception as error:
            attempt += 1
            typed = to_service_error(error)
            transient = isinstance(error, OSError) or (typed is not None and typed.kind in _TRANSIENT)
            if transient and time.monotonic() - began > _OUTAGE_SECONDS:
                raise OutageError(group) from error
            if not transient and attempt >= tries:
                log.exception("event_dead", topic=topic, key=event.key)
                await bury(error)
                return "dead"
            log.warning("event_retried", topic=topic, attempt=attempt, error=type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _MAX_WAIT)
        else:
            CONSUMED.labels(group, topic, "done").inc()
            return "done"


async def _bury(kafka: KafkaConfig, record: object, group: str, error: BaseException) -> None:
    name = record.topic  # type: ignore[attr-defined]
    headers = [
        *record.headers,  # type: ignore[attr-defined]
        ("dead-group", group.encode()),
        # Further lines of a database's error may repeat a row, and a row may be a person.
        ("dead-reason", f"{type(error).__name__}: {error}".partition("\n")[0][:500].encode()),
    ]
    producer = AIOKafkaProducer(**kafka.arguments(), acks="all", enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(
            name + DEAD_SUFFIX,
            value=record.value,  # type: ignore[attr-defined]
            key=record.key,  # type: ignore[attr-defined]
            headers=headers,
        )
    finally:
        await producer.stop()
    CONSUMED.labels(group, name.removeprefix(kafka.prefix), "dead").inc()


async def consume_all(
    kafka: KafkaConfig,
    topics: Sequence[str],
    handler: BatchHandler,
    on_caught_up: Callable[[], Awaitable[None]],
    *,
    name: str = "all",
) -> None:
    """Reads every partition from its beginning, without a group, for ever; batches in order per key.

    `on_caught_up` is called once, when the ends that were seen at the start are reached. After an
    interruption it begins again from the start, so the handler drops what is not newer (revisions).
    A handler that raises has its batch's events given one by one, and those that fail are skipped.
    """
    told = False

    async def once() -> None:
        nonlocal told
        consumer = _consumer(kafka)
        try:
            await consumer.start()
            partitions = await _all_partitions(kafka, topics)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            lag = _Lag(consumer, name, kafka)
            behind = {partition for partition in partitions if ends[partition] > 0}
            while True:
                behind = {one for one in behind if await consumer.position(one) < ends[one]}
                if not behind and not told:
                    told = True
                    await on_caught_up()
                batches = await consumer.getmany(timeout_ms=20 if behind else _POLL_MS, max_records=1000)
                for records in batches.values():
                    await _give(kafka, records, handler, name)
                await lag.measure()
        finally:
            await consumer.stop()

    await _for_ever(name, once)


async def _all_partitions(kafka: KafkaConfig, topics: Sequence[str]) -> list[TopicPartition]:
    # A consumer that is not subscribed knows no partitions, so they are asked of the broker.
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        found = await admin.describe_topics([kafka.topic(topic) for topic in topics])
    finally:
        await admin.close()
    missing = [one["topic"] for one in found if one["error_code"] or not one["partitions"]]
    if missing:
        raise LookupError(f"topics not made yet: {missing}")
    return [TopicPartition(one["topic"], part["partition"]) for one in found for part in one["partitions"]]


async def _give(kafka: KafkaConfig, records: Sequence[object], handler: BatchHandler, name: str) -> None:
    events: list[Event] = []
    for record in records:
        topic = record.topic.removeprefix(kafka.prefix)  # type: ignore[attr-defined]
        try:
            events.append(Event.read(topic, record.key, record.value, record.headers))  # type: ignore[attr-defined]
        except (ValueError, KeyError) as error:
            CONSUMED.labels(name, topic, "dead").inc()
            log.warning("event_unreadable", topic=topic, error=str(error)[:200])
    if not events:
        return
    topic, began = events[0].topic, time.perf_counter()
    spans = told.spans_of(records, events)
    try:
        await handler(events)
        CONSUMED.labels(name, topic, "done").inc(len(events))
    except Exception:
        log.exception("batch_failed", topic=topic, events=len(events))
        for event in events:
            try:
                await handler([event])
                CONSUMED.labels(name, topic, "done").inc()
            except Exception:
                CONSUMED.labels(name, topic, "dead").inc()
                log.exception("event_skipped", topic=topic, key=event.key, event_id=str(event.event_id))
    for each in spans:
        each.end()
    log.info(
        "events", consumer=name, **told.where(records), events=len(events), ms=told.milliseconds_since(began)
    )
