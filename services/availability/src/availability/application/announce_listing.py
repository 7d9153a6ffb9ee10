"""Takes what the catalog says of a listing."""

from chassis.clock import Clock

from availability.application.ports import Ledgers
from availability.domain.listing import Listing


async def announce_listing(listing: Listing, *, ledgers: Ledgers, clock: Clock) -> bool:
    """Writes a listing when it is newer than what is known, under the locks of its properties.

    Tells its calendar when it is new, or sells other resources, or has another owner. Repeats and older
    news change nothing. Returns whether anything was written.

    Raises:
        Busy: a property is locked for long; the consumer tries again.

    """
    async with ledgers.open() as ledger:
        before = await ledger.find_listing(listing.id)
        if before is not None and before.revision >= listing.revision:
            return False
        ids = {listing.property_id} | ({before.property_id} if before is not None else set())
        await ledger.lock_properties(ids)
        before = await ledger.find_listing(listing.id)
        if before is not None and before.revision >= listing.revision:
            return False
        await ledger.save_listing(listing)
        told = (listing.owner_id, listing.property_id, listing.mode, listing.resources)
        if before is None or told != (before.owner_id, before.property_id, before.mode, before.resources):
            await ledger.tell_calendars(clock(), listings=[listing.id])
        return True
