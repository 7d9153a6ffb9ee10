"""What an import did, or would do: one line per record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalog.domain.record import Remark


class Outcome(StrEnum):
    """What became of one record."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"
    OLDER = "OLDER"


@dataclass(frozen=True, slots=True)
class Line:
    """One record: where it stood, what became of it, and what is odd about it."""

    where: str
    outcome: Outcome
    external_id: str = ""
    name: str = ""
    remarks: tuple[Remark, ...] = ()
    listing_id: UUID | None = None
    listing_code: str = ""
    changed_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The lines of an import in the order of the file."""

    id: UUID
    at: datetime
    dry_run: bool
    file_name: str
    format: str
    lines: Sequence[Line] = field(default_factory=tuple)

    def count(self, *outcomes: Outcome) -> int:
        """How many lines ended so."""
        return sum(line.outcome in outcomes for line in self.lines)
