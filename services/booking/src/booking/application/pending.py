"""Ends what availability is being asked for (`BookingFile.pending`): a new end of the hold, other persons.

Called by `drive`; each step may be repeated after a crash.
"""

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ErrorKind, RemoteError
from chassis.failpoints import failpoint

from booking.application.ports import Availability, OpenUnit
from booking.domain.booking import BookingFile
from booking.domain.errors import StillPlacing, error_of
from booking.domain.pending import Pending, PendingHold
from booking.domain.states import OPTIONS

SELF = Scope.system("booking")
UNKNOWN = frozenset(
    {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL, ErrorKind.UNAUTHENTICATED}
)
LOST = frozenset({"NIGHTS_TAKEN", "HOLD_GONE"})


def is_unknown(error: RemoteError) -> bool:
    """Whether the other service may have done it or not."""
    return error.kind in UNKNOWN or not error.answered


async def finish_pending(
    seen: BookingFile, *, open_unit: OpenUnit, availability: Availability, clock: Clock
) -> BookingFile | None:
    """Asks availability and writes its answer down; None where somebody else did that meanwhile.

    Raises:
        ServiceError: availability refused; the file says so too.
        StillPlacing: it did not answer, and is asked again.

    """
    pending = seen.pending
    if pending is None:
        return seen
    refusal = await _ask(seen, pending, availability)
    async with open_unit() as unit:
        file = await unit.files.get(seen.id, SELF, lock=True)
        if file.pending != pending:
            return None
        if refusal is not None:
            _take_refusal(file, refusal, clock)
        elif isinstance(pending, PendingHold):
            file.take_new_end(now=clock())
        else:
            file.take_new_lines(now=clock())
        await unit.files.save(file)
        await unit.commit()
    if refusal is not None:
        raise error_of(refusal.reason, dict(refusal.metadata)) from refusal
    return file


async def _ask(seen: BookingFile, pending: Pending, availability: Availability) -> RemoteError | None:
    is_end = isinstance(pending, PendingHold)
    await failpoint("booking.before_extend" if is_end else "booking.before_move")
    refusal: RemoteError | None = None
    try:
        if isinstance(pending, PendingHold):
            await availability.extend(seen.id, pending.revision, pending.expires_at)
        else:
            await availability.move(seen, pending.lines, pending.revision)
    except RemoteError as error:
        if error.kind is ErrorKind.BUSY or is_unknown(error):
            raise StillPlacing(booking_id=seen.id, state=seen.state) from error
        refusal = error
    await failpoint("booking.after_extend" if is_end else "booking.after_move")
    return refusal


def _take_refusal(file: BookingFile, refusal: RemoteError, clock: Clock) -> None:
    if refusal.reason in LOST and file.state in OPTIONS:
        file.lose_nights(refusal.metadata, now=clock())
    else:
        # A confirmed file is never ended by that: the reconciler takes its nights again, or raises the alarm.
        file.drop_pending(refusal.reason, refusal.metadata)
