"""What pricing keeps of a listing: whose it is, its capacity, and what its tourist tax depends on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from uuid import UUID

UNKNOWN_CAPACITY = 99
"""Stands for a capacity that the owner has not typed yet."""


@unique
class ListingState(Enum):
    """Where a listing is in its life."""

    DRAFT = "DRAFT"
    IN_PRODUCTION = "IN_PRODUCTION"
    WITHDRAWN = "WITHDRAWN"


@unique
class ListingKind(Enum):
    """What kind of accommodation it is."""

    SEASONAL_RENTAL = "SEASONAL_RENTAL"
    GUEST_ROOM = "GUEST_ROOM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing as the catalog last told it."""

    id: UUID
    owner_id: UUID
    revision: int
    state: ListingState
    kind: ListingKind
    base_persons: int = 0
    max_persons: int = 0
    official_stars: int = 0
    insee: str = ""
    zone: str = "Europe/Paris"
    vat_bp: int = 0
    """VAT inside its owner's prices; 0 where he is not liable."""

    @property
    def capacity(self) -> int:
        """Persons at most."""
        return self.max_persons or UNKNOWN_CAPACITY

    @property
    def tax_category(self) -> str:
        """The line of the tourist tax: labels are no classement (`domain.md` 2.1, rules 2 and 3)."""
        if self.kind is ListingKind.GUEST_ROOM:
            return "guest_room"
        return str(self.official_stars) if self.official_stars else "unclassified"
