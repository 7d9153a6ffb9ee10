"""The tourist tax of the hits of a page; the same sums as `tariff.tourist_tax`, without the lines."""

from dataclasses import dataclass
from datetime import date

from tariff import TaxKind, TaxRounding, TaxRule
from tariff.tax import FULL_BP, tax_line, without_vat
from values import NightRange, half_up


@dataclass(frozen=True, slots=True)
class _Unit:
    """The tax per person and night of a rule: an amount, or a rate of the price with all that follows it."""

    fixed: int
    """-1 where it depends on the price."""
    rate_bp: int
    cap: int
    """-1: none."""
    additional: tuple[int, ...]
    is_sum_rounded: bool

    @classmethod
    def of(cls, rule: TaxRule) -> "_Unit":
        """What a rule asks."""
        fixed = -1
        if rule.kind is not TaxKind.PERCENT:
            fixed = tax_line(rule, accommodation_ht=0, nights=1, occupants=1, taxable=1, taxed=1).unit
        return cls(
            fixed,
            rule.rate_bp,
            -1 if rule.cap is None else rule.cap,
            tuple(tax.rate_bp for tax in rule.additional),
            rule.rounding is TaxRounding.SUM,
        )

    def of_price(self, accommodation_ht: int, shares: int) -> int:
        """Of a rate, `shares` persons times nights: `tariff.tax_line` without saying how it comes about."""
        numerator, denominator = accommodation_ht * self.rate_bp, shares * FULL_BP
        if self.cap >= 0 and self.cap * denominator < numerator:
            numerator, denominator = self.cap, 1
        if self.is_sum_rounded:
            return half_up(numerator * (FULL_BP + sum(self.additional)), denominator * FULL_BP)
        base = half_up(numerator, denominator)
        return (
            base + sum([half_up(base * rate, FULL_BP) for rate in self.additional])
            if self.additional
            else base
        )


Counts = tuple[tuple[_Unit, int], ...]


class TaxRules:
    """The rules of a commune and category, shared by the sheets that have them."""

    def __init__(self, rules: tuple[TaxRule, ...]) -> None:
        self._rules = rules
        self._spans = tuple((_Unit.of(rule), *_span(rule)) for rule in rules)

    def of(self, days: tuple[int, int]) -> Counts:
        """Units, and how many nights each taxes, of a stay: its first day (ordinal) and its nights."""
        first, last = days[0], days[0] + days[1]
        for unit, since, until, periods in self._spans:
            if until <= first or last <= since:
                continue
            whole = since <= first and last <= until
            if whole and (not periods or any(start <= first and last <= end for start, end in periods)):
                # The usual case: the whole stay lies within one year's rule.
                return ((unit, days[1]),)
            return self._count(days)
        return ()

    def _count(self, days: tuple[int, int]) -> Counts:
        """How many nights of a stay each rule taxes: a night by the first rule that applies to it."""
        counts: dict[int, int] = {}
        for night in NightRange.of_length(date.fromordinal(days[0]), days[1]).nights:
            for number, rule in enumerate(self._rules):
                if rule.applies_on(night):
                    counts[number] = counts.get(number, 0) + 1
                    break
        return tuple((self._spans[number][0], count) for number, count in counts.items())


def amount_of(
    counts: Counts, days: tuple[int, int], persons: tuple[int, int], taxed: int, vat_bp: int
) -> int:
    """The estimate in minor units of what `TaxRules.of` counted; `persons`: occupants, taxable.

    `taxed` is accommodation, extra persons and discounts without the meals, VAT inside.
    """
    amount = 0
    for unit, nights in counts:
        each = unit.fixed
        if each < 0:
            each = unit.of_price(without_vat(max(0, taxed), vat_bp), days[1] * max(1, persons[0]))
        amount += each * nights
    return amount * persons[1]


def _span(rule: TaxRule) -> tuple[int, int, list[tuple[int, int]]]:
    periods = [(each.arrival.toordinal(), each.departure.toordinal()) for each in rule.collected]
    return rule.valid.arrival.toordinal(), rule.valid.departure.toordinal(), periods
