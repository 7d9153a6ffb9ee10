"""What may be wrong with a rate sheet, and where; found by `compile` and its steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from tariff.lines import Params

PRICE_LIMIT = 50_000_000
"""Half a million euros: beyond it a price is a slip of the finger, and the search index would overflow."""
MAX_CHILD_BANDS = 3
MAX_DISCOUNTS = 8
MAX_CONDITIONAL = 4
"""Obligatory supplements with a condition; the search index has room for no more."""


@unique
class Problem(Enum):
    """What is wrong with a sheet; the value says whether it is refused or only warned."""

    SEASONS_OVERLAP = ("SEASONS_OVERLAP", True)
    PRICES_OVERLAP = ("PRICES_OVERLAP", True)
    DUPLICATE = ("DUPLICATE", True)
    NEGATIVE_PRICE = ("NEGATIVE_PRICE", True)
    PRICE_TOO_HIGH = ("PRICE_TOO_HIGH", True)
    PACKAGE_LENGTH = ("PACKAGE_LENGTH", True)
    PERSONS = ("PERSONS", True)
    CHILD_BANDS = ("CHILD_BANDS", True)
    UNIT = ("UNIT", True)
    PERCENT = ("PERCENT", True)
    WEEKDAYS = ("WEEKDAYS", True)
    STAY_LENGTH = ("STAY_LENGTH", True)
    DAYS = ("DAYS", True)
    PACKAGES_OVERLAP = ("PACKAGES_OVERLAP", True)
    PROMO_CODE = ("PROMO_CODE", True)
    TOO_MANY = ("TOO_MANY", True)
    GAP = ("GAP", False)
    ZERO_PRICE = ("ZERO_PRICE", False)
    NOTHING_PRICED = ("NOTHING_PRICED", False)

    @property
    def refused(self) -> bool:
        """Whether a sheet with it is not published."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem; `where` is a path such as `seasons.<id>.packages.7`."""

    problem: Problem
    where: str
    params: Params
