"""The unit of work on PostgreSQL, with clients and terms."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from chassis import outbox, requests
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import Database, set_lock_timeout, visible
from chassis.migrations import lock_key
from chassis.requests import REQUESTS
from chassis.together import Row
from sejour.booking.v1 import booking_events_pb2 as events
from sqlalchemy import and_, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters import rows
from booking.adapters.files import BOOKINGS_TOPIC, PostgresFiles
from booking.adapters.later import Later
from booking.adapters.proposals import PostgresProposals
from booking.adapters.tables import CLIENT_COUNTERS, CLIENTS, TERMS
from booking.adapters.terms_codec import instant
from booking.adapters.terms_rows import terms_json, terms_of
from booking.application.ports import OpenUnit, UnitOfWork, Write
from booking.domain.client import Client, letters_of
from booking.domain.errors import ClientNotFound
from booking.domain.states import Means
from booking.domain.terms import SalesTerms

_LOOK_ALIKES = 10
LOCK_MS = 1500
"""How long rivals for a file, a counter or a limit wait for one another, then `Busy`."""


# Built once: every option runs them.
_NEXT_CODE = (
    upsert(CLIENT_COUNTERS)
    .values(owner_id=bindparam("owner"), letters=bindparam("name"), last=1)
    .on_conflict_do_update(index_elements=["owner_id", "letters"], set_={"last": CLIENT_COUNTERS.c.last + 1})
    .returning(CLIENT_COUNTERS.c.last)
)
_SAME_PERSON = (
    select(CLIENTS)
    .where(
        CLIENTS.c.owner_id == bindparam("owner"),
        CLIENTS.c.folded_name == bindparam("name"),
        CLIENTS.c.folded_email == bindparam("email"),
    )
    .order_by(CLIENTS.c.id)
    .limit(1)
)
_NEWEST_TERMS = (
    select(TERMS.c.revision, TERMS.c.body, TERMS.c.created_at)
    .where(TERMS.c.owner_id == bindparam("owner"))
    .order_by(TERMS.c.revision.desc())
    .limit(1)
)


class PostgresClients:
    """The repository of clients."""

    def __init__(self, session: AsyncSession, later: Later) -> None:
        self._session = session
        self._later = later

    async def get(self, client_id: UUID, scope: Scope, *, lock: bool = False) -> Client:
        """One client within the scope."""
        await self._later.flush()
        query = select(CLIENTS).where(CLIENTS.c.id == client_id, visible(CLIENTS.c.owner_id, scope, "owner"))
        row = (await self._session.execute(query.with_for_update() if lock else query)).mappings().first()
        if row is None:
            raise ClientNotFound(id=client_id)
        return rows.client_of(row)

    async def add(self, client: Client, *, now: datetime) -> Client:
        """Keeps a client under the next code of his letters; rivals wait for the counter's row."""
        letters = letters_of(client.last_name)
        whose = {"owner": client.owner_id, "name": letters}
        last = (await self._session.execute(_NEXT_CODE, whose)).scalar_one()
        values = rows.client_values(client) | {"code": f"{letters}-{last}", "revision": 1}
        kept = rows.client_of(values)
        values = rows.client_values(kept) | {"created_at": now}
        self._later.add(Row(CLIENTS, values))
        return kept

    async def save(self, client: Client, *, now: datetime) -> Client:  # noqa: ARG002 (the shape of the port)
        """Keeps a changed client."""
        await self._later.flush()
        values = rows.client_values(client) | {"revision": client.revision + 1}
        await self._session.execute(update(CLIENTS).where(CLIENTS.c.id == client.id).values(values))
        return rows.client_of(values)

    async def same_person(self, client: Client) -> Client | None:
        """A client of the same owner with the same names and mail."""
        await self._later.flush()
        values = rows.client_values(client)
        if not values["folded_email"]:
            return None
        named = {"owner": client.owner_id, "name": values["folded_name"], "email": values["folded_email"]}
        row = (await self._session.execute(_SAME_PERSON, named)).mappings().first()
        return rows.client_of(row) if row else None

    async def look_alikes(self, client: Client) -> Sequence[Client]:
        """Others of the owner with the same names, a same phone or the same mail."""
        await self._later.flush()
        values = rows.client_values(client)
        alike = [CLIENTS.c.folded_name == values["folded_name"]]
        if values["folded_email"]:
            alike.append(CLIENTS.c.folded_email == values["folded_email"])
        if values["phones"]:
            alike.append(CLIENTS.c.phones.overlap(values["phones"]))
        query = select(CLIENTS).where(
            and_(CLIENTS.c.owner_id == client.owner_id, CLIENTS.c.id != client.id, or_(*alike))
        )
        found = await self._session.execute(query.order_by(CLIENTS.c.code).limit(_LOOK_ALIKES))
        return [rows.client_of(row) for row in found.mappings()]


