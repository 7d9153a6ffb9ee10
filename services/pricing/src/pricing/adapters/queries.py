"""Reads that go from rows to protobuf: lists of an owner's parts, tax rules, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from chassis.actor import PUBLIC, Scope
from chassis.clock import Clock
from chassis.database import Database, visible
from sejour.pricing.v1 import pricing_service_pb2 as calls
from sejour.pricing.v1 import pricing_types_pb2 as pb
from sqlalchemy import and_, delete, or_, select

from pricing.adapters import rule_pages, tables
from pricing.adapters.rows import CODECS, tax_rule_of
from pricing.domain.errors import OwnerNotFound, QuoteNotFound
from pricing.domain.listing import ListingState
from pricing.domain.parts import Owned, Supplement
from pricing.mapping.tariffs import of_supplement
from pricing.mapping.tax_rules import of_tax_rule

PartT = TypeVar("PartT", bound=Owned)

KEPT = timedelta(days=30)
"""Unused quotes are told to whoever asks for so long after their end."""


class Queries:
    """The reads of pricing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def parts(self, kind: type[PartT], owner_id: UUID, *, scope: Scope) -> Sequence[PartT]:
        """The parts of an owner, by id.

        Raises:
            OwnerNotFound: the owner is not within reach.

        """
        if not scope.may("owner", owner_id):
            raise OwnerNotFound(id=owner_id)
        return await self._of_owner(kind, owner_id)

    async def supplements(self, owner_id: UUID, *, scope: Scope) -> list[pb.Supplement]:
        """The supplements of an owner, obligatory ones first; anybody's where he has a listing in production.

        Raises:
            OwnerNotFound: the owner is not within reach.

        """
        if not scope.may("owner", owner_id):
            await self._need_open_to_public(owner_id)
        found = await self._of_owner(Supplement, owner_id)
        return [of_supplement(one) for one in sorted(found, key=lambda one: (not one.obligatory, one.id))]

    async def tax_rules(self, request: calls.ListTaxRulesRequest) -> calls.ListTaxRulesResponse:
        """The tourist-tax rules of a commune, or a page of all; they are public."""
        query = rule_pages.wanted(request)
        limit = 0 if request.insee else rule_pages.page_size(request.page.limit)
        if limit:
            query = query.limit(limit + 1)
        async with self._database.reading() as connection:
            found = [of_tax_rule(tax_rule_of(row)) for row in await connection.execute(query)]
        if not limit or len(found) <= limit:
            return calls.ListTaxRulesResponse(rules=found)
        cursor = rule_pages.cursor_of(found[limit - 1])
        return calls.ListTaxRulesResponse(rules=found[:limit], next_cursor=cursor)

    async def quote(self, quote_id: UUID, *, scope: Scope) -> pb.Quote:
        """A quote as stored, with its use. Guests see those made for guests.

        Raises:
            QuoteNotFound: nothing within reach has that id.

        """
        quotes = tables.QUOTES.c
        within = visible(quotes.owner_id, scope, "owner")
        if scope.is_public or scope.has(PUBLIC):
            within = or_(within, quotes.is_public)
        query = select(quotes.message, quotes.used_by).where(quotes.id == quote_id, within)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise QuoteNotFound(id=quote_id)
        quote = pb.Quote.FromString(row.message)
        quote.used_by = str(row.used_by) if row.used_by else ""
        return quote

    async def open_quotes(self, owner_id: UUID, listing_ids: frozenset[UUID], *, clock: Clock) -> int:
        """How many quotes the owner gave for one of these listings, that nobody used and that still stand."""
        quotes = tables.QUOTES.c
        query = select(quotes.message).where(
            quotes.owner_id == owner_id,
            quotes.used_by.is_(None),
            quotes.is_public.is_(False),
            quotes.expires_at > clock(),
        )
        wanted = {str(one) for one in listing_ids}
        async with self._database.reading() as connection:
            found = [pb.Quote.FromString(row.message) for row in await connection.execute(query)]
        return sum(any(line.listing_id in wanted for line in quote.lines) for quote in found)

    async def purge(self, *, now: datetime) -> int:
        """Deletes the quotes that nobody used and that ended long ago."""
        quotes = tables.QUOTES
        statement = delete(quotes).where(and_(quotes.c.used_by.is_(None), quotes.c.expires_at < now - KEPT))
        async with self._database.transaction() as session:
            result = await session.execute(statement)
        return int(result.rowcount)  # type: ignore[attr-defined]

    async def _of_owner(self, kind: type[PartT], owner_id: UUID) -> list[PartT]:
        codec = CODECS[kind]
        query = select(codec.table).where(codec.table.c.owner_id == owner_id).order_by(codec.table.c.id)
        async with self._database.reading() as connection:
            return [codec.part(row) for row in await connection.execute(query)]

    async def _need_open_to_public(self, owner_id: UUID) -> None:
        listings = tables.LISTINGS.c
        query = select(listings.id).where(
            listings.owner_id == owner_id, listings.state == ListingState.IN_PRODUCTION.value
        )
        async with self._database.reading() as connection:
            if (await connection.execute(query.limit(1))).first() is None:
                raise OwnerNotFound(id=owner_id)
