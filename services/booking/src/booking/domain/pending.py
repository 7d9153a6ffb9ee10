"""What availability is being asked for a file: written down before it is asked."""

from dataclasses import dataclass
from datetime import datetime

from booking.domain.line import Line
from booking.domain.states import Change


@dataclass(frozen=True, slots=True)
class PendingHold:
    """A new end of the hold.

    `kind` is `EXTEND` (the owner's move) or `MAIL` (the mailed link); `expires_at` None = without end.
    """

    kind: Change
    expires_at: datetime | None
    revision: int


@dataclass(frozen=True, slots=True)
class PendingLines:
    """All lines as they should be: the same nights with other persons.

    Notes that were typed together with them come with them; None = as before.
    """

    lines: tuple[Line, ...]
    revision: int
    client_note: str | None = None
    internal_note: str | None = None


Pending = PendingHold | PendingLines