class PostgresTerms:
    """All revisions of all owners' terms."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest(self, owner_id: UUID, *, lock: bool = False) -> SalesTerms | None:
        """The newest terms; `lock` makes rivals that save wait."""
        if lock:
            key = {"key": lock_key(f"terms:{owner_id}")}
            await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
        row = (await self._session.execute(_NEWEST_TERMS, {"owner": owner_id})).first()
        return terms_of(owner_id, row.revision, row.body, row.created_at) if row else None

    async def at(self, owner_id: UUID, revision: int) -> SalesTerms | None:
        """One revision."""
        query = select(TERMS.c.body, TERMS.c.created_at).where(
            TERMS.c.owner_id == owner_id, TERMS.c.revision == revision
        )
        row = (await self._session.execute(query)).first()
        return terms_of(owner_id, revision, row.body, row.created_at) if row else None

    async def add(self, terms: SalesTerms, *, now: datetime) -> None:
        """Keeps a new revision."""
        await self._session.execute(
            insert(TERMS).values(
                owner_id=terms.owner_id, revision=terms.revision, body=terms_json(terms), created_at=now
            )
        )

    async def tell_paypal_changed(self, terms: SalesTerms, *, now: datetime) -> None:
        """Publishes that another PayPal address waits."""
        message = events.PayPalAddressChanged(
            owner_id=str(terms.owner_id),
            terms_revision=terms.revision,
            counts_from=instant(terms.paypal_from),
        )
        await outbox.add(
            self._session,
            topic=BOOKINGS_TOPIC,
            key=terms.owner_id,
            message=message,
            revision=terms.revision,
            now=now,
        )


class PostgresUnit:
    """One transaction of booking."""

    def __init__(
        self, session: AsyncSession, clock: Clock, *, hidden: frozenset[Means] = frozenset()
    ) -> None:
        self._session = session
        self._later = Later(session)
        self.files = PostgresFiles(session, clock, self._later, hidden=hidden)
        self.clients = PostgresClients(session, self._later)
        self.terms = PostgresTerms(session)
        self.proposals = PostgresProposals(session, self._later, hidden=hidden)

    async def done_before(self, write: Write) -> UUID | None:
        """The resource of an earlier write under the request id; takes nothing."""
        before = await requests.look(
            self._session, write.request_id, method=write.method, body_hash=write.body_hash
        )
        return UUID(before.resource_id) if before is not None and before.resource_id else None

    async def claim(self, write: Write, *, now: datetime, makes: UUID | None = None) -> UUID | None:
        """Takes the request id; the resource of an earlier write under it, else None."""
        before = await requests.claim(
            self._session,
            write.request_id,
            method=write.method,
            body_hash=write.body_hash,
            now=now,
            resource_id=makes,
        )
        return UUID(before.resource_id) if before is not None and before.resource_id else None

    async def finish(self, write: Write, resource_id: UUID) -> None:
        """Notes what the write made."""
        await requests.finish(self._session, write.request_id, resource_id)

    async def forget(self, request_id: UUID) -> None:
        """Lets a write be tried again."""
        await self._session.execute(delete(REQUESTS).where(REQUESTS.c.request_id == request_id))

    async def commit(self) -> None:
        """Keeps everything."""
        await self._later.flush()
        await self._session.commit()


def open_units(database: Database, clock: Clock, *, hidden: frozenset[Means] = frozenset()) -> OpenUnit:
    """Makes units of work on a database; files do not show the `hidden` means, which nobody can pay by."""

    @asynccontextmanager
    async def open_unit(*, looking: bool = False) -> AsyncIterator[UnitOfWork]:
        if looking:
            async with database.looking() as session:
                yield PostgresUnit(session, clock, hidden=hidden)
            return
        async with database.unit() as session:
            if database.lock_timeout_ms != LOCK_MS:
                await set_lock_timeout(session, LOCK_MS)
            yield PostgresUnit(session, clock, hidden=hidden)

    return open_unit
