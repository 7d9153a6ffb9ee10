"""Closes nights of several listings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from values import NightRange

from availability.application.ports import Ledger, Ledgers
from availability.domain.errors import BadRange
from availability.domain.listing import Listing
from availability.domain.opening import closed, count_within


@dataclass(frozen=True, slots=True)
class CloseNights:
    """What an owner closes; without `request_id` it is a preview: only counted."""

    request_id: UUID | None
    body_hash: bytes
    listing_ids: tuple[UUID, ...]
    nights: tuple[NightRange, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """How many nights became closed, and the bookings that keep theirs."""

    nights_closed: int
    kept_booking_ids: tuple[UUID, ...]


async def close_nights(command: CloseNights, *, scope: Scope, ledgers: Ledgers, clock: Clock) -> Closed:
    """Closes the nights; held and taken ones keep their hold or stay.

    Idempotent on `request_id`: a repeat gives the first count and the bookings of now.

    Raises:
        ListingNotFound: one of them is not the owner's.
        BadRange: nothing to close.
        RequestIdReused, Busy.

    """
    if not command.listing_ids or not command.nights:
        raise BadRange(field="nights" if command.listing_ids else "listing_ids")
    now = clock()
    shut = NightRange.merge(command.nights)
    async with ledgers.open() as ledger:
        done = None
        if command.request_id is not None:
            done = await ledger.claim(
                command.request_id, method="CloseNights", body_hash=command.body_hash, now=now
            )
        listings = await ledger.listings(command.listing_ids, scope)
        if done is not None:
            return Closed(int(done), await _kept(ledger, listings, shut, now))
        await ledger.lock_for(command.listing_ids)
        before = await ledger.periods(command.listing_ids)
        count = sum(count_within(shut, [one.nights for one in found]) for found in before.values())
        if command.request_id is not None:
            for listing_id, found in before.items():
                await ledger.replace_periods(listing_id, found, closed(found, shut))
            await ledger.tell_calendars(now, listings=command.listing_ids)
            await ledger.finish(command.request_id, str(count))
        return Closed(count, await _kept(ledger, listings, shut, now))


async def _kept(
    ledger: Ledger, listings: dict[UUID, Listing], shut: list[NightRange], now: datetime
) -> tuple[UUID, ...]:
    found: dict[UUID, None] = {}
    for listing in listings.values():
        for one in await ledger.standing(listing.resources, shut):
            own = one.listing_id == listing.id and one.booking_id is not None and not one.expired(now)
            if own and one.booking_id is not None and any(one.nights.overlaps(part) for part in shut):
                found[one.booking_id] = None
    return tuple(found)
