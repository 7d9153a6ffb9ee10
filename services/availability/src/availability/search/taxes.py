"""The tourist tax of the hits of a page; the same sums as `tariff.tourist_tax`, without the lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tariff import Party, TaxKind, TaxRounding, TaxRule
from tariff.tax import FULL_BP, tax_line, without_vat
from values import NightRange, half_up


@dataclass(frozen=True, slots=True)
class Taxed:
    """A stay as the tax sees it: `occupants` of which `taxable` pay."""

    first: int
    """The day of arrival, an ordinal."""
    nights: int
    year: int
    """Of all its nights; 0 where it is over New Year."""
    occupants: int
    taxable: int

    @classmethod
    def of(cls, first: int, nights: int, party: Party) -> "Taxed":
        """A stay of a party."""
        since, last = date.fromordinal(first).year, date.fromordinal(first + nights - 1).year
        return cls(first, nights, since if since == last else 0, party.occupants, party.taxable)


@dataclass(frozen=True, slots=True)
class Unit:
    """The tax per person and night of a rule: an amount, or a rate of the price with all that follows it."""

    fixed: int
    """-1 where it depends on the price."""
    rate_bp: int
    cap: int
    """-1: none."""
    additional: tuple[int, ...]
    is_sum_rounded: bool

    @classmethod
    def of(cls, rule: TaxRule) -> "Unit":
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

    def each(self, stay: Taxed, taxed: int, vat_bp: int) -> int:
        """The tax of a person and night: `tariff.tax_line` without saying how it comes about."""
        if self.fixed >= 0:
            return self.fixed
        numerator = without_vat(max(0, taxed), vat_bp) * self.rate_bp
        denominator = stay.nights * max(1, stay.occupants) * FULL_BP
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


class TaxRules:
    """The rules of a commune and category, shared by the sheets that have them."""

    def __init__(self, rules: tuple[TaxRule, ...]) -> None:
        self._rules = rules
        self._units = tuple(map(Unit.of, rules))
        self.usual = dict(_usual_years(rules, self._units))
        """By year what a person owes for each of its nights, where that is so."""

    def amount(self, stay: Taxed, taxed: int, vat_bp: int) -> int:
        """The estimate in minor units, of any stay.

        `taxed` is accommodation, extra persons and discounts without the meals, VAT inside.
        """
        counted = self._counted(stay)
        return sum(unit.each(stay, taxed, vat_bp) * nights for unit, nights in counted) * stay.taxable

    def _counted(self, stay: Taxed) -> list[tuple[Unit, int]]:
        """How many nights of a stay each rule taxes: a night by the first rule that applies to it."""
        counts: dict[int, int] = {}
        for night in NightRange.of_length(date.fromordinal(stay.first), stay.nights).nights:
            for number, rule in enumerate(self._rules):
                if rule.applies_on(night):
                    counts[number] = counts.get(number, 0) + 1
                    break
        return [(self._units[number], count) for number, count in counts.items()]


def _usual_years(rules: tuple[TaxRule, ...], units: tuple[Unit, ...]) -> Iterator[tuple[int, Unit]]:
    """The years in which one rule alone holds, every night: what a council usually votes."""
    years = {year for rule in rules for year in range(rule.valid.arrival.year, rule.valid.departure.year + 1)}
    for year in years:
        whole = NightRange(date(year, 1, 1), date(year + 1, 1, 1))
        some = [number for number, rule in enumerate(rules) if rule.valid.overlaps(whole)]
        if (
            len(some) == 1
            and not rules[some[0]].collected
            and rules[some[0]].valid.intersection(whole) == whole
        ):
            yield year, units[some[0]]
