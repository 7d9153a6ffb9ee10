"""One line of a file: a listing, its nights, its persons, its frozen price."""

from dataclasses import dataclass
from uuid import UUID

from values import Money, NightRange

EXEMPTIONS = frozenset({"SEASONAL_WORKER", "REHOUSED", "LOW_RENT", "RESIDENT"})
"""Why an adult owes no tourist tax (CGCT L2333-29, -31; `domain.md` 2.1)."""
MOST_ADULTS, MOST_AGE = 99, 17


@dataclass(frozen=True, slots=True)
class Party:
    """Who stays; nobody at all = not stated (only for entries by the owner)."""

    adults: int = 0
    children_ages: tuple[int, ...] = ()
    exempt_adults: tuple[tuple[str, int], ...] = ()
    """Adults who owe no tourist tax: reason and number, by reason."""

    @property
    def occupants(self) -> tuple[int, tuple[int, ...]]:
        """Adults and ages, which the price depends on; exemptions change the tax alone."""
        return self.adults, self.children_ages

    @property
    def is_sane(self) -> bool:
        """Whether such a party can be: numbers in bounds, known exemptions of adults who are there."""
        counts = [count for _, count in self.exempt_adults]
        return (
            0 <= self.adults <= MOST_ADULTS
            and all(0 <= age <= MOST_AGE for age in self.children_ages)
            and all(count > 0 for count in counts)
            and sum(counts) <= self.adults
            and EXEMPTIONS.issuperset(reason for reason, _ in self.exempt_adults)
        )

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
