"""Pins the holds of a booking while a payment is in flight, and unpins them."""

from uuid import UUID

from chassis.clock import Clock

from availability.application.held import End, change_holds
from availability.application.placing import Stays
from availability.application.ports import Ledgers


async def pin_holds(booking_id: UUID, revision: int, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Holds do not end until unpinned. Repeats are harmless.

    Raises:
        HoldGone: they ended, and their nights were freed or taken.
        RevisionStale, Busy.

    """
    return await change_holds(
        booking_id,
        revision,
        lambda hold, now: End(hold.expires_at, hold.pinned_at or now),
        ledgers=ledgers,
        clock=clock,
    )


async def unpin_holds(booking_id: UUID, revision: int, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Holds end again at their time, which may be past. Repeats are harmless, also without holds.

    Raises:
        RevisionStale, Busy.

    """
    return await change_holds(
        booking_id,
        revision,
        lambda hold, _: End(hold.expires_at, None),
        ledgers=ledgers,
        clock=clock,
        needed=False,
    )
