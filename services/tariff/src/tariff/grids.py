"""The prices of a season as typed for one number of persons: by length, by name, by weekday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique

ALL_WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)
MAX_PACKAGE = 35
"""The longest length of stay that may have its own price; longer ones follow the week price."""


@unique
class PackageKind(Enum):
    """The named packages of French lets; `USUAL` has their days of arrival and lengths."""

    WEEK_END = "WEEK_END"
    MID_WEEK = "MID_WEEK"
    MONTH = "MONTH"


USUAL: Mapping[PackageKind, tuple[tuple[int, ...], tuple[int, ...]]] = {
    PackageKind.WEEK_END: ((5,), (2,)),
    PackageKind.MID_WEEK: ((1,), (4,)),
    PackageKind.MONTH: (ALL_WEEKDAYS, (28, 29, 30, 31)),
}
"""ISO weekdays of arrival and lengths in nights, where a package says nothing else."""


@dataclass(frozen=True, slots=True)
class NamedPackage:
    """A package with a name: the price of a whole stay that arrives and lasts as said.

    It beats the price of the same length where every season that the stay touches has it.
    """

    kind: PackageKind
    price: int
    arrival_weekdays: tuple[int, ...] = ()
    """Empty: those of the kind."""
    nights: tuple[int, ...] = ()
    """Lengths; empty: those of the kind."""

    @property
    def arrivals(self) -> tuple[int, ...]:
        """The ISO weekdays of arrival."""
        return self.arrival_weekdays or USUAL[self.kind][0]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths in nights."""
        return self.nights or USUAL[self.kind][1]

    def fits(self, weekday: int, length: int) -> bool:
        """Whether a stay that arrives on that ISO weekday and lasts so long is this package."""
        return length in self.lengths and weekday in self.arrivals


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The prices for parties of up to `persons`, instead of the season's own."""

    persons: int
    packages: Mapping[int, int]
    """Price of a whole stay by its length in nights, 1 to 35."""
    extra_night: int | None = None
    named: tuple[NamedPackage, ...] = ()
    weekday_prices: Mapping[int, int] = field(default_factory=dict)
    """ISO weekday of a night -> its price."""
