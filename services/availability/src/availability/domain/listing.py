"""A listing as availability knows it: what it sells, whose it is, whether guests may see it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Mode(StrEnum):
    """Which of its resources a listing sells."""

    ALL = "ALL"
    """Every one at once: a house."""
    ANY = "ANY"
    """Any one of them: five like rooms."""


class ListingKind(StrEnum):
    """What kind of accommodation it is; guest rooms have a legal limit."""

    SEASONAL_RENTAL = "SEASONAL_RENTAL"
    GUEST_ROOM = "GUEST_ROOM"


class ListingState(StrEnum):
    """Where a listing is in its life."""

    DRAFT = "DRAFT"
    IN_PRODUCTION = "IN_PRODUCTION"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the catalog announced; `resources` in the catalog's order, at least one."""

    id: UUID
    owner_id: UUID
    property_id: UUID
    mode: Mode
    kind: ListingKind
    state: ListingState
    zone: str
    max_persons: int
    revision: int
    resources: tuple[UUID, ...]

    @property
    def sells_units(self) -> bool:
        """True when a stay takes one of several like resources."""
        return self.mode is Mode.ANY and len(self.resources) > 1

    @property
    def in_production(self) -> bool:
        """True when guests may see and book it."""
        return self.state is ListingState.IN_PRODUCTION
