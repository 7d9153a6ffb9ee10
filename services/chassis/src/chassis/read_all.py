"""Reading everything, without a group: what keeps an index of the whole state in memory."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from chassis import event_log
from chassis.consuming import CONSUMED, POLL_MS, BatchHandler, Lag, announce, for_ever, make_consumer
from chassis.events import Event, KafkaConfig
from chassis.logging import get_logger

log = get_logger()


async def consume_all(
    kafka: KafkaConfig,
    topics: Sequence[str],
    handler: BatchHandler,
    on_caught_up: Callable[[], Awaitable[None]],
    *,
    name: str = "all",
) -> None:
    """Reads every partition from its beginning, without a group, for ever; batches in order per key.

    `on_caught_up` is called once, when the ends that were seen at the start are reached. Partitions that
    are added later are read too, from their beginning. After an interruption it begins again from the
    start, so the handler drops what is not newer (revisions). A handler that raises has its batch's events
    given one by one, and those that fail are skipped.
    """
    is_told = False
    announce(name, topics, ("done", "skipped"))

    async def once() -> None:
        nonlocal is_told
        consumer = make_consumer(kafka, reset="earliest")
        try:
            await consumer.start()
            partitions = await all_partitions(kafka, topics)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            lag = Lag(consumer, name, kafka)
            behind = {partition for partition in partitions if ends[partition] > 0}
            while True:
                behind = {one for one in behind if await consumer.position(one) < ends[one]}
                if not behind and not is_told:
                    is_told = True
                    await on_caught_up()
                batches = await consumer.getmany(timeout_ms=20 if behind else POLL_MS, max_records=1000)
                for records in batches.values():
                    await _give(kafka, records, handler, name)
                await lag.measure()
                await _add_new(consumer, name)
        finally:
            await consumer.stop()

    await for_ever(name, once)


async def all_partitions(kafka: KafkaConfig, topics: Sequence[str]) -> list[TopicPartition]:
    """Every partition of topics. Raises LookupError where one is not there."""
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


async def _add_new(consumer: AIOKafkaConsumer, name: str) -> None:
    """Adds the partitions that appeared since; the client asks for them every `metadata_max_age_ms`."""
    known = consumer.assignment()
    new = {
        TopicPartition(topic, number)
        for topic in {one.topic for one in known}
        for number in consumer.partitions_for_topic(topic) or ()
    } - known
    if not new:
        return
    places = {one: await consumer.position(one) for one in known}
    consumer.assign([*known, *new])
    for one, place in places.items():
        consumer.seek(one, place)
    await consumer.seek_to_beginning(*new)
    log.info("partitions_added", consumer=name, partitions=len(new))


async def _give(kafka: KafkaConfig, records: Sequence[Any], handler: BatchHandler, name: str) -> None:
    events: list[Event] = []
    for record in records:
        topic = record.topic.removeprefix(kafka.prefix)
        try:
            events.append(Event.read(topic, record.key, record.value, record.headers))
        except (ValueError, KeyError) as error:
            CONSUMED.labels(name, topic, "skipped").inc()
            log.warning("event_unreadable", topic=topic, error=str(error)[:200])
    if not events:
        return
    topic, began = events[0].topic, time.perf_counter()
    spans = event_log.spans_of(records, events)
    try:
        await handler(events)
        CONSUMED.labels(name, topic, "done").inc(len(events))
    except Exception:
        log.exception("batch_failed", topic=topic, events=len(events))
        await _give_singly(events, handler, name)
    for each in spans:
        each.end()
    log.info(
        "events",
        consumer=name,
        **event_log.where(records),
        events=len(events),
        ms=event_log.milliseconds_since(began),
    )


async def _give_singly(events: Sequence[Event], handler: BatchHandler, name: str) -> None:
    for event in events:
        try:
            await handler([event])
            CONSUMED.labels(name, event.topic, "done").inc()
        except Exception:
            CONSUMED.labels(name, event.topic, "skipped").inc()
            log.exception("event_skipped", topic=event.topic, key=event.key, event_id=str(event.event_id))
