"""The tourist tax: the cases of `shared/data/taxe_sejour/cases.json` and `domain.md` 2.3, worked by hand."""

from decimal import Decimal

import pytest
from tariff import AdditionalTax, Party, TaxKind, TaxRounding, TaxRule, tourist_tax
from tariff_builders import a_season, a_sheet, cents, nights, priced, shared

IDS = ["T1", "T2", "T4", "T5", "T6", "T8"]
YEAR_2026 = nights("2026-01-01", "2027-01-01")
PARIS = (
    AdditionalTax("departementale", 1000),
    AdditionalTax("sgp", 1500),
    AdditionalTax("idfm", 20000),
)


def rule_of(case):
    given = case["input"]
    additional = tuple(
        AdditionalTax(name, int(Decimal(rate) * 10_000)) for name, rate in given["additional"].items()
    )
    if given["tariff"] is not None:
        return TaxRule("r", YEAR_2026, TaxKind.FIXED, tariff=cents(given["tariff"]), additional=additional)
    rate, cap = int(Decimal(given["rate"]) * 10_000), cents(given["cap"])
    return TaxRule("r", YEAR_2026, TaxKind.PERCENT, rate_bp=rate, cap=cap, additional=additional)


@pytest.mark.parametrize("number", IDS)
def test_the_shared_cases_come_out_step_by_step(number):
    case = next(case for case in shared("taxe_sejour/cases.json")["cases"] if case["id"] == number)
    given, steps = case["input"], case["steps"]
    tax = tourist_tax(
        [rule_of(case)],
        nights("2026-05-01", f"2026-05-{1 + given['nights']:02d}"),
        accommodation_ht=cents(given["price_ht"] or "0"),
        occupants=given["taxable_persons"] + given["exempt_persons"],
        taxable=given["taxable_persons"],
    )
    assert tax.amount == cents(case["expected_total"])
    (line,) = tax.lines
    assert line.base == cents(steps["base"])
    assert line.capped == steps.get("capped", False)
    assert {extra.name: extra.amount for extra in line.additional} == {
        name: cents(amount) for name, amount in steps["additional"].items()
    }
    assert line.unit == cents(steps["unit_total"])


def a_tax(rules, stay, price=0, occupants=2, taxable=2):
    tax = tourist_tax(rules, stay, accommodation_ht=price, occupants=occupants, taxable=taxable)
    return tax.amount if tax else None


def test_t4_paris_three_stars_is_5_53_per_person_and_night():
    # 1.70 + 0.17 + 0.255 -> 0.26 + 3.40 = 5.53; two adults, two nights: 22.12.
    rule = TaxRule("Paris 3*", YEAR_2026, TaxKind.FIXED, tariff=170, additional=PARIS)
    assert a_tax([rule], nights("2026-05-01", "2026-05-03")) == 2212


def test_a_commune_that_rounds_only_the_sum_may_take_a_cent_less():
    # 0.45 x 3.25 = 1.4625 -> 1.46; in steps 0.45 + 0.045 -> 0.05 + 0.0675 -> 0.07 + 0.90 = 1.47.
    sums = TaxRule("s", YEAR_2026, TaxKind.FIXED, tariff=45, additional=PARIS, rounding=TaxRounding.SUM)
    steps = TaxRule("e", YEAR_2026, TaxKind.FIXED, tariff=45, additional=PARIS)
    assert a_tax([sums], nights("2026-05-01", "2026-05-02"), taxable=1) == 146
    assert a_tax([steps], nights("2026-05-01", "2026-05-02"), taxable=1) == 147


def test_where_only_the_sum_is_rounded_the_percentage_is_not_rounded_before():
    # 100.00 / 3 / 2 x 4 % = 0.66667 x 1.10 = 0.7333 -> 0.73; in steps 0.67 + 0.07 = 0.74.
    ten = (AdditionalTax("departementale", 1000),)
    three_nights = nights("2026-05-01", "2026-05-04")

    def unit(rounding: TaxRounding) -> int:
        rule = TaxRule("r", YEAR_2026, TaxKind.PERCENT, rate_bp=400, additional=ten, rounding=rounding)
        return a_tax([rule], three_nights, price=10000, taxable=1) // 3

    assert unit(TaxRounding.SUM) == 73
    assert unit(TaxRounding.EACH_STEP) == 74


