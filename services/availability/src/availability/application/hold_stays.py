"""Holds the nights of all lines of a booking, or none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import Clock

from availability.application.placing import OWN, Stays, Target, check_open, refuse_stale, settle, split
from availability.application.ports import Ledgers
from availability.domain.errors import HoldGone
from availability.domain.occupancy import Kind, Line


@dataclass(frozen=True, slots=True)
class HoldStays:
    """What booking asks; `expires_at` None = without end; `allow_unopened` for entries by the owner."""

    booking_id: UUID
    revision: int
    client_key: str
    lines: tuple[Line, ...]
    expires_at: datetime | None
    allow_unopened: bool


async def hold_stays(command: HoldStays, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Holds the lines under the locks of their properties.

    Natural key: booking and revision. A repeat answers what stands, and changes nothing.

    Raises:
        ListingNotFound: a listing is unknown here.
        NightsTaken, NightsNotOpen, ChainTooLong, GuestLimit, Busy.
        RevisionStale: a newer revision was applied, or the nights of this one were freed.
        HoldGone: the end asked for is already past.

    """
    now = clock()
    async with ledgers.open() as ledger:
        mark = await ledger.mark_booking(command.booking_id)
        refuse_stale(command.booking_id, command.revision, mark, after_release=True)
        ids = [line.listing_id for line in command.lines]
        await ledger.lock_for(ids, booking_id=command.booking_id, with_guest_rooms=True)
        listings = await ledger.listings(ids, OWN)
        # A booking that was never seen has no rows; rivals wait for what is asked under the lock.
        present = await ledger.of_booking(command.booking_id) if mark.revision >= 0 else []
        _, gone, new = split(present, command.lines)
        unopened = await check_open(
            ledger, listings, command.lines, present, now=now, allow=command.allow_unopened
        )
        if command.revision == mark.revision and present and not gone and not new:
            return Stays(tuple(present), unopened)
        if command.expires_at is not None and command.expires_at <= now:
            raise HoldGone(booking_id=command.booking_id)
        taken = any(row.kind is Kind.STAY for row in present)
        target = Target(
            booking_id=command.booking_id,
            revision=command.revision,
            client_key=command.client_key,
            lines=command.lines,
            kind=Kind.STAY if taken else Kind.HOLD,
            expires_at=None if taken else command.expires_at,
            reveal=command.allow_unopened,
        )
        added = await settle(ledger, target, listings, present, now=now)
        await ledger.set_mark(command.booking_id, command.revision, mark.released_revision)
        rows = await ledger.of_booking(command.booking_id) if present else added
        return Stays(tuple(rows), unopened)
