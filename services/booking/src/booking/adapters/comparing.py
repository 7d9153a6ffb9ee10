"""Reads files and availability's bookings, page by page, as what the reconciler compares."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from chassis.actor import as_system
from chassis.clock import Clock
from chassis.database import Database
from sejour.availability.v1 import availability_service_pb2 as stays
from sejour.availability.v1 import availability_types_pb2 as stay_types
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import reconcile_service_pb2 as pb
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from values import NightRange

from booking.adapters import codec
from booking.adapters.tables import BOOKINGS, JOURNAL, LINES, REVISIONS
from booking.domain.comparing import BookedNights, FileNights, Part
from booking.domain.states import IN_BETWEEN, LIVE, Origin, State

_HEAD = (
    BOOKINGS.c.id,
    BOOKINGS.c.owner_id,
    BOOKINGS.c.reference,
    BOOKINGS.c.state,
    BOOKINGS.c.revision,
    BOOKINGS.c.hold_expires_at,
    BOOKINGS.c.ending,
    BOOKINGS.c.pending.is_not(None).label("is_pending"),
    func.coalesce(BOOKINGS.c.step_began_at, BOOKINGS.c.touched_at).label("began_at"),
)


class FilePages:
    """Files by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, *, after: UUID | None, limit: int, departing_after: date) -> list[FileNights]:
        """The next files that live and whose nights are not over, or that are between two services."""
        between = [state.value for state in IN_BETWEEN]
        live = and_(
            BOOKINGS.c.state.in_([state.value for state in LIVE]), BOOKINGS.c.departure > departing_after
        )
        wanted = or_(live, BOOKINGS.c.state.in_(between), BOOKINGS.c.pending.is_not(None))
        if after is not None:
            wanted = and_(wanted, BOOKINGS.c.id > after)
        found = await self._files(wanted, departing_after=departing_after, limit=limit)
        return list(found.values())

    async def many(self, ids: Sequence[UUID], *, departing_after: date) -> Mapping[UUID, FileNights]:
        """These files, in whatever state; those that do not exist are missing."""
        if not ids:
            return {}
        return await self._files(BOOKINGS.c.id.in_(ids), departing_after=departing_after, limit=len(ids))

    async def _files(
        self, wanted: ColumnElement[bool], *, departing_after: date, limit: int
    ) -> dict[UUID, FileNights]:
        async with self._database.reading() as connection:
            heads = (
                await connection.execute(select(*_HEAD).where(wanted).order_by(BOOKINGS.c.id).limit(limit))
            ).all()
            parts: dict[UUID, set[Part]] = {head.id: set() for head in heads}
            lines = select(LINES).where(LINES.c.booking_id.in_(parts), LINES.c.departure > departing_after)
            for row in await connection.execute(lines):
                parts[row.booking_id].add(
                    Part(
                        row.id,
                        row.listing_id,
                        NightRange(row.arrival, row.departure),
                        row.adults + len(row.children_ages),
                    )
                )
        return {head.id: _file(head, frozenset(parts[head.id])) for head in heads}

    async def confirmed(self, request: pb.ListConfirmedRequest, *, limit: int) -> pb.ListConfirmedResponse:
        """Confirmed files with the revision that told of it."""
        told_at = (
            select(func.max(JOURNAL.c.at))
            .where(JOURNAL.c.booking_id == BOOKINGS.c.id, JOURNAL.c.kind == "CONFIRMED")
            .scalar_subquery()
        )
        first = (
            select(func.min(REVISIONS.c.revision))
            .where(REVISIONS.c.booking_id == BOOKINGS.c.id, REVISIONS.c.at >= told_at)
            .scalar_subquery()
        )
        query = select(
            BOOKINGS.c.id,
            BOOKINGS.c.owner_id,
            BOOKINGS.c.origin,
            told_at.label("at"),
            first.label("revision"),
        ).where(BOOKINGS.c.state == State.CONFIRMED.value)
        if request.after:
            query = query.where(BOOKINGS.c.id > UUID(request.after))
        if request.HasField("confirmed_after"):
            since = request.confirmed_after.ToDatetime(UTC)
            query = query.where(BOOKINGS.c.touched_at > since, told_at > since)
        if request.HasField("confirmed_until"):
            query = query.where(told_at <= request.confirmed_until.ToDatetime(UTC))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(BOOKINGS.c.id).limit(limit + 1))).all()
            told = tuple_(REVISIONS.c.booking_id, REVISIONS.c.revision)
            frozen = await connection.execute(
                select(REVISIONS.c.booking_id, REVISIONS.c.snapshot).where(
                    told.in_([(row.id, row.revision) for row in rows[:limit]])
                )
            )
            # The address of then: one that came later does not make a confirmation go out after all.
            mailed = {
                row.booking_id for row in frozen if booking_pb.Booking.FromString(row.snapshot).client.email
            }
        files = [
            pb.ConfirmedFile(
                booking_id=str(row.id),
                confirmed_revision=row.revision or 0,
                confirmed_at=codec.instant(row.at),
                is_mailed=row.id in mailed and row.origin != Origin.LOAD.value,
                owner_id=str(row.owner_id),
            )
            for row in rows[:limit]
        ]
        return pb.ListConfirmedResponse(files=files, next=files[-1].booking_id if len(rows) > limit else "")


def _file(head: Any, parts: frozenset[Part]) -> FileNights:
    state = State(head.state)
    is_untold = state is State.FAILED and head.ending is not None
    in_between = state in IN_BETWEEN or head.is_pending or is_untold
    return FileNights(
        id=head.id,
        owner_id=head.owner_id,
        reference=head.reference,
        state=state,
        revision=head.revision,
        step_began_at=head.began_at if in_between else None,
        hold_expires_at=head.hold_expires_at,
        parts=parts,
    )


class BookedPages:
    """Availability's bookings by id."""

    def __init__(self, stub: Any, clock: Clock) -> None:
        self._stub = stub
        self._clock = clock

    async def window(
        self, *, after: UUID | None, through: UUID | None, departing_after: date
    ) -> Mapping[UUID, BookedNights]:
        """All bookings in `(after, through]` (None = no end) that have nights to come."""
        request = stays.ListBookedRequest(
            after=str(after or ""), through=str(through or ""), departing_after=departing_after.isoformat()
        )
        found: dict[UUID, BookedNights] = {}
        while True:
            with as_system("booking", now=self._clock()):
                answer: stays.ListBookedResponse = await self._stub.ListBooked(request)
            found |= {(booked := _booked(one)).id: booked for one in answer.bookings}
            if not answer.next:
                return found
            request.after = answer.next

    async def one(self, booking_id: UUID, *, departing_after: date) -> BookedNights | None:
        """One booking; None when it has no nights to come."""
        before = UUID(int=max(0, booking_id.int - 1))
        found = await self.window(after=before, through=booking_id, departing_after=departing_after)
        return found.get(booking_id)


def _booked(one: stays.BookedNights) -> BookedNights:
    kinds = {line.kind for line in one.lines}
    return BookedNights(
        id=UUID(one.booking_id),
        revision=one.revision,
        parts=frozenset(
            Part(
                UUID(line.line_id),
                UUID(line.listing_id),
                NightRange.parse(line.nights.arrival, line.nights.departure),
                line.guests,
            )
            for line in one.lines
        ),
        held=stay_types.OCCUPANCY_KIND_HOLD in kinds,
        taken=stay_types.OCCUPANCY_KIND_STAY in kinds,
    )
