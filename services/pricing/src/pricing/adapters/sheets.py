"""Reads listings with their compiled sheets, each compiled once per revision and process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from chassis.actor import Scope
from chassis.database import Database
from prometheus_client import Counter
from sejour.pricing.v1 import pricing_events_pb2 as events
from sqlalchemy import bindparam, select

from pricing.adapters import tables
from pricing.adapters.rows import CODECS, listing_of, tax_rule_of
from pricing.domain.book import PlanSheet, RateBook
from pricing.domain.lines import PricedListing
from pricing.domain.listing import Listing, ListingState
from pricing.domain.parts import RatePlan
from pricing.domain.taxes import TaxRule
from pricing.mapping.sheets import to_plans

COMPILED = Counter(
    "sejour_pricing_sheets_read_total",
    "Sheets asked for, by whether they were at hand. Many misses: raise PRICING_SHEETS_AT_HAND.",
    ["outcome"],
)

# Built once: a statement that is put together at each call costs more than its answer.
_LISTING = (
    select(tables.LISTINGS, tables.RATE_SHEETS.c.revision.label("sheet_revision"))
    .join_from(
        tables.LISTINGS,
        tables.RATE_SHEETS,
        tables.LISTINGS.c.id == tables.RATE_SHEETS.c.listing_id,
        isouter=True,
    )
    .where(tables.LISTINGS.c.id == bindparam("listing"))
)
_SHEETS = select(tables.RATE_SHEETS.c.revision, tables.RATE_SHEETS.c.message).where(
    tables.RATE_SHEETS.c.listing_id == bindparam("listing")
)


class SheetReader:
    """Keeps the sheets of the last `size` listings; the revision is read each time, so none is stale."""

    def __init__(self, database: Database, *, size: int = 2048) -> None:
        self._database = database
        self._size = size
        self._at_hand: OrderedDict[UUID, tuple[int, tuple[PlanSheet, ...]]] = OrderedDict()

    async def find(self, listing_id: UUID, *, scope: Scope) -> PricedListing | None:
        """A listing within reach: the actor's own, or anybody's in production."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_LISTING, {"listing": listing_id})).one_or_none()
            public = row is not None and row.state == ListingState.IN_PRODUCTION.value
            if row is None or not (public or scope.may("owner", row.owner_id)):
                return None
            revision = row.sheet_revision or 0
            known = self._at_hand.get(listing_id)
            if known is None or known[0] != revision:
                COMPILED.labels("miss").inc()
                message = await connection.execute(_SHEETS, {"listing": listing_id})
                known = self._keep(listing_id, message.one_or_none())
            else:
                COMPILED.labels("hit").inc()
                self._at_hand.move_to_end(listing_id)
        return PricedListing(listing_of(row), known[0], known[1])

    async def tax_rules(self, listing: Listing) -> Sequence[TaxRule]:
        """The rules of the listing's commune and category."""
        rules = tables.TAX_RULES
        query = select(rules).where(rules.c.insee == listing.insee, rules.c.category == listing.tax_category)
        async with self._database.reading() as connection:
            return [tax_rule_of(row) for row in await connection.execute(query)]

    async def rate_plans(self, owner_id: UUID) -> RateBook:
        """A book with the owner's rate plans only."""
        codec = CODECS[RatePlan]
        query = select(codec.table).where(codec.table.c.owner_id == owner_id)
        async with self._database.reading() as connection:
            plans = [codec.part(row) for row in await connection.execute(query)]
        return RateBook(owner_id, rate_plans={plan.id: plan for plan in plans})

    def _keep(self, listing_id: UUID, row: object) -> tuple[int, tuple[PlanSheet, ...]]:
        if row is None:
            return 0, ()
        message = events.RateSheetsChanged.FromString(row.message)  # type: ignore[attr-defined]
        kept = (message.revision, to_plans(message))
        self._at_hand[listing_id] = kept
        self._at_hand.move_to_end(listing_id)
        while len(self._at_hand) > self._size:
            self._at_hand.popitem(last=False)
        return kept
