"""Money in integer minor units; every service and the gateway reckon with it, none with floats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

DEFAULT_DECIMALS = 2
DECIMALS = {"CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0}
"""Decimals of the currencies that do not have two (ISO 4217)."""

_SPACES = re.compile(r"\s")  # It also matches U+00A0 and U+202F, which French typography puts in amounts.
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_TYPED = re.compile(r"(?P<sign>[-−+]?)(?P<whole>[0-9]{1,15})(?:[.,](?P<part>[0-9]*))?\Z")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} cannot be mixed")
        self.left = left
        self.right = right


class MoneyNotUnderstood(ValueError):
    """A typed amount is no number, or has more decimals than its currency."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"{text!r}: {why}")
        self.text = text
        self.why = why


def half_up(numerator: int, denominator: int) -> int:
    """Divides and rounds to the nearest integer, halves away from zero: `half_up(5, 2) == 3`."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def largest_remainder(numerators: Sequence[int], denominator: int, total: int) -> list[int]:
    """Rounds each `numerator / denominator` so that the parts add up to `total`.

    `total` is the rounded sum of the parts, all of them non-negative; what the floors lack goes to the
    largest remainders, ties to the first.
    """
    parts = [numerator // denominator for numerator in numerators]
    lacking = total - sum(parts)
    if lacking:
        order = sorted(range(len(parts)), key=lambda i: -(numerators[i] % denominator))
        for i in order[:lacking]:
            parts[i] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents for EUR) of an ISO 4217 currency."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"minor units are an int, not {type(self.amount).__name__}")
        if not _CURRENCY.match(self.currency):
            raise ValueError(f"{self.currency!r} is no ISO 4217 code")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in that currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str = "EUR") -> Money:
        """Reads what a person types: `1 234,50`, `1234.5`, `12 €`; spaces of any kind are ignored.

        Raises:
            MoneyNotUnderstood: it is no number, or has more decimals than the currency.

        """
        bare = _SPACES.sub("", text).removesuffix("€" if currency == "EUR" else currency)
        typed = _TYPED.match(bare)
        if typed is None:
            raise MoneyNotUnderstood(text, "not an amount")
        decimals = DECIMALS.get(currency, DEFAULT_DECIMALS)
        part = typed["part"] or ""
        if len(part) > decimals:
            raise MoneyNotUnderstood(text, f"more than {decimals} decimals")
        amount = int(typed["whole"] + part.ljust(decimals, "0"))
        return cls(-amount if typed["sign"] in {"-", "−"} else amount, currency)

    def decimal(self) -> Decimal:
        """The amount in major units, exact: 1234.50."""
        return Decimal(self.amount).scaleb(-DECIMALS.get(self.currency, DEFAULT_DECIMALS))

    def percent(self, percent: Decimal) -> Money:
        """That many per cent of it, rounded half up (away from zero)."""
        numerator, denominator = percent.as_integer_ratio()
        return Money(half_up(self.amount * numerator, 100 * denominator), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Shares it out by weight; the parts add up exactly (largest remainder, ties to the first).

        Raises:
            ValueError: a weight is negative, or they sum to zero.

        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights are non-negative and not all zero")
        size = abs(self.amount)
        parts = largest_remainder([size * weight for weight in weights], whole, size)
        return [Money(part if self.amount >= 0 else -part, self.currency) for part in parts]

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.decimal()} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount
