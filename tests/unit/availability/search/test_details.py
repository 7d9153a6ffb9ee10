"""The tourist tax of a page's rows is that of the pricing kernel."""

from datetime import date

from availability.search.details import TaxTable
from availability.search.taxes import Taxed, TaxRules
from hypothesis import given
from hypothesis import strategies as st
from tariff import AdditionalTax, Party, TaxKind, TaxRounding, TaxRule
from tariff.tax import tourist_tax, without_vat
from values import NightRange

FIRST = date(2026, 1, 1).toordinal()


def span(first, length):
    return NightRange(date.fromordinal(FIRST + first), date.fromordinal(FIRST + first + length))


spans = st.builds(span, st.integers(0, 60), st.integers(1, 40))
years = st.builds(lambda year, length: span(365 * year, 365 * length), st.integers(-1, 1), st.integers(1, 2))
"""Whole years, as councils vote, from 2025 on."""
rules = st.builds(
    lambda valid, percent, tariff, cap, additional, collected, rounding: TaxRule(
        "taxe",
        valid,
        TaxKind.PERCENT if percent else TaxKind.FIXED,
        tariff=0 if percent else tariff,
        rate_bp=440 if percent else 0,
        cap=cap if percent else None,
        additional=tuple(AdditionalTax(f"taxe {rate}", rate) for rate in additional),
        collected=tuple(collected),
        rounding=rounding,
    ),
    spans | years,
    st.booleans(),
    st.integers(0, 400),
    st.none() | st.integers(0, 400),
    st.lists(st.sampled_from([1000, 1500, 3400, 20_000]), max_size=2, unique=True),
    st.lists(spans, max_size=2),
    st.sampled_from(TaxRounding),
)


@given(
    st.lists(rules, max_size=6),
    st.lists(spans | years, min_size=1, max_size=3),
    st.tuples(st.integers(0, 5), st.integers(0, 3)),
    st.integers(-5_000, 300_000),
    st.sampled_from([0, 1000]),
)
def test_the_tax_of_a_row_is_that_of_the_kernel(some, stays, persons, taxed, vat_bp):
    grown, minors = persons
    party = Party(grown, (9,) * minors)
    table = TaxTable()
    number = table.number(TaxRules(tuple(some)))
    for stay in stays:
        wanted = tourist_tax(
            some,
            stay,
            accommodation_ht=without_vat(max(0, taxed), vat_bp),
            occupants=party.occupants,
            taxable=party.taxable,
        )
        seen = Taxed.of(stay.arrival.toordinal(), stay.length, party)
        found = table.amounts([number] * 2, seen, [taxed] * 2, [vat_bp] * 2)
        assert found == [wanted.amount if wanted is not None else 0] * 2


def test_rules_keep_their_number_however_many_there_are():
    year = NightRange(date(2026, 1, 1), date(2027, 1, 1))
    kept = [TaxRules((TaxRule("taxe", year, TaxKind.FIXED, tariff=each),)) for each in range(200)]
    table = TaxTable()
    numbers = [table.number(each) for each in kept]
    assert numbers == list(range(200)) == [table.number(each) for each in kept]
    week = Taxed.of(date(2026, 7, 18).toordinal(), 7, Party(2))
    assert table.amounts(numbers, week, [0] * 200, [0] * 200) == [2 * 7 * each for each in range(200)]
