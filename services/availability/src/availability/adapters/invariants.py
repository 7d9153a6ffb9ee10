"""Measures the promise « no night is sold twice », and pins that nobody ended."""

from datetime import timedelta

from chassis.clock import Clock
from chassis.database import Database
from prometheus_client import Gauge
from sqlalchemy import func, select

from availability.adapters.rows import live
from availability.adapters.tables import OCCUPANCIES
from availability.domain.occupancy import Kind

OVERLAPS = Gauge(
    "sejour_overlapping_stays",
    "Pairs of rows that take the same night of a resource. Must be 0: otherwise stop selling and look.",
)
OLD_PINS = Gauge(
    "sejour_old_pins",
    "Holds pinned for more than 72 h. A payment hangs: look at the booking and its payment order.",
)
LATE_HOLDS = Gauge(
    "sejour_unswept_holds",
    "Holds past their end that nobody swept. When it stays above 0, the sweeper fails: read the log.",
)
_OLD_PIN = timedelta(hours=72)


async def measure(database: Database, clock: Clock) -> None:
    """Sets the gauges; a job calls it."""
    now = clock()
    one, other = OCCUPANCIES.alias(), OCCUPANCIES.alias()
    overlaps = (
        select(func.count())
        .select_from(one)
        .join(other, (one.c.resource_id == other.c.resource_id) & one.c.nights.overlaps(other.c.nights))
        .where(one.c.id < other.c.id)
    )
    old = select(func.count()).select_from(OCCUPANCIES).where(OCCUPANCIES.c.pinned_at < now - _OLD_PIN)
    late = (
        select(func.count()).select_from(OCCUPANCIES).where(~live(now), OCCUPANCIES.c.kind == Kind.HOLD.value)
    )
    async with database.reading() as connection:
        OVERLAPS.set((await connection.execute(overlaps)).scalar_one())
        OLD_PINS.set((await connection.execute(old)).scalar_one())
        LATE_HOLDS.set((await connection.execute(late)).scalar_one())
