"""Lists and single files straight to protobuf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.database import Database, visible
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters import codec, rows
from booking.adapters.files import PostgresFiles
from booking.adapters.tables import BOOKINGS, CLIENTS, LINES, REVISIONS
from booking.adapters.tax_lines import Departures, tax_lines
from booking.application.rights import require_owner
from booking.domain.booking import PARIS
from booking.domain.client import fold
from booking.domain.errors import BadValue, BookingNotFound
from booking.domain.states import CANCELLED, LISTED, LIVE, UNPAID, Means, State

PAGE = 50
MOST = 500
SHORT_NUMBER = 5
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which files; empty fields do not filter."""

    owner_id: UUID | None
    ids: Sequence[UUID] = ()
    listing_ids: Sequence[UUID] = ()
    states: Sequence[State] = ()
    within: tuple[date, date] | None = None
    query: str = ""
    chip: str = ""
    client_id: UUID | None = None
    limit: int = PAGE
    cursor: str = ""


def page_size(asked: int) -> int:
    """How many rows a page has."""
    return min(asked, MOST) if asked > 0 else PAGE


def _states(states: frozenset[State]) -> list[str]:
    return sorted(state.value for state in states)


class Queries:
    """Reads of booking."""

    def __init__(self, database: Database, clock: Clock, *, hidden: frozenset[Means] = frozenset()) -> None:
        self._hidden = hidden
        self._database = database
        self._clock = clock

    def _files(self, session: AsyncSession) -> PostgresFiles:
        return PostgresFiles(session, self._clock, hidden=self._hidden)

    async def booking(self, condition: ColumnElement[bool], revision: int, scope: Scope) -> pb.Booking:
        """One file at its newest or a frozen revision."""
        within = and_(condition, visible(BOOKINGS.c.owner_id, scope, "owner"))
        async with self._database.looking() as session:
            if not revision:
                return codec.booking(
                    await PostgresFiles(session, self._clock, hidden=self._hidden).one(within)
                )
            file_id = await session.scalar(select(BOOKINGS.c.id).where(within))
            if file_id is None:
                raise BookingNotFound
            frozen = await session.scalar(
                select(REVISIONS.c.snapshot)
                .where(REVISIONS.c.booking_id == file_id, REVISIONS.c.revision <= revision)
                .order_by(REVISIONS.c.revision.desc())
                .limit(1)
            )
        if frozen is None:
            raise BookingNotFound(id=file_id, revision=revision)
        return pb.Booking.FromString(frozen)

    async def bookings(self, wanted: BookingFilter, scope: Scope) -> calls.ListBookingsResponse:
        """A page of files with count and sums of all that the filter finds."""
        if wanted.owner_id is not None:
            require_owner(scope, wanted.owner_id)
        conditions = self._conditions(wanted, scope)
        is_rising = wanted.chip not in {"", "PAST", "CANCELLED"}
        balance = case(
            (BOOKINGS.c.state.in_(_states(LIVE)), func.greatest(BOOKINGS.c.total - BOOKINGS.c.paid, 0)),
            else_=0,
        )
        source = BOOKINGS.outerjoin(CLIENTS, CLIENTS.c.id == BOOKINGS.c.client_id)
        sums = select(
            func.count(), func.sum(BOOKINGS.c.total), func.sum(balance), func.max(BOOKINGS.c.currency)
        ).select_from(source)
        ids = select(BOOKINGS.c.id, BOOKINGS.c.arrival).select_from(source).where(*conditions)
        key = tuple_(BOOKINGS.c.arrival, BOOKINGS.c.id)
        if wanted.cursor:
            after = _cursor(wanted.cursor)
            ids = ids.where(key > after if is_rising else key < after)
        order = (BOOKINGS.c.arrival, BOOKINGS.c.id)
        ids = ids.order_by(*(order if is_rising else (column.desc() for column in order)))
        async with self._database.unit() as session:
            count, total, rest, currency = (await session.execute(sums.where(*conditions))).one()
            found = (await session.execute(ids.limit(wanted.limit + 1))).all()
            page = found[: wanted.limit]
            files = await PostgresFiles(session, self._clock, hidden=self._hidden).many(
                [row.id for row in page], scope
            )
        return calls.ListBookingsResponse(
            bookings=[codec.for_list(codec.booking(file)) for file in files],
            next_cursor=_next(page[-1]) if len(found) > wanted.limit else "",
            count=count,
            sum_total=common.Money(amount=int(total or 0), currency=currency or "EUR"),
            sum_balance=common.Money(amount=int(rest or 0), currency=currency or "EUR"),
        )

    async def tax_lines(self, wanted: Departures, scope: Scope) -> calls.ListTaxLinesResponse:
        """A page of the tourist tax of confirmed stays."""
        return await tax_lines(self._database, wanted, scope)

    def _conditions(self, wanted: BookingFilter, scope: Scope) -> list[ColumnElement[bool]]:
        found = [visible(BOOKINGS.c.owner_id, scope, "owner")]
        if wanted.owner_id is not None:
            found.append(BOOKINGS.c.owner_id == wanted.owner_id)
        if wanted.ids:
            found.append(BOOKINGS.c.id.in_(wanted.ids))
        if wanted.client_id is not None:
            found.append(BOOKINGS.c.client_id == wanted.client_id)
        line = [LINES.c.booking_id == BOOKINGS.c.id]
        if wanted.listing_ids:
            line.append(LINES.c.listing_id.in_(wanted.listing_ids))
        if wanted.within is not None:
            arrival, departure = wanted.within
            line += [LINES.c.arrival < departure, LINES.c.departure > arrival]
        if len(line) > 1:
            found.append(exists().where(*line))
        if wanted.states:
            found.append(BOOKINGS.c.state.in_([state.value for state in wanted.states]))
        else:
            found.append(BOOKINGS.c.state.in_(_states(LISTED)))
        found += self._chip(wanted.chip)
        return found + _search(wanted.query)

    def _chip(self, chip: str) -> list[ColumnElement[bool]]:
        day = today(self._clock(), PARIS)
        live = BOOKINGS.c.state.in_(_states(LIVE))
        chips: dict[str, list[ColumnElement[bool]]] = {
            "": [],
            "UPCOMING": [live, BOOKINGS.c.arrival >= day],
            "CURRENT": [live, BOOKINGS.c.arrival <= day, BOOKINGS.c.departure >= day],
            "OPTIONS": [BOOKINGS.c.state.in_(_states(UNPAID))],
            "BALANCE_DUE": [
                BOOKINGS.c.state == State.CONFIRMED.value,
                BOOKINGS.c.total + BOOKINGS.c.tourist_tax > BOOKINGS.c.paid + BOOKINGS.c.tax_paid,
            ],
            "PAST": [live, BOOKINGS.c.departure < day],
            "CANCELLED": [BOOKINGS.c.state.in_(_states(CANCELLED))],
        }
        if chip not in chips:
            raise BadValue(field="chip", why="unknown")
        return chips[chip]

    async def clients(
        self, owner_id: UUID, query: str, *, limit: int, cursor: str, scope: Scope
    ) -> calls.ListClientsResponse:
        """A page of clients by name."""
        require_owner(scope, owner_id)
        key = tuple_(CLIENTS.c.folded_name, CLIENTS.c.id)
        statement = select(CLIENTS).where(CLIENTS.c.owner_id == owner_id, *_client_search(query))
        if cursor:
            name, _, client_id = cursor.rpartition(_SEPARATOR)
            statement = statement.where(key > tuple_(name, _uuid(client_id)))
        statement = statement.order_by(CLIENTS.c.folded_name, CLIENTS.c.id).limit(limit + 1)
        async with self._database.reading() as connection:
            found = (await connection.execute(statement)).mappings().all()
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        return calls.ListClientsResponse(
            clients=[codec.client(rows.client_of(row)) for row in page],
            next_cursor=f"{last['folded_name']}{_SEPARATOR}{last['id']}" if last else "",
        )


