"""The relay: sends what waits in the outbox to Kafka, in order, one relay per service at a time."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaProducer
from prometheus_client import Counter, Gauge
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import Clock
from chassis.database import Database
from chassis.events import Event, KafkaConfig
from chassis.logging import get_logger
from chassis.migrations import lock_key
from chassis.outbox import OUTBOX, new_signal

log = get_logger()

OLDEST_SECONDS = Gauge(
    "sejour_outbox_oldest_seconds",
    "Age of the oldest unsent event. When it grows, Kafka is away or an event cannot be sent: read the log.",
)
PUBLISHED = Counter(
    "sejour_outbox_published_total", "Events sent. When it stands still, look at the oldest age."
)

POLL_SECONDS = 0.5
FOLLOWER_SECONDS = 1.0
KEEP = timedelta(days=7)
_PURGE_EVERY_SECONDS = 3600.0
_MAX_REQUEST = 8 * 1024 * 1024


class Relay:
    """Runs for ever; `run` is a background task of the service.

    Rows are picked by `published_at IS NULL`, never by a cursor: a lower id can commit later. The
    producer is transactional with a fixed id, so a relay that lost its lock unnoticed is fenced.
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
        self._next_purge = 0.0

    def notify(self) -> None:
        """Wakes the relay before its next poll."""
        self._signal.set()

    async def run(self) -> None:
        """Leads or follows until cancelled; what fails is logged and tried again, ever more slowly."""
        wait = 0.2
        while True:
            try:
                async with self._database.engine.connect() as connection:
                    if await self._lock(connection):
                        wait = 0.2
                        await self._lead(connection)
                await asyncio.sleep(FOLLOWER_SECONDS)
            except Exception as error:  # noqa: BLE001 (Kafka or PostgreSQL away: the relay must outlive both)
                log.warning(
                    "relay_interrupted", error=type(error).__name__, detail=str(error)[:200], wait=wait
                )
                await self._measure()
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    async def _lock(self, connection: AsyncConnection) -> bool:
        key = lock_key(f"relay:{self._service}")
        held = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        await connection.commit()
        return bool(held)

    async def _lead(self, connection: AsyncConnection) -> None:
        producer = AIOKafkaProducer(
            **self._kafka.arguments(),
            transactional_id=f"{self._kafka.prefix}{self._service}-relay",
            transaction_timeout_ms=15_000,
            compression_type="gzip",
            linger_ms=0,
            max_request_size=_MAX_REQUEST,
        )
        try:
            await producer.start()
            log.info("relay_leading", relay=self._service)
            while True:
                self._signal.clear()
                sent = await self._publish(connection, producer)
                if sent < self._batch:
                    await self._rest(connection)
        finally:
            with contextlib.suppress(Exception):
                await producer.stop()
            # The connection goes back to the pool, where a lock left on it would outlive this relay.
            await connection.invalidate()

    async def _rest(self, connection: AsyncConnection) -> None:
        loop_time = asyncio.get_running_loop().time()
        if loop_time >= self._next_purge:
            self._next_purge = loop_time + _PURGE_EVERY_SECONDS
            async with connection.begin():
                await connection.execute(delete(OUTBOX).where(OUTBOX.c.published_at < self._clock() - KEEP))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._signal.wait(), POLL_SECONDS)

    async def _publish(self, connection: AsyncConnection, producer: AIOKafkaProducer) -> int:
        async with connection.begin():
            query = (
                select(OUTBOX).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.id).limit(self._batch)
            )
            rows = (await connection.execute(query)).all()
        if not rows:
            OLDEST_SECONDS.set(0)
            return 0
        OLDEST_SECONDS.set(max(0.0, (self._clock() - rows[0].occurred_at).total_seconds()))
        await self._send(producer, rows)
        async with connection.begin():
            ids = [row.id for row in rows]
            await connection.execute(
                update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(published_at=self._clock())
            )
        PUBLISHED.inc(len(rows))
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        async with producer.transaction():
            waiting = []
            for row in rows:
                event = Event(
                    topic=row.topic,
                    key=row.key,
                    event_id=row.id,
                    event_type=row.event_type,
                    occurred_at=row.occurred_at,
                    revision=row.revision,
                    payload=row.payload,
                    traceparent=row.traceparent,
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

    async def _measure(self) -> None:
        with contextlib.suppress(Exception):
            async with self._database.engine.connect() as connection:
                oldest = await connection.scalar(
                    select(func.min(OUTBOX.c.occurred_at)).where(OUTBOX.c.published_at.is_(None))
                )
            age = (self._clock() - oldest).total_seconds() if oldest else 0.0
            OLDEST_SECONDS.set(max(0.0, age))
