"""Members of a group: each event is taken once by one of them, retried, or laid aside with the reason."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from chassis import event_log
from chassis.consuming import (
    CONSUMED,
    POLL_MS,
    Handler,
    Lag,
    announce,
    for_ever,
    is_transient,
    make_consumer,
)
from chassis.dead import Letter, bury, replayed_to
from chassis.events import Event, KafkaConfig
from chassis.logging import get_logger, start_context
from chassis.places import GAPS, OnGap, Places
from chassis.topics import REPLAYS
from chassis.tracing import enter, span

log = get_logger()

_MAX_WAIT = 5.0
_OUTAGE_SECONDS = 120.0
_DEATHS_IN_A_ROW = 5
_MAX_PAUSE = 60.0


class OutageError(Exception):
    """What a handler needs has been away for long; the consumer starts again without having committed."""


async def consume_group(
    kafka: KafkaConfig,
    topics: Sequence[str],
    group: str,
    handler: Handler,
    *,
    tries: int = 5,
    on_gap: OnGap | None = None,
) -> None:
    """Takes events one by one as a member of a group, for ever; committed after the handler.

    A handler may see an event again: it compares revisions or asks the inbox. When it raises, it is
    called again, waiting longer each time. What is away (a database, a service) is waited for; any
    other failure sends the event to `<topic>.dead` after so many tries. What is replayed from there
    comes to this group alone.

    `on_gap` is called when messages may have been missed (see `chassis.places`), before reading goes on; it
    asks for the truth and may be called again. Compacted topics need none.
    """
    announce(group, topics, ("done", "dead"))
    for topic in topics:
        GAPS.labels(group, topic)
    member = _Member(kafka, topics, group, handler, tries, on_gap)
    await for_ever(group, member.run)


class _Member:
    def __init__(  # noqa: PLR0917 (the arguments of `consume_group`)
        self,
        kafka: KafkaConfig,
        topics: Sequence[str],
        group: str,
        handler: Handler,
        tries: int,
        on_gap: OnGap | None,
    ) -> None:
        self._kafka = kafka
        self._topics = topics
        self._group = group
        self._handler = handler
        self._tries = tries
        self._on_gap = on_gap
        self._deaths = 0

    async def run(self) -> None:
        kafka = self._kafka
        consumer = make_consumer(
            kafka,
            reset="none",
            group_id=kafka.prefix + self._group,
            max_poll_interval_ms=600_000,
            session_timeout_ms=10_000,
        )
        consumer.subscribe([kafka.topic(topic) for topic in (*self._topics, REPLAYS)])
        try:
            await consumer.start()
            lag, places = (
                Lag(consumer, self._group, kafka),
                Places(consumer, self._group, kafka, self._on_gap),
            )
            while True:
                await places.settle()
                try:
                    batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=200)
                except (NoOffsetForPartitionError, OffsetOutOfRangeError):
                    await places.find_again()
                    continue
                for partition, records in batches.items():
                    for record in records:
                        await self._take(record)
                    await places.commit(partition, records[-1].offset + 1)
                await lag.measure()
        finally:
            await consumer.stop()

    async def _take(self, record: Any) -> None:
        topic = record.topic.removeprefix(self._kafka.prefix)
        if topic == REPLAYS:
            wanted, topic = replayed_to(record)
            if wanted != self._group or topic not in self._topics:
                return
        try:
            event = Event.read(topic, record.key, record.value, record.headers)
        except (ValueError, KeyError) as error:
            await self._bury(record, topic, error)
            return
        start_context(consumer=self._group, event_id=str(event.event_id), event_type=event.event_type)
        enter(event.traceparent)
        began = time.perf_counter()
        with span(f"consume {topic}", "consumer", event_id=str(event.event_id)) as taken:
            result = await self._handle(event, record)
            taken.set(event_type=event.event_type, result=result)
        took = event_log.milliseconds_since(began)
        event_log.EVENT_SECONDS.labels(self._group, topic).observe(took / 1000)
        log.info("event", **event_log.where([record]), result=result, ms=took)

    async def _handle(self, event: Event, record: Any) -> str:
        """Calls the handler until it ends or the event is buried; answers `done` or `dead`."""
        topic, wait, attempt, began = event.topic, 0.1, 0, time.monotonic()
        while True:
            try:
                await self._handler(event)
            except Exception as error:
                attempt += 1
                transient = is_transient(error)
                if transient and time.monotonic() - began > _OUTAGE_SECONDS:
                    raise OutageError(self._group) from error
                if not transient and attempt >= self._tries:
                    log.exception("event_dead", topic=topic, key=event.key)
                    await self._bury(record, topic, error)
                    return "dead"
                log.warning("event_retried", topic=topic, attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _MAX_WAIT)
            else:
                self._deaths = 0
                CONSUMED.labels(self._group, topic, "done").inc()
                return "done"

    async def _bury(self, record: Any, topic: str, error: BaseException) -> None:
        # Many deaths in a row: it is rather the consumer that is broken. It goes on, but does not empty a
        # topic into the dead one before somebody has looked.
        self._deaths += 1
        if self._deaths > _DEATHS_IN_A_ROW:
            await asyncio.sleep(min(_MAX_PAUSE, 2.0 ** (self._deaths - _DEATHS_IN_A_ROW)))
        await bury(self._kafka, Letter.of(record, topic, self._group, error))
        CONSUMED.labels(self._group, topic, "dead").inc()