def _tokens(query: str) -> list[str]:
    """Words of a search, folded; a phone number typed with spaces or dots is one word."""
    folded = fold(query)
    number = rows.digits(folded)
    if len(number) > SHORT_NUMBER and all(sign in " .+-()/" or sign.isdecimal() for sign in folded):
        return [number.removeprefix("33").removeprefix("0") or number]
    return folded.split()


def _has(token: str) -> ColumnElement[bool]:
    return CLIENTS.c.search.contains(token, autoescape=True)


def _client_search(query: str) -> list[ColumnElement[bool]]:
    return [_has(token) for token in _tokens(query)]


def _search(query: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for token in _tokens(query):
        bare = token.removeprefix("n°").removeprefix("#")
        if bare.isdecimal() and len(bare) <= SHORT_NUMBER:
            found.append(or_(BOOKINGS.c.number == int(bare), CLIENTS.c.postal_code == bare))
        else:
            found.append(or_(_has(token), func.lower(BOOKINGS.c.reference) == token))
    return found


def _next(row: Any) -> str:
    return f"{row.arrival.isoformat()}{_SEPARATOR}{row.id}"


def _cursor(text: str) -> Any:
    day, _, file_id = text.partition(_SEPARATOR)
    try:
        return tuple_(date.fromisoformat(day), _uuid(file_id))
    except ValueError:
        raise BadValue(field="page.cursor", why="malformed") from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue(field="page.cursor", why="malformed") from None
