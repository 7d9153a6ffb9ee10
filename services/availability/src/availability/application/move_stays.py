"""Replaces the lines of a booking: other nights, other listings, another party."""

from dataclasses import dataclass
from uuid import UUID

from chassis.clock import Clock

from availability.application.placing import OWN, Stays, Target, check_open, refuse_stale, settle
from availability.application.ports import Ledgers
from availability.domain.errors import HoldGone
from availability.domain.occupancy import Kind, Line


@dataclass(frozen=True, slots=True)
class MoveStays:
    """What booking asks: the lines as they should be."""

    booking_id: UUID
    revision: int
    client_key: str
    lines: tuple[Line, ...]
    allow_unopened: bool


async def move_stays(command: MoveStays, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Moves under the locks of the old and the new properties; what stands stays a hold or a stay.

    Repeats are harmless.

    Raises:
        NightsTaken, NightsNotOpen, ChainTooLong, GuestLimit: all is as it was.
        HoldGone: the booking has no nights.
        RevisionStale, ListingNotFound, Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        mark = await ledger.mark_booking(command.booking_id)
        refuse_stale(command.booking_id, command.revision, mark, after_release=True)
        ids = [line.listing_id for line in command.lines]
        await ledger.lock_for(ids, booking_id=command.booking_id, with_guest_rooms=True)
        listings = await ledger.listings(ids, OWN)
        present = await ledger.of_booking(command.booking_id)
        if not present:
            raise HoldGone(booking_id=command.booking_id)
        unopened = await check_open(
            ledger, listings, command.lines, present, now=now, allow=command.allow_unopened
        )
        taken = any(row.kind is Kind.STAY for row in present)
        target = Target(
            booking_id=command.booking_id,
            revision=command.revision,
            client_key=command.client_key or present[0].client_key,
            lines=command.lines,
            kind=Kind.STAY if taken else Kind.HOLD,
            expires_at=None if taken else present[0].expires_at,
            pinned_at=None if taken else present[0].pinned_at,
            reveal=command.allow_unopened,
        )
        await settle(ledger, target, listings, present, now=now)
        await ledger.set_mark(command.booking_id, command.revision, mark.released_revision)
        return Stays(tuple(await ledger.of_booking(command.booking_id)), unopened)
