"""The tourist tax of the hits of a page; the same sums as `tariff.tourist_tax`, without the lines."""

from functools import lru_cache

from tariff import TaxKind, TaxRule
from tariff.tax import tax_line, without_vat
from values import NightRange


@lru_cache(maxsize=8192)
def _taxed_nights(rules: tuple[TaxRule, ...], stay: NightRange) -> tuple[tuple[TaxRule, int], ...]:
    """How many nights of a stay each rule taxes: a night is taxed by the first rule that applies to it."""
    counts: dict[int, int] = {}
    for night in stay.nights:
        for number, rule in enumerate(rules):
            if rule.applies_on(night):
                counts[number] = counts.get(number, 0) + 1
                break
    return tuple((rules[number], count) for number, count in counts.items())


@lru_cache(maxsize=65536)
def _amount(
    rule: TaxRule, accommodation_ht: int, *, nights: int, occupants: int, taxable: int, taxed: int
) -> int:
    return tax_line(
        rule,
        accommodation_ht=accommodation_ht,
        nights=nights,
        occupants=occupants,
        taxable=taxable,
        taxed=taxed,
    ).amount


def tax_of(
    rules: tuple[TaxRule, ...], stay: NightRange, *, taxed: int, vat_bp: int, occupants: int, taxable: int
) -> int:
    """The estimate in minor units; `taxed` is accommodation, extra persons and discounts, VAT inside."""
    amount = 0
    for rule, nights in _taxed_nights(rules, stay) if rules else ():
        # A fixed tariff does not look at the price: all prices share what is remembered.
        ht = without_vat(taxed, vat_bp) if rule.kind is TaxKind.PERCENT else 0
        amount += _amount(rule, ht, nights=stay.length, occupants=occupants, taxable=taxable, taxed=nights)
    return amount
