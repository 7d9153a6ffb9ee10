from datetime import date

from gateway.owner.tax_register import csv_rows, period_of, periods, register, rule_words, to_print
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
MAS = catalog.Listing(id="mas", code="07MS01731", address=catalog.Address(city="Beaulieu", insee="07028"))
LISTINGS = {"mas": MAS}


def plain(words):
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def tax(persons, nights, unit, **more):
    params = {"insee": "07028", "persons": str(persons), "nights": str(nights), "unit_amount": str(unit)}
    amount = common.Money(amount=persons * nights * unit, currency="EUR")
    return pricing.PriceLine(kind="TOURIST_TAX", params=params | more, amount=amount)


def a_file(
    number, arrival, departure, *taxes, state=booking.BOOKING_STATE_CONFIRMED, outstanding=0, adults=2
):
    file = booking.Booking(number=number, state=state)
    file.totals.outstanding_with_tax.amount = outstanding
    line = file.lines.add()
    line.price.listing_id = "mas"
    line.price.nights.arrival, line.price.nights.departure = arrival, departure
    line.price.party.CopyFrom(common.Party(adults=adults, children_ages=[9, 12] if adults else []))
    line.price.beside.extend(taxes)
    line.price.tourist_tax.amount = sum(each.amount.amount for each in taxes)
    return file


def test_a_stay_is_in_the_period_in_which_it_ends():
    files = [
        a_file(3, "2026-06-27", "2026-07-04", tax(2, 7, 110)),
        a_file(4, "2026-09-26", "2026-10-03", tax(2, 7, 110)),
        a_file(5, "2026-06-20", "2026-06-30", tax(2, 10, 110)),
    ]
    [commune] = register(files, LISTINGS, FIRST, LAST)
    assert (commune.name, commune.insee) == ("Beaulieu", "07028")
    assert [row.number for row in commune.rows] == [3]
    # 1,10 € x 2 adults x 7 nights (domain.md 2.3, T1): the two minors owe nothing.
    assert (commune.amount, commune.taxed_nights) == (1540, 14)
    assert (commune.rows[0].persons, commune.rows[0].taxed, commune.rows[0].exempt) == (4, 2, 2)


def test_options_and_cancelled_files_are_not_declared():
    for state in (booking.BOOKING_STATE_OPTION, booking.BOOKING_STATE_CANCELLED_BY_CLIENT):
        assert register([a_file(3, "2026-07-04", "2026-07-11", state=state)], LISTINGS, FIRST, LAST) == []


def test_a_stay_over_the_new_year_shows_both_tariffs():
    file = a_file(3, "2025-12-27", "2026-01-03", tax(2, 5, 100), tax(2, 2, 110))
    [commune] = register([file], LISTINGS, date(2026, 1, 1), date(2026, 3, 31))
    [row] = commune.rows
    assert plain(row.unit_words) == "1,00 € puis 1,10 €"
    assert (row.taxed_nights, row.amount) == (14, 1440)


def test_what_is_not_known_is_said():
    unknown = pricing.PriceLine(kind="TOURIST_TAX", params={"insee": "07028", "unknown_years": "2026"})
    [commune] = register([a_file(3, "2026-07-04", "2026-07-11", unknown)], LISTINGS, FIRST, LAST)
    assert not commune.is_complete
    [unstated] = register([a_file(4, "2026-07-04", "2026-07-11", adults=0)], LISTINGS, FIRST, LAST)
    assert not unstated.is_complete


def test_the_spreadsheet_has_a_line_of_sums_under_each_commune():
    files = [
        a_file(3, "2026-07-04", "2026-07-11", tax(2, 7, 110)),
        a_file(4, "2026-07-11", "2026-07-18", tax(1, 7, 110), outstanding=770),
    ]
    rows = csv_rows(register(files, LISTINGS, FIRST, LAST))
    assert [row[2] for row in rows] == ["N°", "3", "4", "Total"]
    assert [row[12] for row in rows[1:]] == ["15,40", "7,70", "23,10"]
    assert [row[13] for row in rows[1:]] == ["oui", "non", ""]
    assert {len(row) for row in rows} == {14}


def test_periods_are_whole_months():
    assert period_of(2026, "annee") == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_of(2026, "t1") == (date(2026, 1, 1), date(2026, 3, 31))
    assert period_of(2026, "t4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert period_of(2028, "m02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert period_of(2026, "m12") == (date(2026, 12, 1), date(2026, 12, 31))
    assert period_of(2026, "t9") == period_of(2026, "annee")
    assert len(dict(periods())) == 18
    assert periods()[-1][0] == "dates"


def test_a_rule_is_told_with_its_cap_and_additional_taxes():
    rate = pricing.TaxRule(category="unclassified", rate_basis_points=440, cap=375, to_confirm=True)
    words = rule_words(rate)
    assert plain(words.amount) == "4,4 % du prix par personne et par nuit (au plus 3,75 €)"
    assert (words.category, words.to_confirm) == ("non classé", True)
    fixed = pricing.TaxRule(category="3", tariff=170, additional={"departmental": 1000, "regional": 1500})
    assert plain(rule_words(fixed).amount) == "1,70 € par personne et par nuit + 25 % de taxes additionnelles"


def test_a_rule_is_told_with_its_periods_of_collection():
    rule = pricing.TaxRule(category="3", tariff=170)
    assert rule_words(rule).periods == ""
    rule.collected.add(arrival="2026-04-01", departure="2026-10-01")
    assert rule_words(rule).periods == "du 01/04/2026 au 30/09/2026"
    rule.collected.add(arrival="2026-12-19", departure="2027-01-01")
    assert rule_words(rule).periods == "du 01/04/2026 au 30/09/2026 et du 19/12/2026 au 31/12/2026"


def test_what_is_printed_is_what_the_screen_shows():
    file = a_file(3, "2026-06-27", "2026-07-04", tax(2, 7, 110))
    [commune] = to_print(register([file], LISTINGS, FIRST, LAST))
    [stay] = commune.stays
    assert (commune.name, commune.insee, stay.file_number, stay.listing_code) == (
        "Beaulieu", "07028", 3, "07MS01731",
    )  # fmt: skip
    assert (stay.nights.arrival, stay.nights.departure) == ("2026-06-27", "2026-07-04")
    assert (stay.persons, stay.taxed, stay.taxed_nights, stay.amount) == (4, 2, 14, 1540)
    assert list(stay.unit_amounts) == [110]
