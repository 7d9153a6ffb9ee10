"""What the use cases need; `adapters` gives it on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.actor import Scope
from chassis.requests import Previous
from values import NightRange

from pricing.domain.book import PlanSheet, RateBook
from pricing.domain.lines import PricedListing
from pricing.domain.listing import Listing
from pricing.domain.parts import Owned
from pricing.domain.quote import Quote, QuoteUse
from pricing.domain.taxes import TaxRule


class UnitOfWork(Protocol):
    """One transaction; leaving it without `commit` keeps nothing."""

    async def claim(
        self, request_id: UUID, *, method: str, body_hash: bytes, makes: UUID | None = None
    ) -> Previous | None:
        """Takes a request id, or tells what it made before; `makes` says what it makes, as `finish` would."""

    async def finish(self, request_id: UUID, resource_id: UUID) -> None:
        """Notes what the request made."""

    async def lock_owners(self, owner_ids: Collection[UUID]) -> None:
        """Makes rival writers of these owners wait, in id order."""

    async def lock_commune(self, insee: str) -> None:
        """Keeps new listings and new tax rules of a commune apart; taken before any owner."""

    async def books(self, owner_ids: Collection[UUID]) -> Mapping[UUID, RateBook]:
        """The books of owners, empty ones included; lock the owners first where a book will change."""

    async def owner_of(self, kind: type[Owned], part_id: UUID, *, scope: Scope) -> UUID | None:
        """Whose a part is; None where nothing within reach has that id."""

    async def put(self, part: Owned) -> None:
        """Writes a part whole."""

    async def remove(self, part: Owned) -> None:
        """Deletes a part."""

    async def listing(self, listing_id: UUID) -> Listing | None:
        """A listing as last told."""

    async def put_listing(self, listing: Listing) -> None:
        """Writes a listing whole."""

    async def listings_in(self, insee: str) -> Sequence[Listing]:
        """The listings of a commune."""

    async def tax_rules(self, communes: Collection[str]) -> Sequence[TaxRule]:
        """The tourist-tax rules of communes."""

    async def put_tax_rule(self, rule: TaxRule) -> TaxRule:
        """Makes or replaces the rule of its commune, category and year; the first id stays."""

    async def publish_sheets(self, listing: Listing, plans: Sequence[PlanSheet], *, now: datetime) -> bool:
        """Stores the sheets of a listing and their event; False where nothing changed."""

    async def add_quote(self, quote: Quote) -> None:
        """Stores a quote."""

    async def quote_use(self, quote_id: UUID) -> QuoteUse | None:
        """The use of a quote, locked."""

    async def use_free(self, quote_id: UUID, booking_id: UUID, *, now: datetime) -> bool:
        """Marks a quote used that nobody used and whose time is not over; False: nothing was marked."""

    async def put_quote_use(self, use: QuoteUse) -> None:
        """Writes the use of a quote."""

    async def commit(self) -> None:
        """Keeps everything."""


OpenUnit = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


class Holes(Protocol):
    """What availability knows of the nights around a stay."""

    async def hole(self, listing_id: UUID, nights: NightRange) -> int | None:
        """Free nights in a row around the nights; None where they are not free, or nobody answers."""


class Sheets(Protocol):
    """Reads listings with their compiled sheets."""

    async def find(self, listing_id: UUID, *, scope: Scope) -> PricedListing | None:
        """A listing within reach: the actor's own, or anybody's in production."""

    async def tax_rules(self, listing: Listing) -> Sequence[TaxRule]:
        """The rules of the listing's commune and category."""

    async def rate_plans(self, owner_id: UUID) -> RateBook:
        """A book with the owner's rate plans only."""
