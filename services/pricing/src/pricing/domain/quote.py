"""A quote: a stored price that one booking may use once before it expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, unique
from uuid import UUID

from pricing.domain.errors import QuoteExpired, QuoteUsed
from pricing.domain.lines import LinePrice

GUEST_LIFETIME = timedelta(minutes=30)
OWNER_LIFETIME = timedelta(days=7)


@unique
class QuoteSource(Enum):
    """Where its price comes from."""

    TARIFF = "TARIFF"
    OWNER = "OWNER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The prices of some lines of one owner. `is_public`: made for a guest, who may read it."""

    id: UUID
    owner_id: UUID
    source: QuoteSource
    lines: tuple[LinePrice, ...]
    terms_revision: int
    created_at: datetime
    expires_at: datetime
    is_public: bool

    @property
    def total(self) -> int:
        """What all lines cost, without the tourist tax."""
        return sum(line.total for line in self.lines)

    @property
    def currency(self) -> str:
        """The currency of the owner."""
        return self.lines[0].currency


@dataclass(slots=True)
class QuoteUse:
    """The part of a stored quote that changes."""

    id: UUID
    expires_at: datetime
    used_by: UUID | None

    def use(self, booking_id: UUID, *, now: datetime) -> None:
        """Marks the quote used; the same booking may repeat, even after the expiry.

        Raises:
            QuoteUsed: another booking has it.
            QuoteExpired: its time is over.

        """
        if self.used_by == booking_id:
            return
        if self.used_by is not None:
            raise QuoteUsed(id=self.id)
        if self.expires_at <= now:
            raise QuoteExpired(id=self.id, expires_at=self.expires_at.isoformat())
        self.used_by = booking_id

    def give_back(self, booking_id: UUID) -> bool:
        """Lets the quote be used again when this booking, which came to nothing, has it; says whether."""
        if self.used_by != booking_id:
            return False
        self.used_by = None
        return True
