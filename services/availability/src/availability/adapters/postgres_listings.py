"""Listings, properties and resources in the ledger; a part of `postgres`."""

from collections.abc import Collection
from uuid import UUID

from chassis.actor import Scope
from chassis.errors import Busy
from chassis.together import Row
from sqlalchemy import Uuid, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.rows import (
    RESOURCES_OF,
    to_listing,
)
from availability.adapters.tables import (
    LISTING_RESOURCES,
    LISTINGS,
    RESOURCES,
)
from availability.domain.errors import ListingNotFound
from availability.domain.listing import Listing

_LISTINGS = select(LISTINGS, RESOURCES_OF).where(
    LISTINGS.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))
)


class ListingRows:
    """The part of a ledger that knows listings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._locked: frozenset[UUID] | None = None
        self._rest: list[Row] = []
        self._marked: set[UUID] = set()

    async def listings(self, ids: Collection[UUID], scope: Scope) -> dict[UUID, Listing]:
        """The listings within reach of the scope."""
        found_rows = await self._session.execute(_LISTINGS, {"ids": list(ids)})
        rows = {row.id: row for row in found_rows if scope.may("owner", row.owner_id)}
        for listing_id in ids:
            if listing_id not in rows:
                raise ListingNotFound(listing_id=listing_id)
        found = {one: to_listing(rows[one]) for one in ids}
        if self._locked is not None and any(one.property_id not in self._locked for one in found.values()):
            # The catalog made or moved a listing between the look and the lock.
            raise Busy
        return found

    async def find_listing(self, listing_id: UUID) -> Listing | None:
        """A listing, for the consumer of the catalog."""
        query = select(LISTINGS, RESOURCES_OF).where(LISTINGS.c.id == listing_id)
        row = (await self._session.execute(query)).first()
        return None if row is None else to_listing(row)

    async def save_listing(self, listing: Listing) -> None:
        """Writes a listing; its property is locked already."""
        values = {
            "owner_id": listing.owner_id,
            "property_id": listing.property_id,
            "mode": listing.mode.value,
            "kind": listing.kind.value,
            "state": listing.state.value,
            "zone": listing.zone,
            "max_persons": listing.max_persons,
            "revision": listing.revision,
        }
        statement = upsert(LISTINGS).values(id=listing.id, calendar_revision=0, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        resources = upsert(RESOURCES).values(
            [{"id": one, "property_id": listing.property_id} for one in sorted(listing.resources)]
        )
        await self._session.execute(
            resources.on_conflict_do_update(
                index_elements=["id"], set_={"property_id": resources.excluded.property_id}
            )
        )
        await self._session.execute(
            delete(LISTING_RESOURCES).where(LISTING_RESOURCES.c.listing_id == listing.id)
        )
        await self._session.execute(
            insert(LISTING_RESOURCES),
            [
                {"listing_id": listing.id, "resource_id": one, "position": position}
                for position, one in enumerate(listing.resources)
            ],
        )
