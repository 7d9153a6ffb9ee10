"""Ends the holds that nobody touched after their time; a job calls it."""

from uuid import UUID

from chassis.clock import Clock
from chassis.errors import Busy, ServiceError
from chassis.logging import get_logger

from availability.application.placing import expire
from availability.application.ports import Ledgers

log = get_logger()

_BATCH = 200


async def sweep_holds(*, ledgers: Ledgers, clock: Clock) -> int:
    """Deletes expired holds booking by booking, each under its locks, and publishes their end.

    Returns how many bookings ended. A booking whose lock is busy waits for the next sweep.
    """
    async with ledgers.open() as ledger:
        ended = await ledger.expired_bookings(clock(), _BATCH)
    return sum([await _end(booking_id, ledgers, clock) for booking_id in ended])


async def _end(booking_id: UUID, ledgers: Ledgers, clock: Clock) -> int:
    now = clock()
    try:
        async with ledgers.open() as ledger:
            await ledger.lock_for((), booking_id=booking_id)
            touched = await expire(ledger, [booking_id], now)
            if not touched:
                return 0
            await ledger.tell_calendars(now, resources=touched)
    except Busy:
        log.info("sweep_busy", booking_id=str(booking_id))
        return 0
    except ServiceError:
        raise
    except Exception as error:
        # The oldest comes first each time: one that nobody understands must not keep all others held.
        log.exception("sweep_failed", booking_id=str(booking_id), error=type(error).__name__)
        return 0
    log.info("hold_expired", booking_id=str(booking_id))
    return 1
