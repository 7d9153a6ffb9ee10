"""One line of a file: a listing, its nights, its persons, its frozen price."""

from dataclasses import dataclass
from uuid import UUID

from values import Money, NightRange


@dataclass(frozen=True, slots=True)
class Party:
    """Who stays; nobody at all = not stated (only for entries by the owner)."""

    adults: int = 0
    children_ages: tuple[int, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether somebody stays."""
        return self.adults > 0 or bool(self.children_ages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as the quote priced it. `price` is the frozen explanation, opaque here."""

    id: UUID
    listing_id: UUID
    listing_code: str
    listing_name: str
    nights: NightRange
    party: Party
    accommodation: Money
    discounts: Money
    supplements: Money
    total: Money
    tax: Money
    agreed: bool
    price: bytes
