"""Which files jobs must look after: between two services, failed untold, past their end; part of `files`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters.tables import BOOKINGS
from booking.application.ports import Untold
from booking.domain.errors import Failures
from booking.domain.states import IN_BETWEEN, OPTIONS, State

LIVE_OPTIONS = [str(state) for state in OPTIONS]


class FilesInBetween:
    """The part of the repository of files that jobs use."""

    _session: AsyncSession

    async def stuck(self, *, before: datetime, now: datetime, limit: int) -> Sequence[UUID]:
        """Leases files in between: whoever gets them here has them until they are as old again."""
        waiting = or_(
            BOOKINGS.c.state.in_([str(state) for state in IN_BETWEEN]), BOOKINGS.c.pending.is_not(None)
        )
        picked = (
            select(BOOKINGS.c.id)
            .where(waiting, BOOKINGS.c.touched_at <= before)
            .order_by(BOOKINGS.c.touched_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("picked")
        )
        statement = (
            update(BOOKINGS)
            .where(BOOKINGS.c.id.in_(select(picked.c.id)))
            .values(touched_at=now)
            .returning(BOOKINGS.c.id)
        )
        return (await self._session.scalars(statement)).all()

    async def untold(self, *, before: datetime, limit: int) -> Sequence[Untold]:
        """Files that failed before and of whose end availability was not told."""
        columns = BOOKINGS.c
        query = (
            select(columns.id, columns.revision, columns.quote_id, columns.failure)
            .where(
                columns.state == State.FAILED.value, columns.ending.is_not(None), columns.touched_at <= before
            )
            .order_by(columns.touched_at)
            .limit(limit)
        )
        return [
            Untold(row.id, row.revision, row.quote_id, row.failure == Failures.HOLD_ENDED)
            for row in await self._session.execute(query)
        ]

    async def told(self, ids: Sequence[UUID]) -> None:
        """Notes that availability was told."""
        await self._session.execute(
            update(BOOKINGS)
            .where(BOOKINGS.c.id.in_(ids), BOOKINGS.c.state == State.FAILED.value)
            .values(ending=None)
        )

    async def overdue(self, *, before: datetime, limit: int) -> Sequence[UUID]:
        """Options whose hold should have ended before."""
        query = (
            select(BOOKINGS.c.id)
            .where(BOOKINGS.c.state.in_(LIVE_OPTIONS), BOOKINGS.c.hold_expires_at <= before)
            .order_by(BOOKINGS.c.hold_expires_at)
            .limit(limit)
        )
        return (await self._session.scalars(query)).all()
