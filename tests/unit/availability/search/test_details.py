"""The tourist tax of a page's rows is that of the pricing kernel."""

from datetime import date

from availability.search.details import TaxTable
from availability.search.taxes import TaxRules, amount_of
from hypothesis import given
from hypothesis import strategies as st
from tariff import AdditionalTax, TaxKind, TaxRounding, TaxRule
from tariff.tax import tourist_tax, without_vat
from values import NightRange

FIRST = date(2026, 1, 1).toordinal()


def span(first, length):
    return NightRange(date.fromordinal(FIRST + first), date.fromordinal(FIRST + first + length))


spans = st.builds(span, st.integers(0, 60), st.integers(1, 40))
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
    spans,
    st.booleans(),
    st.integers(0, 400),
    st.none() | st.integers(0, 400),
    st.lists(st.sampled_from([1000, 1500, 3400, 20_000]), max_size=2, unique=True),
    st.lists(spans, max_size=2),
    st.sampled_from(TaxRounding),
)


@given(
    st.lists(rules, max_size=6),
    st.lists(spans, min_size=1, max_size=3),
    st.tuples(st.integers(0, 5), st.integers(0, 3)),
    st.integers(0, 300_000),
    st.sampled_from([0, 1000]),
)
def test_the_tax_of_a_row_is_that_of_the_kernel(some, stays, persons, taxed, vat_bp):
    taxable, exempt = persons
    known = TaxRules(tuple(some))
    table = TaxTable()
    number = table.number(known)
    # The second time what the first left behind is used.
    for stay in (*stays, *stays):
        days = (stay.arrival.toordinal(), stay.length)
        wanted = tourist_tax(
            some,
            stay,
            accommodation_ht=without_vat(taxed, vat_bp),
            occupants=taxable + exempt,
            taxable=taxable,
        )
        found = amount_of(
            table.counts([number], days)[number], days, (taxable + exempt, taxable), taxed, vat_bp
        )
        assert found == (wanted.amount if wanted is not None else 0)


def test_rules_keep_their_number_however_many_there_are_and_stays_are_forgotten():
    year = NightRange(date(2026, 1, 1), date(2027, 1, 1))
    kept = [TaxRules((TaxRule("taxe", year, TaxKind.FIXED, tariff=each),)) for each in range(200)]
    table = TaxTable()
    numbers = [table.number(each) for each in kept]
    assert numbers == list(range(200)) == [table.number(each) for each in kept]
    for first in range(300):
        day = date(2026, 1, 1).toordinal() + first
        [(unit, nights)] = table.counts([7], (day, 2))[7]
        assert (unit.fixed, nights) == (7, 2)
    assert len(table._stays) == 128
