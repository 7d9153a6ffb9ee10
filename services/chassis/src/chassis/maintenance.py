"""What every service with a database can be asked by whoever operates it; `sejour reconcile` asks."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.actor import OPERATOR, Scope
from chassis.clock import Clock
from chassis.database import Database, set_lock_timeout
from chassis.errors import FieldError, Malformed
from chassis.events import KafkaConfig
from chassis.logging import get_logger
from chassis.outbox import OUTBOX
from chassis.topic_keys import live_keys

log = get_logger()

REVISION_STEP = 1000
"""How far a revision grows when its aggregate is told again: after a restore the topic may hold news of
revisions that the database lost, and what is told again must be newer than they are."""

SLICE = 200
MOST = 1000
_LOCK_MS = 2000
_AT_ONCE = 5000

Republisher = Callable[[AsyncSession, UUID | None, int, datetime], Awaitable[list[UUID]]]
"""`(session, after, limit, now)`: tells the next aggregates by id, and returns their ids."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """A compacted topic that a service tells: how again, and the column with the keys of what it knows."""

    republish: Republisher
    keys: ColumnElement[UUID]


class Maintenance:
    """Answers `MaintenanceService` of the contracts, with the messages it is given: chassis imports none."""

    def __init__(
        self,
        messages: Any,
        database: Database,
        clock: Clock,
        topics: Mapping[str, Compacted] | None = None,
        kafka: KafkaConfig | None = None,
    ) -> None:
        self._messages = messages
        self._database = database
        self._clock = clock
        self._topics = topics or {}
        self._kafka = kafka

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
        republish = self._topic(request.topic).republish
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

    async def CompareKeys(self, request: Any, _context: Any) -> Any:
        """Keys of a compacted topic that the database does not know, as after a restore; mends if asked."""
        Scope.current().require(OPERATOR)
        topic = self._topic(request.topic)
        if self._kafka is None:
            raise Malformed(fields=[FieldError("topic", "UNKNOWN")])
        # The topic first: what is made meanwhile is in the database before it is told.
        told = await live_keys(self._kafka, request.topic)
        async with self._database.transaction() as session:
            unknown = sorted(told.keys() - await _known(session, topic.keys, told))
            for key in unknown if request.mend else ():
                last = told[key]
                await outbox.add(
                    session,
                    topic=request.topic,
                    key=key,
                    message=None,
                    event_type=last.event_type,
                    revision=last.revision + 1,
                    now=self._clock(),
                )
        if unknown:
            log.warning("keys_unknown", topic=request.topic, keys=len(unknown), mended=request.mend)
        return self._messages.CompareKeysResponse(
            keys=len(told), unknown=unknown, removed=len(unknown) if request.mend else 0
        )

    def _topic(self, name: str) -> Compacted:
        found = self._topics.get(name)
        if found is None:
            raise Malformed(fields=[FieldError("topic", "UNKNOWN")])
        return found


async def _known(session: AsyncSession, column: ColumnElement[UUID], keys: Iterable[str]) -> set[str]:
    ids = [found for key in keys if (found := _uuid(key)) is not None]
    known: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(column).where(column.in_(ids[start : start + _AT_ONCE]))
        known.update(str(one) for one in await session.scalars(query))
    return known


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
