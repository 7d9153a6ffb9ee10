"""The tourist tax (taxe de séjour, au réel), an estimate beside the price; `domain.md` 2 has the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from values import NightRange, half_up

from tariff.parts import TaxKind, TaxRounding, TaxRule

FULL_BP = 10_000


@dataclass(frozen=True, slots=True)
class AdditionalAmount:
    """An additional tax per person and night, in minor units (unrounded sums have none)."""

    name: str
    rate_bp: int
    amount: int


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Nights under one rule: `amount = unit * persons * nights`."""

    rule: str
    nights: int
    persons: int
    base: int
    """Per person and night, after the cap, rounded."""
    capped: bool
    additional: tuple[AdditionalAmount, ...]
    unit: int
    """Base and additional taxes per person and night."""
    amount: int
    cost_ht: int
    """What a percentage is of: the whole stay's accommodation without VAT; 0 under a tariff per night."""


@dataclass(frozen=True, slots=True)
class TouristTax:
    """The estimate, in minor units, and how it comes about."""

    amount: int
    lines: tuple[TaxLine, ...]


def taxed_price(price: int, *, meals: int, vat_bp: int) -> int:
    """What a rate of tax is taken from: the price without the meals inside it and without VAT, never below 0.

    `price`: accommodation, extra persons and discounts; `meals`: those of everybody through the stay.
    """
    return without_vat(max(0, price - meals), vat_bp)


def without_vat(amount: int, vat_bp: int) -> int:
    """The price without VAT (HT) of a price with it (TTC), rounded half up."""
    return half_up(amount * FULL_BP, FULL_BP + vat_bp) if vat_bp else amount


def tax_line(
    rule: TaxRule, *, accommodation_ht: int, nights: int, occupants: int, taxable: int, taxed: int
) -> TaxLine:
    """The tax of `taxed` nights of a stay of `nights` nights under one rule.

    `accommodation_ht` is the whole stay's accommodation without VAT, meals, cleaning and linen; its cost
    per person and night counts all `occupants`, the exempt too (CGCT L2333-30). The cap comes before the
    additional taxes (CGCT L3333-1, L2531-17, L2531-18, L4332-4), each of which is computed on the base.
    """
    numerator, denominator = rule.tariff, 1
    if rule.kind is TaxKind.PERCENT:
        numerator, denominator = accommodation_ht * rule.rate_bp, nights * max(1, occupants) * FULL_BP
    base = half_up(numerator, denominator)
    capped = rule.kind is TaxKind.PERCENT and rule.cap is not None and numerator > rule.cap * denominator
    if capped:
        assert rule.cap is not None  # noqa: S101 - said to the type checker
        base = numerator = rule.cap
        denominator = 1
    additional = tuple(
        AdditionalAmount(tax.name, tax.rate_bp, half_up(base * tax.rate_bp, FULL_BP))
        for tax in rule.additional
    )
    unit = base + sum(tax.amount for tax in additional)
    if rule.rounding is TaxRounding.SUM:
        rates = FULL_BP + sum(tax.rate_bp for tax in rule.additional)
        unit = half_up(numerator * rates, denominator * FULL_BP)
    cost = accommodation_ht if rule.kind is TaxKind.PERCENT else 0
    return TaxLine(rule.name, taxed, taxable, base, capped, additional, unit, unit * taxable * taxed, cost)


def tourist_tax(
    rules: Sequence[TaxRule], stay: NightRange, *, accommodation_ht: int, occupants: int, taxable: int
) -> TouristTax | None:
    """The tax of a stay, each night by the rule of its own date; None where no rule covers any night."""
    taxed: dict[int, int] = {}
    for number in _rule_of_each_night(rules, stay.nights):
        taxed[number] = taxed.get(number, 0) + 1
    if not taxed:
        return None
    lines = tuple(
        tax_line(
            rules[number],
            accommodation_ht=accommodation_ht,
            nights=stay.length,
            occupants=occupants,
            taxable=taxable,
            taxed=nights,
        )
        for number, nights in taxed.items()
    )
    return TouristTax(sum(line.amount for line in lines), lines)


def _rule_of_each_night(rules: Sequence[TaxRule], nights: Iterable[date]) -> Iterable[int]:
    for night in nights:
        for number, rule in enumerate(rules):
            if rule.applies_on(night):
                yield number
                break
