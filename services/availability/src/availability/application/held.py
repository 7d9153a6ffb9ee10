"""What the changes of a booking's holds have in common: locks, revision, what stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import Clock

from availability.application.placing import Stays, refuse_stale
from availability.application.ports import Ledgers
from availability.domain.errors import HoldGone
from availability.domain.occupancy import Kind, Occupancy


@dataclass(frozen=True, slots=True)
class End:
    """When a hold ends, and since when it is pinned."""

    expires_at: datetime | None
    pinned_at: datetime | None


async def change_holds(
    booking_id: UUID,
    revision: int,
    end: Callable[[Occupancy, datetime], End],
    *,
    ledgers: Ledgers,
    clock: Clock,
    needed: bool = True,
) -> Stays:
    """Gives the holds of a booking another end; stays are left alone, so that repeats are harmless.

    A hold past its end that nobody swept or took lives again if the new end says so.

    Raises:
        HoldGone: the booking has no nights, and some are needed.
        RevisionStale, Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        mark = await ledger.mark_booking(booking_id)
        refuse_stale(booking_id, revision, mark, after_release=False)
        await ledger.lock_for((), booking_id=booking_id)
        rows = await ledger.of_booking(booking_id)
        if not rows:
            if needed:
                raise HoldGone(booking_id=booking_id)
            return Stays(())
        await ledger.set_mark(booking_id, revision, mark.released_revision)
        holds = [row for row in rows if row.kind is Kind.HOLD]
        if not holds:
            return Stays(tuple(rows))
        # The holds of a booking are made and changed together, so the first speaks for all.
        new = end(holds[0], now)
        await ledger.change(
            [row.id for row in holds],
            kind=Kind.HOLD,
            expires_at=new.expires_at,
            pinned_at=new.pinned_at,
            revision=revision,
        )
        await ledger.tell_calendars(now, resources={row.resource_id for row in holds})
        return Stays(tuple(await ledger.of_booking(booking_id)))
