"""How a file and the nights that availability has for it may differ: pure, called by `reconcile`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from uuid import UUID

from values import NightRange

from booking.domain.states import UNPAID, State

STUCK_AFTER = timedelta(minutes=5)
UNTOLD_AFTER = timedelta(minutes=2)
"""News of an ended hold may be on its way for so long."""


@unique
class Kind(StrEnum):
    """What differs; the contract's `DifferenceKind` says what each means and what mends it."""

    STAY_MISSING = "STAY_MISSING"
    HOLD_MISSING = "HOLD_MISSING"
    END_UNTOLD = "END_UNTOLD"
    NIGHTS_DIFFER = "NIGHTS_DIFFER"
    ONLY_HELD = "ONLY_HELD"
    TAKEN_UNTOLD = "TAKEN_UNTOLD"
    NIGHTS_OF_ENDED = "NIGHTS_OF_ENDED"
    NIGHTS_OF_UNKNOWN = "NIGHTS_OF_UNKNOWN"
    REVISION_AHEAD = "REVISION_AHEAD"
    STEP_STUCK = "STEP_STUCK"


@dataclass(frozen=True, slots=True)
class Part:
    """One line: its nights and persons (0 = not stated)."""

    line_id: UUID
    listing_id: UUID
    nights: NightRange
    guests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNights:
    """What a file says: only lines whose nights are not over."""

    id: UUID
    owner_id: UUID
    reference: str
    state: State
    revision: int
    step_began_at: datetime | None
    """Set while it is between two services."""
    hold_expires_at: datetime | None
    parts: frozenset[Part] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedNights:
    """What availability has: revision of the newest command, lines, and whether each is held or taken."""

    id: UUID
    revision: int
    parts: frozenset[Part]
    held: bool
    taken: bool


_HELD = UNPAID
_ENDED = frozenset(
    {
        State.EXPIRED,
        State.FAILED,
        State.DECLINED,
        State.CANCELLED_BY_CLIENT,
        State.CANCELLED_BY_OWNER,
    }
)


def difference(file: FileNights | None, booked: BookedNights | None, *, now: datetime) -> Kind | None:
    """What is wrong between the two; None = nothing, or a step that is under way."""
    if file is None:
        return Kind.NIGHTS_OF_UNKNOWN if booked else None
    if file.step_began_at is not None:
        return Kind.STEP_STUCK if now - file.step_began_at > STUCK_AFTER else None
    return _at_rest(file, booked, now)


def _at_rest(file: FileNights, booked: BookedNights | None, now: datetime) -> Kind | None:
    if booked is not None and booked.revision > file.revision:
        return Kind.REVISION_AHEAD
    if file.state in _ENDED:
        return Kind.NIGHTS_OF_ENDED if booked else None
    if file.state is State.CONFIRMED:
        return _of_confirmed(file, booked)
    if file.state in _HELD:
        return _of_option(file, booked, now)
    # What becomes of the nights of a guest who did not come is the owner's matter.
    return None


def _of_confirmed(file: FileNights, booked: BookedNights | None) -> Kind | None:
    if booked is None:
        return Kind.STAY_MISSING if file.parts else None
    if booked.parts != file.parts:
        return Kind.STAY_MISSING if booked.parts < file.parts else Kind.NIGHTS_DIFFER
    return Kind.ONLY_HELD if booked.held else None


def _of_option(file: FileNights, booked: BookedNights | None, now: datetime) -> Kind | None:
    if booked is None:
        if not file.parts:
            return None
        end = file.hold_expires_at
        if end is None or end > now:
            return Kind.HOLD_MISSING
        return Kind.END_UNTOLD if now - end > UNTOLD_AFTER else None
    if booked.taken:
        return Kind.TAKEN_UNTOLD
    return Kind.NIGHTS_DIFFER if booked.parts != file.parts else None
