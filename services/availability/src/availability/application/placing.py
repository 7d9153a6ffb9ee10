"""How the lines of a booking come to stand as asked, inside a ledger whose properties are locked.

`hold_stays`, `confirm_stays` and `move_stays` are made of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import today
from chassis.ids import new_id
from values import NightRange

from availability.application.ports import BookingMark, Ledger
from availability.domain.errors import BadRange, NightsNotOpen, RevisionStale
from availability.domain.limits import check_chain, check_guest_rooms
from availability.domain.listing import Listing, ListingKind, Mode
from availability.domain.occupancy import Kind, Line, Occupancy, choose_resources
from availability.domain.opening import missing

OWN = Scope.system("availability")
"""Booking acts for everybody: its lines are not limited to one owner's listings."""


@dataclass(frozen=True, slots=True)
class Stays:
    """The rows of a booking as they are now, and the lines that stand on nights that are not open."""

    rows: tuple[Occupancy, ...]
    unopened: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """How the lines of a booking should stand."""

    booking_id: UUID
    revision: int
    client_key: str
    lines: tuple[Line, ...]
    kind: Kind
    expires_at: datetime | None = None
    pinned_at: datetime | None = None
    reveal: bool = False
    """True when the asker is the owner, who may know which booking is in the way."""


def refuse_stale(booking_id: UUID, revision: int, mark: BookingMark, *, after_release: bool) -> None:
    """Refuses a command that is older than what was applied.

    `after_release` refuses also one of the revision at which the nights were freed: it is a late
    message of a file that has ended.

    Raises:
        RevisionStale: with the revision applied.

    """
    if revision < mark.revision or (after_release and revision <= mark.released_revision):
        raise RevisionStale(booking_id=booking_id, revision=revision, applied=mark.revision)


def stands(row: Occupancy, lines: Mapping[UUID | None, Line]) -> bool:
    """True when a row already is what its line asks."""
    line = lines.get(row.line_id)
    return line is not None and (row.listing_id, row.nights, row.guests) == (
        line.listing_id,
        line.nights,
        line.guests,
    )


def split(
    present: Sequence[Occupancy], lines: Sequence[Line]
) -> tuple[list[Occupancy], list[Occupancy], list[Line]]:
    """Rows to keep, rows to remove, lines to place.

    Raises:
        BadRange: no line, or a line twice.

    """
    by_id: dict[UUID | None, Line] = {line.line_id: line for line in lines}
    if not lines or len(by_id) != len(lines):
        raise BadRange(field="lines")
    kept = [row for row in present if stands(row, by_id)]
    placed = {row.line_id for row in kept}
    gone = [row for row in present if row not in kept]
    return kept, gone, [line for line in lines if line.line_id not in placed]


async def check_open(
    ledger: Ledger,
    listings: Mapping[UUID, Listing],
    lines: Sequence[Line],
    present: Sequence[Occupancy],
    *,
    now: datetime,
    allow: bool,
) -> tuple[Line, ...]:
    """The parts of lines that are not open; nights the booking already has count as open.

    Raises:
        NightsNotOpen: there are such parts, the listing is not in production, or the arrival is past,
            and only the owner (`allow`) may do that.

    """
    periods = await ledger.periods([line.listing_id for line in lines])
    found: list[Line] = []
    for line in lines:
        own = [row.nights for row in present if row.listing_id == line.listing_id]
        gaps = missing(line.nights, [*(one.nights for one in periods[line.listing_id]), *own])
        found += [replace(line, nights=gap) for gap in gaps]
        if allow or not missing(line.nights, own):
            continue
        listing = listings[line.listing_id]
        if not listing.in_production:
            raise _not_open(line.listing_id, line.nights, "NOT_IN_PRODUCTION")
        if line.nights.arrival < today(now, listing.zone):
            raise _not_open(line.listing_id, line.nights, "IN_PAST")
        if gaps:
            raise _not_open(line.listing_id, gaps[0], "NOT_OPEN")
    return tuple(found)


def _not_open(listing_id: UUID, nights: NightRange, why: str) -> NightsNotOpen:
    return NightsNotOpen(listing_id=listing_id, arrival=nights.arrival, departure=nights.departure, why=why)


