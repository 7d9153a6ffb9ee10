"""Opens nights of several listings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from values import NightRange

from availability.application.ports import Ledger, Ledgers
from availability.domain.calendar import busy_nights
from availability.domain.errors import BadRange
from availability.domain.listing import Listing
from availability.domain.opening import Period, count_within, horizon, on_weekdays, opened


@dataclass(frozen=True, slots=True)
class OpenNights:
    """What an owner opens; `rolling` lets the last range roll on; `weekdays` are ISO, empty = all.

    Without `request_id` it is a preview: only counted.
    """

    request_id: UUID | None
    body_hash: bytes
    listing_ids: tuple[UUID, ...]
    nights: tuple[NightRange, ...]
    rolling: bool
    weekdays: Collection[int]


@dataclass(frozen=True, slots=True)
class Opened:
    """What became open, counted over all listings."""

    listings: int
    nights_opened: int
    nights_already_open: int
    nights_occupied: int
    periods: tuple[tuple[UUID, Period], ...]


async def open_nights(command: OpenNights, *, scope: Scope, ledgers: Ledgers, clock: Clock) -> Opened:
    """Opens the nights; touching periods merge; occupied nights are opened too and counted.

    Idempotent on `request_id`: a repeat gives the first counts and the periods of now.

    Raises:
        ListingNotFound: one of them is not the owner's.
        BadRange: nothing to open, or a rolling period by weekdays.
        RequestIdReused, Busy.

    """
    _refuse_nothing(command)
    now = clock()
    async with ledgers.open() as ledger:
        done = None
        if command.request_id is not None:
            done = await ledger.claim(
                command.request_id, method="OpenNights", body_hash=command.body_hash, now=now
            )
        listings = await ledger.listings(command.listing_ids, scope)
        if done is not None:
            first, already, occupied = (int(one) for one in done.split())
            periods = await ledger.periods(command.listing_ids)
            return Opened(len(listings), first, already, occupied, _flat(periods))
        await ledger.lock_for(command.listing_ids)
        found = await _open(ledger, command, listings, now)
        if command.request_id is not None:
            await ledger.tell_calendars(now, listings=command.listing_ids)
            counts = (found.nights_opened, found.nights_already_open, found.nights_occupied)
            await ledger.finish(command.request_id, " ".join(map(str, counts)))
        return found


def _refuse_nothing(command: OpenNights) -> None:
    if not command.listing_ids or not command.nights:
        raise BadRange(field="nights" if command.listing_ids else "listing_ids")
    if command.rolling and command.weekdays:
        raise BadRange(field="weekdays")


async def _open(ledger: Ledger, command: OpenNights, listings: dict[UUID, Listing], now: datetime) -> Opened:
    before = await ledger.periods(command.listing_ids)
    counts = [0, 0, 0]
    after: dict[UUID, list[Period]] = {}
    for listing in listings.values():
        new = _new_periods(command, listing, now)
        after[listing.id] = opened(before[listing.id], new)
        for i, count in enumerate(await _count(ledger, listing, new, before[listing.id], now)):
            counts[i] += count
        if command.request_id is not None:
            after[listing.id] = await ledger.replace_periods(
                listing.id, before[listing.id], after[listing.id]
            )
    return Opened(len(listings), counts[0], counts[1], counts[2], _flat(after))


def _new_periods(command: OpenNights, listing: Listing, now: datetime) -> list[Period]:
    nights = sorted(command.nights)
    found = [Period(part) for one in nights for part in on_weekdays(one, command.weekdays)]
    if command.rolling and found:
        last = found[-1]
        end = max(last.nights.departure, horizon(today(now, listing.zone)))
        found[-1] = replace(last, nights=NightRange(last.nights.arrival, end), rolling=True)
    if not found:
        raise BadRange(field="weekdays")
    return found


async def _count(
    ledger: Ledger, listing: Listing, new: Sequence[Period], before: Sequence[Period], now: datetime
) -> tuple[int, int, int]:
    wanted = NightRange.merge(one.nights for one in new)
    already = count_within(wanted, [one.nights for one in before])
    standing = [one for one in await ledger.standing(listing.resources, wanted) if not one.expired(now)]
    busy = NightRange.merge(one.nights for one in busy_nights(listing, standing))
    return sum(one.length for one in wanted) - already, already, count_within(wanted, busy)


def _flat(periods: dict[UUID, list[Period]]) -> tuple[tuple[UUID, Period], ...]:
    return tuple((listing_id, one) for listing_id, found in periods.items() for one in found)
