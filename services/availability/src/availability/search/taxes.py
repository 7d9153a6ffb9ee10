"""The tourist tax of the hits of a page; the same sums as `tariff.tourist_tax`, without the lines."""

from itertools import pairwise

from tariff import TaxKind, TaxRounding, TaxRule
from tariff.tax import FULL_BP, tax_line, without_vat
from values import NightRange, half_up

_REMEMBERED = 128
_Counts = tuple[tuple[TaxRule, int, int], ...]


class TaxRules:
    """The rules of a commune and category, shared by the sheets that have them."""

    def __init__(self, rules: tuple[TaxRule, ...]) -> None:
        self._rules = rules
        self._spans = tuple((rule, _unit(rule), *_span(rule)) for rule in rules)
        self._counts: dict[tuple[int, int], _Counts] = {}

    def amount(
        self, days: tuple[int, int], stay: NightRange, persons: tuple[int, int], *, taxed: int, vat_bp: int
    ) -> int:
        """The estimate in minor units; `days`: the stay as (ordinal, nights), `persons`: occupants, taxable.

        `taxed` is accommodation, extra persons and discounts, VAT inside.
        """
        amount = 0
        for rule, fixed, nights in self._of(days, stay):
            unit = fixed
            if fixed < 0:
                unit = _percent(rule, without_vat(taxed, vat_bp), stay.length * max(1, persons[0]))
            amount += unit * persons[1] * nights
        return amount

    def simple(self, most: int) -> list[tuple[int, int, int]]:
        """First day, day after the last, and unit of the rules that are fixed amounts all the time they hold.

        None of any where some overlap or are too many: those must be looked at in their order.
        """
        spans = sorted((since, until) for _, _, since, until, _ in self._spans)
        apart = all(one[1] <= other[0] for one, other in pairwise(spans))
        if not apart or len(spans) > most:
            return []
        return [
            (since, until, unit)
            for _, unit, since, until, periods in self._spans
            if unit >= 0 and not periods
        ]

    def _of(self, days: tuple[int, int], stay: NightRange) -> _Counts:
        """Rules, their fixed units and how many nights of a stay each taxes."""
        first, last = days[0], days[0] + days[1]
        for rule, fixed, since, until, periods in self._spans:
            if until <= first or last <= since:
                continue
            whole = since <= first and last <= until
            if whole and (not periods or any(start <= first and last <= end for start, end in periods)):
                # The usual case: the whole stay lies within one year's rule.
                return ((rule, fixed, days[1]),)
            return self._counts.get(days) or self._count(days, stay)
        return ()

    def _count(self, days: tuple[int, int], stay: NightRange) -> _Counts:
        """How many nights of a stay each rule taxes: a night by the first rule that applies to it."""
        counts: dict[int, int] = {}
        for night in stay.nights:
            for number, rule in enumerate(self._rules):
                if rule.applies_on(night):
                    counts[number] = counts.get(number, 0) + 1
                    break
        found = tuple((*self._spans[number][:2], count) for number, count in counts.items())
        if len(self._counts) >= _REMEMBERED:
            self._counts.clear()
        self._counts[days] = found
        return found


def _span(rule: TaxRule) -> tuple[int, int, list[tuple[int, int]]]:
    periods = [(each.arrival.toordinal(), each.departure.toordinal()) for each in rule.collected]
    return rule.valid.arrival.toordinal(), rule.valid.departure.toordinal(), periods


def _percent(rule: TaxRule, accommodation_ht: int, shares: int) -> int:
    """The tax per person and night of a rate: `tariff.tax_line` without saying how it comes about."""
    numerator, denominator = accommodation_ht * rule.rate_bp, shares * FULL_BP
    base = half_up(numerator, denominator)
    if rule.cap is not None and numerator > rule.cap * denominator:
        base = numerator = rule.cap
        denominator = 1
    if rule.rounding is TaxRounding.SUM:
        rates = FULL_BP + sum([tax.rate_bp for tax in rule.additional])
        return half_up(numerator * rates, denominator * FULL_BP)
    return base + sum([half_up(base * tax.rate_bp, FULL_BP) for tax in rule.additional])


def _unit(rule: TaxRule) -> int:
    """The tax per person and night of a fixed tariff; -1 where it depends on the price."""
    if rule.kind is TaxKind.PERCENT:
        return -1
    return tax_line(rule, accommodation_ht=0, nights=1, occupants=1, taxable=1, taxed=1).unit
