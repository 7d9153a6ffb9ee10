"""Legal limits that are checked under the property's lock: 90 nights in a row, 5 rooms, 15 guests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from values import NightRange

from availability.domain.errors import ChainTooLong, GuestLimit
from availability.domain.occupancy import Line, Occupancy

MAX_CHAIN = 90
"""Nights in a row for one client on one listing, not renewable (loi Hoguet 70-9, article 1-1)."""
MAX_ROOMS = 5
MAX_GUESTS = 15
"""At once, in all chambres d'hôtes of one owner (D324-13 Code du tourisme)."""


def check_chain(listing_id: UUID, nights: NightRange, others: Iterable[NightRange]) -> None:
    """Refuses a stay that makes, with the same client's stays that touch it, more than 90 nights.

    Raises:
        ChainTooLong: with the chain's length.

    """
    chain = next(run for run in NightRange.merge([nights, *others]) if run.covers(nights))
    if chain.length > MAX_CHAIN:
        raise ChainTooLong(
            listing_id=listing_id,
            nights=chain.length,
            max_nights=MAX_CHAIN,
            arrival=chain.arrival,
            departure=chain.departure,
        )


def check_guest_rooms(
    wanted: Sequence[tuple[Line, int]], standing: Iterable[Occupancy], owner_id: UUID
) -> None:
    """Refuses when, on one of the wanted nights, an owner would have too many rooms or guests.

    `wanted` are lines with the number of rooms each takes; `standing` is what already stands (live)
    in his guest rooms, one row per room, guests on each row of a line. Guests not stated count as one.

    Raises:
        GuestLimit: with the night.

    """
    rooms: dict[date, int] = defaultdict(int)
    guests: dict[date, int] = defaultdict(int)
    counted: set[tuple[UUID | None, UUID | None]] = set()
    for one in standing:
        line = (one.booking_id, one.line_id)
        for night in one.nights.nights:
            rooms[night] += 1
            if line not in counted:
                guests[night] += max(1, one.guests)
        counted.add(line)
    for line_wanted, count in wanted:
        for night in line_wanted.nights.nights:
            rooms[night] += count
            guests[night] += max(1, line_wanted.guests)
    for line_wanted, _ in wanted:
        for night in line_wanted.nights.nights:
            if rooms[night] > MAX_ROOMS or guests[night] > MAX_GUESTS:
                raise GuestLimit(
                    owner_id=owner_id,
                    night=night,
                    rooms=rooms[night],
                    guests=guests[night],
                    max_rooms=MAX_ROOMS,
                    max_guests=MAX_GUESTS,
                )
