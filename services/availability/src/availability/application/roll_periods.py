"""Lets « sans fin » periods reach 24 months ahead; a job calls it."""

import asyncio
import time
from dataclasses import replace
from uuid import UUID

from chassis.clock import Clock, today
from chassis.errors import ServiceError
from chassis.logging import get_logger
from values import NightRange

from availability.application.placing import OWN
from availability.application.ports import Ledgers
from availability.domain.opening import horizon, opened

log = get_logger()

_BATCH = 100


async def roll_periods(*, ledgers: Ledgers, clock: Clock) -> int:
    """Extends the rolling periods that end before their zone's horizon; returns how many listings had one.

    Goes once through all that are due, in slices; between two listings it rests as long as one took, so
    that the calls of people are not kept waiting at midnight. One that fails waits for the next run.
    """
    async with ledgers.open() as ledger:
        limits = {zone: horizon(today(clock(), zone)) for zone in await ledger.zones()}
    if not limits:
        return 0
    rolled, after = 0, None
    while True:
        async with ledgers.open() as ledger:
            behind = await ledger.rolling_behind(limits, _BATCH, after=after)
        for listing_id in behind:
            began = time.monotonic()
            rolled += await _roll_or_log(listing_id, ledgers, clock)
            await asyncio.sleep(time.monotonic() - began)
        if len(behind) < _BATCH:
            return rolled
        after = behind[-1]


async def _roll_or_log(listing_id: UUID, ledgers: Ledgers, clock: Clock) -> int:
    try:
        await _roll(listing_id, ledgers, clock)
    except ServiceError as error:
        log.info("roll_later", listing_id=str(listing_id), reason=error.reason)
        return 0
    except Exception as error:
        log.exception("roll_failed", listing_id=str(listing_id), error=type(error).__name__)
        return 0
    return 1


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
