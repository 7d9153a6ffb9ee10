"""Who stays, and what they choose besides: the inputs of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

ADULT_AGE = 18


@dataclass(frozen=True)
class Party:
    """Who stays. Infants sleep in a cot: they take no place, pay no extra, and are occupants for the tax."""

    adults: int
    children: tuple[int, ...] = ()
    """Ages in years."""
    infants: int = 0
    tax_exempt_adults: int = 0
    """Adults who owe no tourist tax, such as seasonal workers of the commune."""

    def __post_init__(self) -> None:
        if min(self.adults, self.infants, self.tax_exempt_adults, *self.children, 0) < 0:
            raise ValueError("a party has no negative numbers")

    @property
    def persons(self) -> int:
        """Adults and children."""
        return self.adults + len(self.children)

    @property
    def occupants(self) -> int:
        """Everybody, infants too."""
        return self.persons + self.infants

    @cached_property
    def taxable(self) -> int:
        """Persons of 18 and more who owe the tourist tax."""
        grown = sum(age >= ADULT_AGE for age in self.children)
        return max(0, self.adults + grown - self.tax_exempt_adults)

    @cached_property
    def oldest_first(self) -> tuple[int, ...]:
        """The children's ages in the order in which they fill the base."""
        return tuple(sorted(self.children, reverse=True))

    def beyond(self, base: int) -> tuple[int, Sequence[int]]:
        """Adults and children's ages beyond `base`: adults fill it first, then the oldest children."""
        return max(0, self.adults - base), self.oldest_first[max(0, base - self.adults) :]


@dataclass(frozen=True, slots=True)
class ChosenSupplement:
    """A supplement asked for. `quantity` None: everybody where it is per person, else one; 0: not wanted."""

    code: str
    quantity: int | None = field(default=None)
