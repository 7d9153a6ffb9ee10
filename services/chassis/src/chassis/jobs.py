"""Periodic work, and rows leased to one worker at a time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, or_, select, update

from chassis.database import Connectable
from chassis.logging import get_logger, start_context
from chassis.metrics import JOB_RUNS
from chassis.tracing import enter, span

log = get_logger()

_JITTER = 0.1


async def every(seconds: float, action: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Runs an action for ever, about every so many seconds (± 10 %); what it raises is logged and counted.

    The first run comes within one period, so that restarting processes do not all work at once.
    """
    await asyncio.sleep(random.uniform(0, min(seconds, 5.0)))  # noqa: S311 (spreads load, keeps no secret)
    while True:
        start_context(job=name)
        enter(None)
        try:
            with span(f"job {name}"):
                await action()
        except Exception as error:
            JOB_RUNS.labels(name, "failed").inc()
            log.exception("job_failed", error=type(error).__name__)
        else:
            JOB_RUNS.labels(name, "done").inc()
        await asyncio.sleep(seconds * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311


async def claim_due(
    session: Connectable,
    rows: Table,
    *,
    now: datetime,
    lease: timedelta,
    limit: int = 20,
    where: ColumnElement[bool] | None = None,
) -> Sequence[Row[Any]]:
    """Leases rows that are due: no other worker gets them before the lease ends. Commit, then work on them.

    The table has `id`, `due_at` (NULL: never), `leased_until` (NULL: free) and `attempts`. A worker
    ends a row by deleting it or setting `due_at`; one that dies leaves it to the next after the lease.
    """
    free = or_(rows.c.leased_until.is_(None), rows.c.leased_until <= now)
    due = select(rows.c.id).where(rows.c.due_at <= now, free)
    if where is not None:
        due = due.where(where)
    picked = due.order_by(rows.c.due_at).limit(limit).with_for_update(skip_locked=True).cte("picked")
    statement = (
        update(rows)
        .where(rows.c.id.in_(select(picked.c.id)))
        .values(leased_until=now + lease, attempts=rows.c.attempts + 1)
        .returning(rows)
    )
    found: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return found
