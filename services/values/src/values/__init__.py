"""Money and NightRange: the pure kernel shared by all of Séjour."""

from values.money import CurrencyMismatch, Money, MoneyNotUnderstood, half_up, largest_remainder
from values.nights import EmptyStay, NightRange, merge

__all__ = [
    "CurrencyMismatch",
    "EmptyStay",
    "Money",
    "MoneyNotUnderstood",
    "NightRange",
    "half_up",
    "largest_remainder",
    "merge",
]
