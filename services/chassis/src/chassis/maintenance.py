"""What every service with a database can be asked by whoever operates it; `sejour reconcile` asks."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.actor import OPERATOR, Scope
from chassis.clock import Clock
from chassis.database import Database, set_lock_timeout
from chassis.errors import FieldError, Malformed
from chassis.outbox import OUTBOX

REVISION_STEP = 1000
"""How far a revision grows when its aggregate is told again: after a restore the topic may hold news of
revisions that the database lost, and what is told again must be newer than they are."""

SLICE = 200
MOST = 1000
_LOCK_MS = 2000

Republisher = Callable[[AsyncSession, UUID | None, int, datetime], Awaitable[list[UUID]]]
"""`(session, after, limit, now)`: tells the next aggregates by id, and returns their ids."""


class Maintenance:
    """Answers `MaintenanceService` of the contracts, with the messages it is given: chassis imports none."""

    def __init__(
        self,
        messages: Any,
        database: Database,
        clock: Clock,
        topics: Mapping[str, Republisher] | None = None,
    ) -> None:
        self._messages = messages
        self._database = database
        self._clock = clock
        self._topics = topics or {}

    async def GetNews(self, _request: Any, _context: Any) -> Any:
        """Whether news wait to be sent."""
        Scope.current().require(OPERATOR)
        query = select(func.count(), func.min(OUTBOX.c.occurred_at)).where(OUTBOX.c.published_at.is_(None))
        async with self._database.reading() as connection:
            waiting, oldest = (await connection.execute(query)).one()
        answer = self._messages.GetNewsResponse(topics=sorted(self._topics), waiting=waiting)
        if oldest is not None:
            since = Timestamp()
            since.FromDatetime(oldest)
            answer.oldest.CopyFrom(since)
        return answer

    async def Republish(self, request: Any, _context: Any) -> Any:
        """Tells a slice of a topic again."""
        Scope.current().require(OPERATOR)
        republish = self._topics.get(request.topic)
        if republish is None:
            raise Malformed(fields=[FieldError("topic", "UNKNOWN")])
        try:
            after = UUID(request.after) if request.after else None
        except ValueError:
            raise Malformed(fields=[FieldError("after", "ID_MALFORMED")]) from None
        limit = min(request.limit, MOST) if request.limit > 0 else SLICE
        async with self._database.transaction() as session:
            await set_lock_timeout(session, _LOCK_MS)
            told = await republish(session, after, limit, self._clock())
        return self._messages.RepublishResponse(
            told=len(told), next=str(told[-1]) if len(told) == limit else ""
        )
