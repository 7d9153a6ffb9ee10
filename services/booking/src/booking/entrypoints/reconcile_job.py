"""The reconciler as a job: one process at a time compares everything, mends, and tells it as metrics."""

from chassis.clock import Clock
from chassis.database import Database
from chassis.leases import only_one
from chassis.logging import get_logger
from prometheus_client import Counter, Gauge

from booking.application.reconcile import Reconciler, day_of, reconcile_all
from booking.domain.comparing import Kind

log = get_logger()

DIFFERENCES = Gauge(
    "sejour_reconcile_differences",
    "Files that differ from availability's nights and were not mended, by kind, at the last comparison. Must"
    " be 0. Run « sejour reconcile », it names them; docs/operations/reconcile.md says what each asks for.",
    ["kind"],
)
MENDED = Counter(
    "sejour_reconcile_mended_total",
    "Differences that the reconciler mended. Any growth means that a step was lost: look for its cause in the"
    " log (« reconcile_difference »).",
    ["kind"],
)
COMPARED = Gauge(
    "sejour_reconcile_compared_files",
    "Files looked at by the last comparison of this process; 0 where another process compares. When it is"
    " 0 in all, read the log.",
)
LAST = Gauge(
    "sejour_reconcile_last_timestamp_seconds",
    "When the last comparison of this process ended. When no process has one in 15 minutes, read the log.",
)
for _kind in Kind:
    DIFFERENCES.labels(_kind.value)
    MENDED.labels(_kind.value)


async def reconcile(reconciler: Reconciler, database: Database, clock: Clock, *, mends: bool) -> bool:
    """Compares all pages; False, and nothing done, where another process is at it."""
    async with only_one(database, "reconcile") as mine:
        if not mine:
            for kind in Kind:
                DIFFERENCES.labels(kind.value).set(0)
            COMPARED.set(0)
            return False
        compared = await reconcile_all(reconciler, departing_after=day_of(clock()), mend=mends)
    left = [one.kind for one in compared.found if not one.mended]
    for kind in Kind:
        DIFFERENCES.labels(kind.value).set(left.count(kind))
    for one in compared.found:
        if one.mended:
            MENDED.labels(one.kind.value).inc()
    COMPARED.set(compared.files)
    LAST.set(clock().timestamp())
    log.info(
        "reconciled",
        files=compared.files,
        bookings=compared.bookings,
        differences=len(compared.found),
        left=len(left),
    )
    return True
