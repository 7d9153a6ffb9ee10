"""The unit of work on PostgreSQL: parts by owner under the owner's lock, sheets with their news, quotes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import outbox, requests
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import Database, constraints, set_lock_timeout, visible
from chassis.migrations import lock_key
from prometheus_client import Counter
from sejour.pricing.v1 import pricing_events_pb2 as events
from sqlalchemy import Table, and_, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from pricing.adapters import tables
from pricing.adapters.rows import CODECS, listing_of, listing_values, tax_rule_of, tax_rule_values
from pricing.application.ports import OpenUnit, UnitOfWork
from pricing.domain.book import PlanSheet, RateBook
from pricing.domain.errors import CodeTaken
from pricing.domain.listing import Listing
from pricing.domain.parts import Owned
from pricing.domain.quote import Quote, QuoteUse
from pricing.domain.taxes import TaxRule
from pricing.mapping.quotes import of_quote
from pricing.mapping.sheets import of_plans

TOPIC = "pricing.rates"

SHEETS = Counter(
    "sejour_pricing_sheets_published_total",
    "Rate sheets of listings that changed. Standing still while owners save: saves fail, read the log.",
)
QUOTES = Counter(
    "sejour_pricing_quotes_total",
    "Quotes stored, by source of the price. A sudden rise of OWNER: look at tariffs, they sell no more.",
    ["source"],
)

_CODES = {f"uq_{name}_owner_id_code": CodeTaken for name in ("rate_plans", "supplements", "discounts")}


class PostgresUnitOfWork:
    """One transaction of pricing; see `application.ports.UnitOfWork`."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def claim(
        self, request_id: UUID, *, method: str, body_hash: bytes, makes: UUID | None = None
    ) -> requests.Previous | None:
        """Takes a request id, or tells what it made before."""
        return await requests.claim(
            self._session,
            request_id,
            method=method,
            body_hash=body_hash,
            now=self._clock(),
            resource_id=makes,
        )

    async def finish(self, request_id: UUID, resource_id: UUID) -> None:
        """Notes what the request made."""
        await requests.finish(self._session, request_id, resource_id)

    async def lock_owners(self, owner_ids: Collection[UUID]) -> None:
        """Makes rival writers of these owners wait, in id order; beyond 800 ms they get BUSY."""
        if not owner_ids:
            return
        await set_lock_timeout(self._session)
        ids = sorted(owner_ids)
        rows = [{"id": one} for one in ids]
        await self._session.execute(insert(tables.OWNERS).values(rows).on_conflict_do_nothing())
        query = select(tables.OWNERS.c.id).where(tables.OWNERS.c.id.in_(ids)).order_by(tables.OWNERS.c.id)
        await self._session.execute(query.with_for_update(key_share=True))

    async def lock_commune(self, insee: str) -> None:
        """Keeps new listings and new tax rules of a commune apart; taken before any owner."""
        await set_lock_timeout(self._session)
        key = lock_key(f"commune:{insee}")
        await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    async def books(self, owner_ids: Collection[UUID]) -> Mapping[UUID, RateBook]:
        """The books of owners, empty ones included."""
        books = {one: RateBook(one) for one in owner_ids}
        if not books:
            return books
        for row in await self._rows(tables.LISTINGS, tables.LISTINGS.c.owner_id.in_(books)):
            books[row.owner_id].listings[row.id] = listing_of(row)
        for kind, codec in CODECS.items():
            for row in await self._rows(codec.table, codec.table.c.owner_id.in_(books)):
                books[row.owner_id].shelf(kind)[row.id] = codec.part(row)
        return books

    async def owner_of(self, kind: type[Owned], part_id: UUID, *, scope: Scope) -> UUID | None:
        """Whose a part is; None where nothing within reach has that id."""
        table = CODECS[kind].table
        query = select(table.c.owner_id).where(
            table.c.id == part_id, visible(table.c.owner_id, scope, "owner")
        )
        found: UUID | None = await self._session.scalar(query)
        return found

    async def put(self, part: Owned) -> None:
        """Writes a part whole."""
        codec = CODECS[type(part)]
        values = codec.values(part)
        statement = insert(codec.table).values(values)
        with constraints(_CODES):
            await self._session.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_=_without(values, "id"))
            )

    async def remove(self, part: Owned) -> None:
        """Deletes a part."""
        table = CODECS[type(part)].table
        await self._session.execute(delete(table).where(table.c.id == part.id))

    async def listing(self, listing_id: UUID) -> Listing | None:
        """A listing as last told."""
        rows = await self._rows(tables.LISTINGS, tables.LISTINGS.c.id == listing_id)
        return listing_of(rows[0]) if rows else None

    async def put_listing(self, listing: Listing) -> None:
        """Writes a listing whole."""
        values = listing_values(listing)
        statement = insert(tables.LISTINGS).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=_without(values, "id"))
        )

    async def listings_in(self, insee: str) -> Sequence[Listing]:
        """The listings of a commune."""
        return [
            listing_of(row) for row in await self._rows(tables.LISTINGS, tables.LISTINGS.c.insee == insee)
        ]

    async def tax_rules(self, communes: Collection[str]) -> Sequence[TaxRule]:
        """The tourist-tax rules of communes."""
        if not communes:
            return []
        rows = await self._rows(tables.TAX_RULES, tables.TAX_RULES.c.insee.in_(communes))
        return [tax_rule_of(row) for row in rows]

    async def put_tax_rule(self, rule: TaxRule) -> TaxRule:
        """Makes or replaces the rule of its commune, category and year; the first id stays."""
        values = tax_rule_values(rule)
        statement = (
            insert(tables.TAX_RULES)
            .values(values)
            .on_conflict_do_update(constraint="uq_tax_rules_insee_category_year", set_=_without(values, "id"))
            .returning(tables.TAX_RULES)
        )
        return tax_rule_of((await self._session.execute(statement)).one())

    async def publish_sheets(self, listing: Listing, plans: Sequence[PlanSheet], *, now: datetime) -> bool:
        """Stores the sheets of a listing and their event; False where nothing changed."""
        sheets = tables.RATE_SHEETS
        # Locked: `republish` gives revisions without the owner's lock.
        query = select(sheets).where(sheets.c.listing_id == listing.id).with_for_update(key_share=True)
        rows = (await self._session.execute(query)).all()
        message = of_plans(listing, plans)
        revision = 1
        if rows:
            known = events.RateSheetsChanged.FromString(rows[0].message)
            known.revision = 0
            if known == message:
                return False
            revision = rows[0].revision + 1
        message.revision = revision
        values = {"revision": revision, "message": message.SerializeToString(), "changed_at": now}
        statement = insert(sheets).values(listing_id=listing.id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["listing_id"], set_=values)
        )
        await outbox.add(
            self._session, topic=TOPIC, key=listing.id, message=message, revision=revision, now=now
        )
        SHEETS.inc()
        return True

    async def add_quote(self, quote: Quote) -> None:
        """Stores a quote."""
        await self._session.execute(
            insert(tables.QUOTES).values(
                id=quote.id,
                owner_id=quote.owner_id,
                source=quote.source.value,
                is_public=quote.is_public,
                total=quote.total,
                currency=quote.currency,
                message=of_quote(quote).SerializeToString(),
                created_at=quote.created_at,
                expires_at=quote.expires_at,
            )
        )
        QUOTES.labels(quote.source.value).inc()

    async def quote_use(self, quote_id: UUID) -> QuoteUse | None:
        """The use of a quote, locked."""
        quotes = tables.QUOTES.c
        query = select(quotes.id, quotes.expires_at, quotes.used_by).where(quotes.id == quote_id)
        await set_lock_timeout(self._session)
        row = (await self._session.execute(query.with_for_update())).one_or_none()
        return QuoteUse(row.id, row.expires_at, row.used_by) if row else None

    async def use_free(self, quote_id: UUID, booking_id: UUID, *, now: datetime) -> bool:
        """Marks a free quote used, without reading it first."""
        quotes = tables.QUOTES
        free = and_(quotes.c.id == quote_id, quotes.c.used_by.is_(None), quotes.c.expires_at > now)
        marked = await self._session.execute(
            update(quotes).where(free).values(used_by=booking_id).returning(quotes.c.id)
        )
        return marked.first() is not None

    async def put_quote_use(self, use: QuoteUse) -> None:
        """Writes the use of a quote."""
        quotes = tables.QUOTES
        await self._session.execute(update(quotes).where(quotes.c.id == use.id).values(used_by=use.used_by))

    async def commit(self) -> None:
        """Keeps everything."""
        await self._session.commit()

    async def _rows(self, table: Table, where: Any) -> Sequence[Any]:
        return (await self._session.execute(select(table).where(where).order_by(*table.primary_key))).all()


def units(database: Database, clock: Clock) -> OpenUnit:
    """What opens units of work on a database."""

    @asynccontextmanager
    async def open_unit() -> AsyncIterator[UnitOfWork]:
        async with database.unit() as session:
            yield PostgresUnitOfWork(session, clock)

    return open_unit


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
