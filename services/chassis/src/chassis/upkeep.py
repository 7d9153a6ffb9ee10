"""Upkeep of the tables of the plumbing: how much waits in the outbox, and slices that delete what is over."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import Delete, delete, func, select

from chassis.inbox import INBOX
from chassis.outbox import OUTBOX

if TYPE_CHECKING:
    from chassis.clock import Clock
    from chassis.database import Database

KEEP_SENT = timedelta(days=7)
"""Sent rows stay so long: whoever looks into what happened finds them."""
KEEP_SEEN = timedelta(days=60)
"""The inbox remembers so long: longer than topics keep what could come again."""
SLICE = 1000

_COUNTED_AT_MOST = 100_000
_REST_SECONDS = 0.05

OLDEST_SECONDS = Gauge(
    "sejour_outbox_oldest_seconds",
    "Age of the oldest unsent event. When it grows, Kafka is away or an event cannot be sent: read"
    " « relay_interrupted » in the log.",
)
WAITING = Gauge(
    "sejour_outbox_waiting",
    "Events not sent yet, 100 000 at most. When it grows, look at the oldest age; it drains by itself.",
)


async def measure_outbox(database: Database, clock: Clock) -> None:
    """Sets the gauges of what waits."""
    waiting = (
        select(OUTBOX.c.occurred_at)
        .where(OUTBOX.c.published_at.is_(None))
        .order_by(OUTBOX.c.seq, OUTBOX.c.id)
        .limit(_COUNTED_AT_MOST)
        .subquery()
    )
    async with database.reading() as connection:
        count, oldest = (
            await connection.execute(select(func.count(), func.min(waiting.c.occurred_at)))
        ).one()
    WAITING.set(count)
    OLDEST_SECONDS.set(max(0.0, (clock() - oldest).total_seconds()) if oldest else 0.0)


async def purge_outbox(database: Database, clock: Clock) -> int:
    """Deletes what was sent long ago, a slice per transaction; returns how many rows."""
    before = clock() - KEEP_SENT
    # The ids begin with the time, so the primary key leads to the oldest rows and ends the search.
    old = (
        select(OUTBOX.c.id)
        .where(OUTBOX.c.id < _first_id_at(before), OUTBOX.c.published_at < before)
        .order_by(OUTBOX.c.id)
        .limit(SLICE)
    )
    return await _in_slices(database, delete(OUTBOX).where(OUTBOX.c.id.in_(old.scalar_subquery())))


async def purge_inbox(database: Database, clock: Clock) -> int:
    """Deletes what the inbox need not remember any more; returns how many rows."""
    old = (
        select(INBOX.c.event_id)
        .where(INBOX.c.event_id < _first_id_at(clock() - KEEP_SEEN), INBOX.c.seen_at < clock() - KEEP_SEEN)
        .limit(SLICE)
    )
    return await _in_slices(database, delete(INBOX).where(INBOX.c.event_id.in_(old.scalar_subquery())))


async def _in_slices(database: Database, statement: Delete) -> int:
    total = 0
    while True:
        began = time.monotonic()
        async with database.engine.begin() as connection:
            deleted = int((await connection.execute(statement)).rowcount)
        total += deleted
        if deleted < SLICE:
            return total
        # Half of the time at least belongs to others.
        await asyncio.sleep(max(_REST_SECONDS, time.monotonic() - began))


def _first_id_at(when: datetime) -> UUID:
    """The lowest UUIDv7 of a millisecond."""
    return UUID(int=(int(when.timestamp() * 1000) & (1 << 48) - 1) << 80)
