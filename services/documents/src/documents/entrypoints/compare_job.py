"""The comparison of confirmed files with their mails as a job; one process at a time, mends and measures."""

from chassis.database import Database
from chassis.errors import Busy
from chassis.leases import only_one
from prometheus_client import Gauge

from documents.application.compare_confirmed import ConfirmedComparing

NEVER_PLANNED = Gauge(
    "sejour_reconcile_confirmed_without_mail",
    "Files confirmed in the last 48 h whose documents were never put on their way, and could not be now. Must"
    " be 0: read « confirmed_without_mail » in the log, and send the documents from the file.",
)


async def compare_confirmed(comparing: ConfirmedComparing, database: Database, *, mends: bool = True) -> bool:
    """Compares all pages; False, and nothing done, where another process is at it."""
    async with only_one(database, "compare_confirmed") as mine:
        NEVER_PLANNED.set(await comparing.all(mend=mends) if mine else 0)
    return mine


async def compare_after_gap(comparing: ConfirmedComparing, database: Database, *, mends: bool = True) -> None:
    """News of files may have been missed: compares everything.

    Raises:
        Busy: another process compares, which may have begun before the gap; the consumer comes back to it.

    """
    if not await compare_confirmed(comparing, database, mends=mends):
        raise Busy
