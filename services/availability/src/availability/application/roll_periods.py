"""Lets « sans fin » periods reach 24 months ahead; a job calls it."""

from dataclasses import replace
from uuid import UUID

from chassis.clock import Clock, today
from values import NightRange

from availability.application.placing import OWN
from availability.application.ports import Ledgers
from availability.domain.opening import horizon, opened

_BATCH = 100


async def roll_periods(*, ledgers: Ledgers, clock: Clock) -> int:
    """Extends the rolling periods that end before their zone's horizon; returns how many listings had one."""
    async with ledgers.open() as ledger:
        limits = {zone: horizon(today(clock(), zone)) for zone in await ledger.zones()}
        behind = await ledger.rolling_behind(limits, _BATCH) if limits else []
    for listing_id in behind:
        await _roll(listing_id, ledgers, clock)
    return len(behind)


async def _roll(listing_id: UUID, ledgers: Ledgers, clock: Clock) -> None:
    now = clock()
    async with ledgers.open() as ledger:
        await ledger.lock_for([listing_id])
        listing = (await ledger.listings([listing_id], OWN))[listing_id]
        end = horizon(today(now, listing.zone))
        before = (await ledger.periods([listing_id]))[listing_id]
        longer = [
            replace(one, nights=NightRange(one.nights.arrival, end), id=None)
            for one in before
            if one.rolling and one.nights.departure < end
        ]
        if longer:
            await ledger.replace_periods(listing_id, before, opened(before, longer))
            await ledger.tell_calendars(now, listings=[listing_id])
