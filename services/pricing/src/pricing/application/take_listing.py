"""Takes the catalog's news of a listing: keeps it and compiles its sheets anew."""

from __future__ import annotations

from chassis.clock import Clock

from pricing.application.changes import publish
from pricing.application.ports import OpenUnit
from pricing.domain.listing import Listing


async def take_listing(listing: Listing, *, open_unit: OpenUnit, clock: Clock) -> bool:
    """Keeps the listing where it is newer than what is known; False where it is not.

    Its capacity, zone, stars, commune and VAT are in its sheets, so these are compiled and published again.
    A listing that changed hands takes the book of its new owner.
    """
    async with open_unit() as unit:
        await unit.lock_commune(listing.insee)
        known = await unit.listing(listing.id)
        owners = {listing.owner_id} | ({known.owner_id} if known else set())
        await unit.lock_owners(owners)
        known = await unit.listing(listing.id)
        if known is not None and known.revision >= listing.revision:
            return False
        await unit.put_listing(listing)
        book = (await unit.books([listing.owner_id]))[listing.owner_id]
        await publish(unit, book, [listing.id], now=clock(), lenient=True)
        await unit.commit()
    return True
