"""The ledger of nights on PostgreSQL; used by all use cases through `application.ports`."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from chassis import outbox, requests
from chassis.database import Database, constraints, set_lock_timeout, translate
from chassis.together import Row, together
from sqlalchemy import (
    delete,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SQLTimeoutError
from values import NightRange

from availability.adapters import statements
from availability.adapters.event_codec import HOLDS, hold_expired
from availability.adapters.postgres_listings import ListingRows
from availability.adapters.postgres_opening import OpeningRows
from availability.adapters.publishing import calendars_changed
from availability.adapters.rows import (
    live,
    of_occupancy,
    read_standing,
    to_occupancy,
    to_range,
    touching,
)
from availability.adapters.statements import HELD
from availability.adapters.tables import (
    BOOKINGS,
    LISTINGS,
    NIGHTS_TWICE,
    OCCUPANCIES,
    PROPERTIES,
)
from availability.application.ports import BookingMark
from availability.domain.errors import NightsTaken
from availability.domain.limits import MAX_CHAIN
from availability.domain.listing import ListingKind
from availability.domain.occupancy import Kind, Occupancy

_AT_ONCE = 8
"""Writes of one statement: what a booking of a few lines has, and few enough to be prepared once."""


class PostgresLedgers:
    """Opens ledgers on a database; a lock is waited for 800 ms at most, then `Busy`."""

    def __init__(self, database: Database, *, lock_timeout_ms: int = 800) -> None:
        self._database = database
        self._lock_timeout_ms = lock_timeout_ms

    @asynccontextmanager
    async def open(self) -> AsyncIterator["PostgresLedger"]:
        """A ledger in a new transaction; a lost lock or an absent database comes as its typed error."""
        try:
            async with self._database.transaction() as session:
                if self._database.lock_timeout_ms != self._lock_timeout_ms:
                    await set_lock_timeout(session, self._lock_timeout_ms)
                ledger = PostgresLedger(session)
                yield ledger
                await ledger.send_rest()
        except (DBAPIError, SQLTimeoutError, OSError) as error:
            typed = translate(error)
            if typed is None:
                raise
            raise typed from error


class PostgresLedger(ListingRows, OpeningRows):
    """One transaction on the nights (see `application.ports.Ledger`): locks, what stands, news."""

    async def claim(self, request_id: UUID, *, method: str, body_hash: bytes, now: datetime) -> str | None:
        """None when the request is new."""
        found = await requests.claim(self._session, request_id, method=method, body_hash=body_hash, now=now)
        return None if found is None else found.resource_id or ""

    async def finish(self, request_id: UUID, result: UUID | str) -> None:
        """Notes what a repeat gets."""
        await requests.finish(self._session, request_id, result)

    async def mark_booking(self, booking_id: UUID) -> BookingMark:
        """Locks a booking's row; the upsert makes and locks it in one step."""
        row = (await self._session.execute(statements.MARK, {"booking": booking_id})).one()
        return BookingMark(row.revision, row.released_revision)

    async def set_mark(self, booking_id: UUID, revision: int, released_revision: int) -> None:
        """Writes how far a booking is; with the news, at the end."""
        if booking_id in self._marked:
            await self.send_rest()
        self._marked.add(booking_id)
        mark = {"revision": revision, "released_revision": released_revision}
        self._rest.append(Row(BOOKINGS, mark, key=booking_id))

    async def send_rest(self) -> None:
        """Sends what nothing in the transaction reads, in one round trip."""
        rest, self._rest = self._rest, []
        self._marked.clear()
        for first in range(0, len(rest), _AT_ONCE):
            await together(self._session, *rest[first : first + _AT_ONCE])

    async def end_bookings(self, revisions: Mapping[UUID, int]) -> list[UUID]:
        """Marks bookings as ended, in id order; the upsert waits for whoever has one of the rows."""
        rows = [
            {"id": one, "revision": revisions[one], "released_revision": revisions[one]}
            for one in sorted(revisions)
        ]
        if not rows:
            return []
        statement = upsert(BOOKINGS).values(rows)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "revision": new.revision,
                "released_revision": func.greatest(BOOKINGS.c.released_revision, new.released_revision),
            },
            where=BOOKINGS.c.revision <= new.revision,
        )
        await self._session.execute(statement)
        having = select(OCCUPANCIES.c.booking_id).where(OCCUPANCIES.c.booking_id.in_(revisions)).distinct()
        return sorted((await self._session.scalars(having)).all())

    async def lock_for(
        self, listing_ids: Collection[UUID], *, booking_id: UUID | None = None, with_guest_rooms: bool = False
    ) -> frozenset[UUID]:
        """Locks properties in id order."""
        query = statements.lock_for(with_guest_rooms=with_guest_rooms, with_booking=booking_id is not None)
        asked = {"listings": list(listing_ids)} | ({"booking": booking_id} if booking_id else {})
        self._locked = frozenset((await self._session.execute(query, asked)).scalars())
        return self._locked

    async def lock_properties(self, ids: Collection[UUID]) -> None:
        """Makes these properties where absent and locks them."""
        values = [{"id": one} for one in sorted(set(ids))]
        await self._session.execute(upsert(PROPERTIES).on_conflict_do_nothing(), values)
        locked = await self._session.execute(statements.lock(PROPERTIES.c.id.in_(ids)))
        self._locked = frozenset(locked.scalars())

    async def of_booking(self, booking_id: UUID) -> list[Occupancy]:
        """All rows of a booking."""
        found = await self._session.execute(statements.OF_BOOKING, {"booking": booking_id})
        return [to_occupancy(row) for row in found]

    async def standing(self, resources: Collection[UUID], nights: Iterable[NightRange]) -> list[Occupancy]:
        """What stands on or right beside the nights."""
        return await read_standing(self._session, resources, nights, beside=True)

    async def of_client(
        self, client_key: str, listing_id: UUID, around: NightRange, now: datetime
    ) -> list[Occupancy]:
        """Live holds and stays of one client near some nights."""
        margin = timedelta(days=MAX_CHAIN + 1)
        wide = NightRange(around.arrival - margin, around.departure + margin)
        asked = {"listing": listing_id, "client": client_key, "wide": to_range(wide), "now": now}
        return [to_occupancy(row) for row in await self._session.execute(statements.OF_CLIENT, asked)]

    async def of_guest_rooms(
        self, owner_id: UUID, nights: Iterable[NightRange], now: datetime
    ) -> list[Occupancy]:
        """Live holds and stays in all guest rooms of an owner."""
        query = (
            select(OCCUPANCIES)
            .join(LISTINGS, LISTINGS.c.id == OCCUPANCIES.c.listing_id)
            .where(
                LISTINGS.c.owner_id == owner_id,
                LISTINGS.c.kind == ListingKind.GUEST_ROOM.value,
                OCCUPANCIES.c.kind.in_(HELD),
                touching(nights),
                live(now),
            )
        )
        return [to_occupancy(row) for row in await self._session.execute(query)]

    async def add(self, rows: Sequence[Occupancy]) -> None:
        """Writes new rows; the exclusion constraint has the last word."""
        if not rows:
            return
        first = rows[0]
        lost = lambda: NightsTaken(  # noqa: E731 (named for the table of constraints)
            listing_id=first.listing_id, arrival=first.nights.arrival, departure=first.nights.departure
        )
        with constraints({NIGHTS_TWICE: lost}):
            await self._session.execute(statements.ADD, [of_occupancy(one) for one in rows])

    async def change(
        self,
        ids: Collection[UUID],
        *,
        kind: Kind,
        expires_at: datetime | None,
        pinned_at: datetime | None,
        revision: int,
    ) -> None:
        """Changes rows of one booking in place."""
        await self._session.execute(
            update(OCCUPANCIES)
            .where(OCCUPANCIES.c.id.in_(ids))
            .values(
                kind=kind.value,
                expires_at=expires_at,
                pinned_at=pinned_at,
                booking_revision=revision,
            )
        )

    async def remove(self, ids: Collection[UUID]) -> None:
        """Deletes rows."""
        await self._session.execute(delete(OCCUPANCIES).where(OCCUPANCIES.c.id.in_(ids)))

    async def expire(self, booking_ids: Collection[UUID], now: datetime) -> list[Occupancy]:
        """Deletes expired holds; rows are locked in id order, so that rivals on the same do not cross."""
        picked = (
            select(OCCUPANCIES.c.id)
            .where(OCCUPANCIES.c.booking_id.in_(booking_ids), not_(live(now)))
            .order_by(OCCUPANCIES.c.id)
            .with_for_update()
            .cte("picked")
        )
        statement = delete(OCCUPANCIES).where(OCCUPANCIES.c.id == picked.c.id).returning(OCCUPANCIES)
        return [to_occupancy(row) for row in await self._session.execute(statement)]

    async def expired_bookings(self, now: datetime, limit: int) -> list[UUID]:
        """Bookings with holds past their end, the oldest first."""
        query = (
            select(OCCUPANCIES.c.booking_id)
            .where(
                OCCUPANCIES.c.kind == Kind.HOLD.value,
                OCCUPANCIES.c.pinned_at.is_(None),
                OCCUPANCIES.c.expires_at.is_not(None),
                OCCUPANCIES.c.expires_at <= now,
            )
            .group_by(OCCUPANCIES.c.booking_id)
            .order_by(func.min(OCCUPANCIES.c.expires_at))
            .limit(limit)
        )
        return list((await self._session.execute(query)).scalars())

    async def tell_calendars(
        self, now: datetime, *, resources: Collection[UUID] = (), listings: Collection[UUID] = ()
    ) -> None:
        """Publishes whole calendars."""
        # A listing's calendars must be numbered in their order, and rows of one statement are not.
        await self.send_rest()
        self._rest += await calendars_changed(self._session, now, resources, listings)

    async def tell_expired(self, booking_id: UUID, revision: int, now: datetime) -> None:
        """Publishes that a booking's holds ended."""
        await outbox.add(
            self._session,
            topic=HOLDS,
            key=booking_id,
            message=hold_expired(booking_id, revision, now),
            revision=revision,
            now=now,
        )
