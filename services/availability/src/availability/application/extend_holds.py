"""Moves the end of a booking's holds."""

from datetime import datetime
from uuid import UUID

from chassis.clock import Clock

from availability.application.held import End, change_holds
from availability.application.placing import Stays
from availability.application.ports import Ledgers


async def extend_holds(
    booking_id: UUID, revision: int, expires_at: datetime | None, *, ledgers: Ledgers, clock: Clock
) -> Stays:
    """Gives the holds another end (None = without end). Repeats are harmless.

    Raises:
        HoldGone: they ended, and their nights were freed or taken.
        RevisionStale, Busy.

    """
    return await change_holds(
        booking_id,
        revision,
        lambda hold, _: End(expires_at, hold.pinned_at),
        ledgers=ledgers,
        clock=clock,
    )
