"""The relay: sends what waits in the outbox to Kafka, in order, one relay per service at a time.

Every replica of a service runs one. The holder of an advisory lock leads, the others ask for the lock every
second, so a leader that dies is replaced within seconds. Nothing waits in memory: a batch is read, sent in
one transaction of Kafka and marked, and the next is read.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from prometheus_client import Counter, Gauge
from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import Clock
from chassis.database import Database, keep_alive
from chassis.events import Event, KafkaConfig
from chassis.logging import get_logger
from chassis.migrations import lock_key
from chassis.outbox import OUTBOX, new_signal
from chassis.tracing import Span, continued, span
from chassis.upkeep import measure_outbox, purge_outbox

log = get_logger()

PUBLISHED = Counter(
    "sejour_outbox_published_total", "Events sent. When it stands still, look at the oldest age."
)
LEADING = Gauge(
    "sejour_relay_leader",
    "1 where this process sends the service's events. The sum over a service's replicas must be 1: when it is"
    " 0 for a minute, look for « relay_interrupted » in the logs.",
    # Only processes that have a relay show it.
    ["service"],
)

POLL_SECONDS = 0.5
_BATCH_SECONDS = 0.05
"""Batches begin so far apart: each is a transaction of Kafka, which costs as much as thirty rows."""
FOLLOWER_SECONDS = 1.0
MEASURE_SECONDS = 5.0
_PURGE_EVERY_SECONDS = 3600.0
_MAX_REQUEST = 8 * 1024 * 1024
_MAX_BATCH_BYTES = 4 * 1024 * 1024
_START_SECONDS = 30.0
_SEND_SECONDS = 12.0
"""A batch that takes longer is given up; the broker undoes it, at the latest after `_TRANSACTION_MS`."""
_TRANSACTION_MS = 15_000
_STOP_SECONDS = 1.0


class Relay:
    """Runs for ever; `run` is a background task of the service.

    Rows are picked by `published_at IS NULL`, never by a cursor: a lower number can commit later. The
    producer is transactional with a fixed id, so a relay that lost its lock unnoticed is fenced. A leader
    that dies between the commit in Kafka and the mark in the database leaves one batch to be sent again:
    ids and revisions let consumers drop it.
    """

    def __init__(
        self, database: Database, kafka: KafkaConfig, service: str, *, clock: Clock, batch: int = 500
    ) -> None:
        self._database = database
        self._kafka = kafka
        self._service = service
        self._clock = clock
        self._batch = batch
        self._signal = new_signal()
        self._sent = False
        self._tell_leading(leads=False)

    def notify(self) -> None:
        """Wakes the relay before its next poll."""
        self._signal.set()

    async def run(self) -> None:
        """Leads or follows until cancelled; what fails is logged and tried again, ever more slowly."""
        care = asyncio.create_task(self._care())
        try:
            await self._compete()
        finally:
            care.cancel()

    async def _compete(self) -> None:
        wait = 0.2
        while True:
            try:
                async with self._database.engine.connect() as connection:
                    if await self._lock(connection):
                        await self._lead(connection)
                await asyncio.sleep(FOLLOWER_SECONDS)
            except Exception as error:  # noqa: BLE001 (Kafka or PostgreSQL away: the relay must outlive both)
                wait = 0.2 if self._sent else min(wait * 2, 5.0)
                self._sent = False
                log.warning(
                    "relay_interrupted", error=type(error).__name__, detail=str(error)[:200], wait=wait
                )
                await asyncio.sleep(wait)

    async def _lock(self, connection: AsyncConnection) -> bool:
        key = lock_key(f"relay:{self._service}")
        held = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        await connection.commit()
        return bool(held)

    async def _lead(self, connection: AsyncConnection) -> None:
        producer = AIOKafkaProducer(
            **self._kafka.arguments(),
            transactional_id=f"{self._kafka.prefix}{self._service}-relay",
            transaction_timeout_ms=_TRANSACTION_MS,
            compression_type="gzip",
            linger_ms=0,
            max_request_size=_MAX_REQUEST,
        )
        try:
            await keep_alive(connection)
            async with asyncio.timeout(_START_SECONDS):
                await producer.start()
            self._tell_leading(leads=True)
            log.info("relay_leading", relay=self._service)
            loop = asyncio.get_running_loop()
            while True:
                self._signal.clear()
                began = loop.time()
                if not await self._publish(connection, producer):
                    # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes with the signal.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(POLL_SECONDS):
                            await self._signal.wait()
                # Whatever is written meanwhile goes together; after a rest the first row waits for nothing.
                await asyncio.sleep(max(0.0, began + _BATCH_SECONDS - loop.time()))
        finally:
            self._tell_leading(leads=False)
            # The connection goes back to the pool, where a lock left on it would outlive this relay.
            await connection.invalidate()
            await _end(producer)

    def _tell_leading(self, *, leads: bool) -> None:
        self._leads = leads
        LEADING.labels(self._service).set(int(leads))

    async def _care(self) -> None:
        """Measures what waits, leader or not, Kafka there or not; the leader also deletes what is over."""
        next_purge = 0.0
        while True:
            try:
                await measure_outbox(self._database, self._clock)
                if self._leads and asyncio.get_running_loop().time() >= next_purge:
                    next_purge = asyncio.get_running_loop().time() + _PURGE_EVERY_SECONDS
                    await purge_outbox(self._database, self._clock)
            except Exception as error:  # noqa: BLE001 (a database that is away comes back)
                log.info("outbox_not_measured", error=type(error).__name__)
            await asyncio.sleep(MEASURE_SECONDS)

    async def _publish(self, connection: AsyncConnection, producer: AIOKafkaProducer) -> int:
        async with connection.begin():
            rows = (await connection.execute(_next_rows(self._batch))).all()
        if not rows:
            return 0
        async with asyncio.timeout(_SEND_SECONDS):
            await self._send(producer, rows)
        async with connection.begin():
            ids = [row.id for row in rows]
            await connection.execute(
                update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(published_at=self._clock())
            )
        self._sent = True
        PUBLISHED.inc(len(rows))
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        sending: list[Span] = []
        try:
            await self._transaction(producer, rows, sending)
        except BaseException as error:
            for each in sending:
                each.end(error)
            raise
        for each in sending:
            each.end()

    async def _transaction(
        self, producer: AIOKafkaProducer, rows: Sequence[Any], sending: list[Span]
    ) -> None:
        # No `abort` on failure: it waits for the broker. The next start of a producer of this id undoes it.
        await producer.begin_transaction()
        waiting = []
        for row in rows:
            sent = span(f"relay {row.topic}", "producer", parent=continued(row.traceparent) or "")
            if sent:
                sending.append(sent)
                waited = max(0.0, (self._clock() - row.occurred_at).total_seconds())
                sent.set(event_id=str(row.id), event_type=row.event_type, waited_s=round(waited, 3))
            event = Event(
                topic=row.topic,
                key=row.key,
                event_id=row.id,
                event_type=row.event_type,
                occurred_at=row.occurred_at,
                revision=row.revision,
                payload=row.payload,
                traceparent=sent.traceparent or row.traceparent,
            )
            waiting.append(
                await producer.send(
                    self._kafka.topic(row.topic),
                    value=event.payload,
                    key=event.key.encode(),
                    headers=event.headers(),
                )
            )
        await asyncio.gather(*waiting)
        await producer.commit_transaction()


def _next_rows(limit: int) -> Any:
    """The next rows in order: so many, and not more bytes than a batch may have (but one row always)."""
    size = func.coalesce(func.octet_length(OUTBOX.c.payload), 0)
    waiting = (
        select(OUTBOX, size.label("size"))
        .where(OUTBOX.c.published_at.is_(None))
        .order_by(OUTBOX.c.seq, OUTBOX.c.id)
        .limit(limit)
        .subquery()
    )
    before: ColumnElement[int] = (
        func.sum(waiting.c.size).over(order_by=(waiting.c.seq, waiting.c.id)) - waiting.c.size
    )
    measured = select(waiting, before.label("before")).subquery()
    return (
        select(measured).where(measured.c.before < _MAX_BATCH_BYTES).order_by(measured.c.seq, measured.c.id)
    )


async def _end(producer: AIOKafkaProducer) -> None:
    """Closes a producer, also one whose broker hangs: then nobody waits for what it still wants to send."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_STOP_SECONDS):
            await producer.stop()
        return
    with contextlib.suppress(Exception):
        producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 (`stop` waits for it)
        await producer.client.close()
        await producer._sender.close()  # noqa: SLF001