def test_a_stay_across_new_year_pays_each_night_by_its_own_year():
    year_2027 = nights("2027-01-01", "2028-01-01")
    rules = [
        TaxRule("2026", YEAR_2026, TaxKind.FIXED, tariff=110),
        TaxRule("2027", year_2027, TaxKind.FIXED, tariff=120),
    ]
    # Nights of 30 and 31 December at 1.10, of 1 January at 1.20; two adults: 4.40 + 2.40.
    assert a_tax(rules, nights("2026-12-30", "2027-01-02")) == 680


def test_only_nights_in_the_period_of_collection_are_taxed():
    summer = (nights("2026-06-01", "2026-10-01"),)
    rule = TaxRule("été", YEAR_2026, TaxKind.FIXED, tariff=100, collected=summer)
    assert a_tax([rule], nights("2026-05-30", "2026-06-03")) == 400
    assert a_tax([rule], nights("2026-05-01", "2026-05-03")) is None


def test_a_vat_liable_owners_cost_is_without_vat():
    # 700.00 with 10 % VAT is 636.36 without; / 7 / 2 = 45.454; x 5 % = 2.27; x 2 x 7 = 31.78.
    rule = TaxRule("5 %", YEAR_2026, TaxKind.PERCENT, rate_bp=500, cap=490)
    sheet = a_sheet(a_season(), tax_rules=(rule,), vat_bp=1000)
    price = priced(sheet, "2026-05-02", "2026-05-09")
    assert price.tourist_tax.amount == 3178
    assert price.tourist_tax.lines[0].cost_ht == 63636
    assert price.total == 70000


def test_the_meals_inside_a_price_are_left_out_of_what_a_rate_is_taken_from():
    # 700.00 with meals of 30.00 for 2 persons and 7 nights is 280.00 of accommodation; / 7 / 2 = 20.00; x 5 % = 1.00;
    # x 2 x 7 = 14.00. An infant eats at nobody's cost. With 10 % VAT: 254.55 / 7 / 2 = 18.18; x 5 % = 0.91; 12.74.
    rule = TaxRule("5 %", YEAR_2026, TaxKind.PERCENT, rate_bp=500, cap=490)
    for vat_bp, base, amount in ((0, 28000, 1400), (1000, 25455, 1274)):
        sheet = a_sheet(a_season(), tax_rules=(rule,), vat_bp=vat_bp, meals=3000)
        tax = priced(sheet, "2026-05-02", "2026-05-09").tourist_tax
        assert (tax.lines[0].cost_ht, tax.amount) == (base, amount)
    dear = a_sheet(a_season(), tax_rules=(rule,), meals=9000)
    assert priced(dear, "2026-05-02", "2026-05-09").tourist_tax.amount == 0


def test_a_tariff_per_night_asks_nothing_of_the_vat():
    rule = TaxRule("3 étoiles", YEAR_2026, TaxKind.FIXED, tariff=110)
    liable, exempt = (a_sheet(a_season(), tax_rules=(rule,), vat_bp=vat_bp) for vat_bp in (1000, 0))
    tax = priced(liable, "2026-05-02", "2026-05-09").tourist_tax
    assert tax == priced(exempt, "2026-05-02", "2026-05-09").tourist_tax
    assert tax.lines[0].cost_ht == 0


def test_minors_and_the_exempt_count_in_the_cost_but_do_not_pay():
    # T2: 650.00 / 7 / 4 x 4.4 % = 1.0214 -> 1.02; two adults, seven nights: 14.28.
    rule = TaxRule("4,4 %", YEAR_2026, TaxKind.PERCENT, rate_bp=440, cap=375)
    sheet = a_sheet(a_season(packages={7: 65000}), tax_rules=(rule,))
    family = Party(adults=2, children=(9,), infants=1)
    assert priced(sheet, "2026-05-02", "2026-05-09", family).tourist_tax.amount == 1428
    workers = Party(adults=4, tax_exempt_adults=2)
    assert priced(sheet, "2026-05-02", "2026-05-09", workers).tourist_tax.amount == 1428


def test_a_guest_of_eighteen_entered_as_a_child_is_taxed():
    rule = TaxRule("3*", YEAR_2026, TaxKind.FIXED, tariff=110)
    sheet = a_sheet(a_season(), tax_rules=(rule,))
    price = priced(sheet, "2026-05-02", "2026-05-09", Party(adults=2, children=(18, 17)))
    assert price.tourist_tax.amount == 110 * 3 * 7
