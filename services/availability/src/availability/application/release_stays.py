"""Frees the nights of a booking."""

from uuid import UUID

from chassis.clock import Clock

from availability.application.placing import Stays, refuse_stale
from availability.application.ports import Ledgers


async def release_stays(booking_id: UUID, revision: int, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Frees all nights; a late command of this revision or an older one takes none again.

    Repeats are harmless, also for a booking that never had nights.

    Raises:
        RevisionStale: a newer revision was applied.
        Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        mark = await ledger.mark_booking(booking_id)
        refuse_stale(booking_id, revision, mark, after_release=False)
        await ledger.lock_for((), booking_id=booking_id)
        rows = await ledger.of_booking(booking_id)
        await ledger.set_mark(booking_id, revision, revision)
        if rows:
            await ledger.remove([row.id for row in rows])
            await ledger.tell_calendars(now, resources={row.resource_id for row in rows})
    return Stays(())
