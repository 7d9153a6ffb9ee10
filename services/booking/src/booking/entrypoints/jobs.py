"""Periodic work: files left in between, options whose news was lost, and the promise as metrics."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import Busy
from chassis.logging import get_logger
from prometheus_client import Gauge
from sqlalchemy import func, or_, select

from booking.adapters.tables import BOOKINGS
from booking.application.drive import Driver, end_failed, resume
from booking.application.moves import ask_overdue
from booking.domain.states import IN_BETWEEN, OPTIONS

log = get_logger()

RESUME_SECONDS = 3.0
ASK_SECONDS = 30.0
_GRACE = timedelta(minutes=2)

IN_BETWEEN_OLDEST = Gauge(
    "sejour_booking_in_between_oldest_seconds",
    "Since when the oldest file is between two services. When it grows, availability or pricing does not"
    " answer: read « resume_failed » in the log.",
)
IN_BETWEEN_FILES = Gauge(
    "sejour_booking_in_between_files",
    "Files between two services. At rest it is 0: the resumer ends them. When it stays, read the log.",
)
OVERDUE_OPTIONS = Gauge(
    "sejour_booking_overdue_options",
    "Options past their end for 2 minutes. When it grows, news does not arrive: look at Kafka.",
)


async def resume_files(driver: Driver) -> None:
    """Takes up what a crash or a silent service left."""
    tried = await resume(driver)
    if tried:
        log.info("files_resumed", files=tried)
    ended = await end_failed(driver)
    if ended:
        log.info("failed_files_told", files=ended)


async def ask_about_overdue(driver: Driver, clock: Clock) -> None:
    """Asks availability about options whose end is long past."""
    ended = await ask_overdue(before=clock() - _GRACE, driver=driver, clock=clock)
    if ended:
        log.warning("options_ended_without_news", files=ended)


async def ask_after_gap(driver: Driver, clock: Clock, compare: Callable[[], Awaitable[bool]]) -> None:
    """News of holds may have been missed: asks about what is overdue, then compares everything.

    Raises:
        Busy: another process compares, which may have begun before the gap.
        ServiceError: availability does not answer; the consumer comes back to it before it goes on.

    """
    await ask_about_overdue(driver, clock)
    if not await compare():
        raise Busy


async def measure(database: Database, clock: Clock) -> None:
    """Sets the gauges."""
    now = clock()
    waiting = or_(BOOKINGS.c.state.in_([str(one) for one in IN_BETWEEN]), BOOKINGS.c.pending.is_not(None))
    began = func.coalesce(BOOKINGS.c.step_began_at, BOOKINGS.c.touched_at)
    between = select(func.count(), func.min(began)).where(waiting)
    overdue = select(func.count()).where(
        BOOKINGS.c.state.in_([str(one) for one in OPTIONS]), BOOKINGS.c.hold_expires_at <= now - _GRACE
    )
    async with database.reading() as connection:
        count, oldest = (await connection.execute(between)).one()
        late = await connection.scalar(overdue)
    IN_BETWEEN_FILES.set(count)
    IN_BETWEEN_OLDEST.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
    OVERDUE_OPTIONS.set(late or 0)
