"""Ends bookings that came to nothing: a command of theirs that comes late takes no night any more."""

from collections.abc import Mapping
from uuid import UUID

from chassis.clock import Clock
from chassis.logging import get_logger

from availability.application.ports import Ledgers
from availability.application.release_stays import release_stays
from availability.domain.errors import RevisionStale

log = get_logger()


async def end_bookings(revisions: Mapping[UUID, int], *, ledgers: Ledgers, clock: Clock) -> int:
    """Notes for each booking that its commands up to a revision are over; frees what it has.

    Repeats are harmless; a booking whose newer revision was applied is left as it is. Returns how many
    had nights.

    Raises:
        Busy: a property is locked for long; what was ended stays ended.

    """
    async with ledgers.open() as ledger:
        # Whoever places for one of them at this moment is waited for, so its nights are seen here.
        with_nights = await ledger.end_bookings(revisions)
    freed = 0
    for booking_id in with_nights:
        try:
            await release_stays(booking_id, revisions[booking_id], ledgers=ledgers, clock=clock)
        except RevisionStale:
            continue
        log.warning("nights_of_ended_booking_freed", booking_id=str(booking_id))
        freed += 1
    return freed
