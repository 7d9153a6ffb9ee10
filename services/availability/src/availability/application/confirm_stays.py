"""Turns the holds of a booking into stays."""

from dataclasses import dataclass
from uuid import UUID

from chassis.clock import Clock

from availability.application.placing import OWN, Stays, Target, refuse_stale, settle, split
from availability.application.ports import Ledgers
from availability.domain.errors import HoldGone
from availability.domain.occupancy import Kind, Line, Occupancy


@dataclass(frozen=True, slots=True)
class ConfirmStays:
    """What booking asks; the lines are needed when the holds have ended meanwhile."""

    booking_id: UUID
    revision: int
    client_key: str
    lines: tuple[Line, ...]


async def confirm_stays(command: ConfirmStays, *, ledgers: Ledgers, clock: Clock) -> Stays:
    """Takes the nights for good. Holds past their end but still free are taken again. Repeats are harmless.

    Raises:
        NightsTaken: a hold ended and somebody else has its nights.
        HoldGone: no line was given and none stands.
        RevisionStale, ListingNotFound, ChainTooLong, GuestLimit, Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        mark = await ledger.mark_booking(command.booking_id)
        refuse_stale(command.booking_id, command.revision, mark, after_release=True)
        ids = {line.listing_id for line in command.lines}
        await ledger.lock_for(ids, booking_id=command.booking_id, with_guest_rooms=True)
        present = await ledger.of_booking(command.booking_id)
        lines = command.lines or lines_of(present)
        if not lines:
            raise HoldGone(booking_id=command.booking_id)
        listings = await ledger.listings({line.listing_id for line in lines}, OWN)
        _, gone, new = split(present, lines)
        if not gone and not new and all(row.kind is Kind.STAY for row in present):
            await ledger.set_mark(command.booking_id, command.revision, mark.released_revision)
            return Stays(tuple(present))
        target = Target(
            booking_id=command.booking_id,
            revision=command.revision,
            client_key=command.client_key,
            lines=lines,
            kind=Kind.STAY,
        )
        await settle(ledger, target, listings, present, now=now)
        await ledger.set_mark(command.booking_id, command.revision, mark.released_revision)
        return Stays(tuple(await ledger.of_booking(command.booking_id)))


def lines_of(rows: list[Occupancy]) -> tuple[Line, ...]:
    """The lines that rows stand for, each once."""
    found = {
        row.line_id: Line(row.line_id, row.listing_id, row.nights, row.guests)
        for row in rows
        if row.line_id is not None
    }
    return tuple(found.values())
