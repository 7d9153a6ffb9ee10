"""Taxes from the array are those of the rules, and whatever does not fit the array is left to the rules."""

from datetime import date

import numpy as np
from availability.search.details import TaxTable
from availability.search.taxes import TaxRules
from hypothesis import given
from hypothesis import strategies as st
from tariff import TaxKind, TaxRule
from values import NightRange

FIRST = date(2026, 1, 1).toordinal()


def span(first, length):
    return NightRange(date.fromordinal(FIRST + first), date.fromordinal(FIRST + first + length))


spans = st.builds(span, st.integers(0, 60), st.integers(1, 40))
rules = st.builds(
    lambda valid, percent, tariff, collected: TaxRule(
        "taxe",
        valid,
        TaxKind.PERCENT if percent else TaxKind.FIXED,
        tariff=0 if percent else tariff,
        rate_bp=300 if percent else 0,
        collected=tuple(collected),
    ),
    spans,
    st.booleans(),
    st.integers(0, 400),
    st.lists(spans, max_size=1),
)


@given(st.lists(st.lists(rules, max_size=6), min_size=1, max_size=4), spans, st.integers(0, 5))
def test_a_tax_of_the_array_is_that_of_the_rules(communes, stay, taxable):
    table, kept = TaxTable(), [TaxRules(tuple(each)) for each in communes]
    numbers = np.array([table.number(each) for each in kept], np.int32)
    days = (stay.arrival.toordinal(), stay.length)
    found = table.fixed(numbers, *days, taxable).tolist()
    for number, one, amount in zip(numbers.tolist(), kept, found, strict=True):
        assert table.rules(number) is one
        if amount >= 0:
            assert amount == one.amount(days, stay, (5, taxable), taxed=50_000, vat_bp=0)


def test_the_usual_rule_of_a_year_is_in_the_array_however_many_there_are():
    year = NightRange(date(2026, 1, 1), date(2027, 1, 1))
    next_year = NightRange(date(2027, 1, 1), date(2028, 1, 1))
    table = TaxTable()
    kept = [
        TaxRules(
            (
                TaxRule("taxe", year, TaxKind.FIXED, tariff=tariff),
                TaxRule("taxe", next_year, TaxKind.FIXED, tariff=tariff + 1),
            )
        )
        for tariff in range(200)
    ]
    numbers = np.array([table.number(each) for each in kept], np.int32)
    assert [table.number(each) for each in kept] == numbers.tolist()
    july, new_year = date(2026, 7, 18).toordinal(), date(2026, 12, 30).toordinal()
    assert table.fixed(numbers, july, 7, 2).tolist() == [tariff * 14 for tariff in range(200)]
    assert table.fixed(numbers, july + 365, 7, 2).tolist() == [(tariff + 1) * 14 for tariff in range(200)]
    # A stay over New Year has nights of both rules.
    assert set(table.fixed(numbers, new_year, 7, 2).tolist()) == {-1}