async def settle(
    ledger: Ledger,
    target: Target,
    listings: Mapping[UUID, Listing],
    present: Sequence[Occupancy],
    *,
    now: datetime,
) -> list[Occupancy]:
    """Makes the booking's rows what the target says and publishes the calendars; returns the new rows.

    Raises:
        NightsTaken: something stands on the nights of a new line.
        ChainTooLong, GuestLimit: a new line breaks a legal limit.

    """
    kept, gone, new = split(present, target.lines)
    if gone:
        await ledger.remove([row.id for row in gone])
    if kept:
        await ledger.change(
            [row.id for row in kept],
            kind=target.kind,
            expires_at=target.expires_at,
            pinned_at=target.pinned_at,
            revision=target.revision,
        )
    touched = {row.resource_id for row in (*kept, *gone)}
    added: list[Occupancy] = []
    if new:
        freed, added = await _place(ledger, target, listings, new, gone=gone, now=now)
        touched |= freed | {row.resource_id for row in added}
    await ledger.tell_calendars(now, resources=touched)
    return added


async def _place(
    ledger: Ledger,
    target: Target,
    listings: Mapping[UUID, Listing],
    new: Sequence[Line],
    *,
    gone: Sequence[Occupancy],
    now: datetime,
) -> tuple[set[UUID], list[Occupancy]]:
    resources = {one for line in new for one in listings[line.listing_id].resources}
    wanted = [line.nights for line in new]
    standing = await ledger.standing(resources, wanted)
    touched = await free_expired(ledger, standing, wanted, now)
    standing = [one for one in standing if not one.expired(now)]
    await _check_limits(ledger, target, listings, new, now)
    rows: list[Occupancy] = []
    for line in new:
        chosen = choose_resources(
            listings[line.listing_id],
            line.nights,
            [*standing, *rows],
            prefer=[row.resource_id for row in gone if row.line_id == line.line_id],
            reveal=target.reveal,
        )
        rows += [_row(target, line, resource) for resource in chosen]
    await ledger.add(rows)
    return touched, sorted(rows, key=lambda one: (one.nights, one.id))


def _row(target: Target, line: Line, resource: UUID) -> Occupancy:
    return Occupancy(
        id=new_id(),
        resource_id=resource,
        listing_id=line.listing_id,
        nights=line.nights,
        kind=target.kind,
        booking_id=target.booking_id,
        line_id=line.line_id,
        booking_revision=target.revision,
        expires_at=target.expires_at,
        pinned_at=target.pinned_at,
        guests=line.guests,
        client_key=target.client_key,
    )


async def free_expired(
    ledger: Ledger, standing: Sequence[Occupancy], wanted: Collection[NightRange], now: datetime
) -> set[UUID]:
    """Ends the bookings whose holds are past their end and stand on wanted nights; all their lines at once.

    Returns the resources that became free.
    """
    ended = {
        one.booking_id
        for one in standing
        if one.booking_id is not None and one.expired(now) and any(one.nights.overlaps(w) for w in wanted)
    }
    return await expire(ledger, ended, now) if ended else set()


async def expire(ledger: Ledger, booking_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Deletes the expired holds of bookings and publishes each booking's end once."""
    gone = await ledger.expire(booking_ids, now)
    revisions: dict[UUID, int] = {}
    for row in gone:
        if row.booking_id is not None:
            revisions[row.booking_id] = max(row.booking_revision, revisions.get(row.booking_id, 0))
    for booking_id, revision in revisions.items():
        await ledger.tell_expired(booking_id, revision, now)
    return {row.resource_id for row in gone}


async def _check_limits(
    ledger: Ledger, target: Target, listings: Mapping[UUID, Listing], new: Sequence[Line], now: datetime
) -> None:
    for line in new:
        others = [one.nights for one in new if one.listing_id == line.listing_id]
        if target.client_key:
            near = await ledger.of_client(target.client_key, line.listing_id, line.nights, now)
            others += [one.nights for one in near]
        check_chain(line.listing_id, line.nights, others)
    rooms: dict[UUID, list[tuple[Line, int]]] = {}
    for line in new:
        listing = listings[line.listing_id]
        if listing.kind is ListingKind.GUEST_ROOM:
            count = len(listing.resources) if listing.mode is Mode.ALL else 1
            rooms.setdefault(listing.owner_id, []).append((line, count))
    for owner_id, wanted in rooms.items():
        standing = await ledger.of_guest_rooms(owner_id, [line.nights for line, _ in wanted], now)
        check_guest_rooms(wanted, standing, owner_id)
