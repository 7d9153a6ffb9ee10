from datetime import UTC, date, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode

from gateway.owner.tax_register import csv_rows, period_of, periods, register, rule_words, to_print
from gateway.owner.tourist_tax import _asked
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request

MAS = catalog.Listing(id="mas", code="07MS01731", address=catalog.Address(city="Beaulieu", insee="07028"))
LISTINGS = {"mas": MAS}


def plain(words):
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def tax(persons, nights, unit, **more):
    params = {"insee": "07028", "persons": str(persons), "nights": str(nights), "unit_amount": str(unit)}
    amount = common.Money(amount=persons * nights * unit, currency="EUR")
    return pricing.PriceLine(kind="TOURIST_TAX", params=params | more, amount=amount)


def a_line(number, arrival, departure, *taxes, is_collected=True, adults=2):
    return bookings_pb.TaxLine(
        file_number=number,
        listing_id="mas",
        listing_code="07MS01731",
        nights=common.Nights(arrival=arrival, departure=departure),
        party=common.Party(adults=adults, children_ages=[9, 12] if adults else []),
        tax=common.Money(amount=sum(each.amount.amount for each in taxes), currency="EUR"),
        explained=taxes,
        is_collected=is_collected,
    )


def test_stays_stand_under_their_commune_with_who_was_taxed():
    [commune] = register([a_line(3, "2026-06-27", "2026-07-04", tax(2, 7, 110))], LISTINGS)
    assert (commune.name, commune.insee) == ("Beaulieu", "07028")
    assert [row.number for row in commune.rows] == [3]
    # 1,10 € x 2 adults x 7 nights (domain.md 2.3, T1): the two minors owe nothing.
    assert (commune.amount, commune.taxed_nights) == (1540, 14)
    assert (commune.rows[0].persons, commune.rows[0].taxed, commune.rows[0].exempt) == (4, 2, 2)


def test_a_listing_that_is_gone_keeps_its_code_and_commune():
    [commune] = register([a_line(3, "2026-06-27", "2026-07-04", tax(2, 7, 110))], {})
    assert (commune.name, commune.rows[0].code) == ("07028", "07MS01731")


def test_a_stay_over_the_new_year_shows_both_tariffs():
    line = a_line(3, "2025-12-27", "2026-01-03", tax(2, 5, 100), tax(2, 2, 110))
    [commune] = register([line], LISTINGS)
    [row] = commune.rows
    assert plain(row.unit_words) == "1,00 € puis 1,10 €"
    assert (row.taxed_nights, row.amount) == (14, 1440)


def test_what_is_not_known_is_said():
    unknown = pricing.PriceLine(kind="TOURIST_TAX", params={"insee": "07028", "unknown_years": "2026"})
    [commune] = register([a_line(3, "2026-07-04", "2026-07-11", unknown)], LISTINGS)
    assert not commune.is_complete
    [unstated] = register([a_line(4, "2026-07-04", "2026-07-11", adults=0)], LISTINGS)
    assert not unstated.is_complete


def test_who_is_exempt_is_told_with_the_reason():
    line = a_line(3, "2026-07-04", "2026-07-11", tax(1, 7, 110))
    line.party.exempt_adults["SEASONAL_WORKER"] = 1
    [commune] = register([line], LISTINGS)
    [row] = commune.rows
    assert (row.exempt, row.exempt_words) == (3, "2 mineurs, 1 saisonnier")
    # Out of the periods of collection nobody is taxed; that is no exemption.
    [other] = register([a_line(4, "2026-11-07", "2026-11-14")], LISTINGS)
    assert (other.rows[0].exempt, other.rows[0].exempt_words) == (2, "2 mineurs")


def test_the_spreadsheet_has_a_line_of_sums_under_each_commune():
    lines = [
        a_line(3, "2026-07-04", "2026-07-11", tax(2, 7, 110)),
        a_line(4, "2026-07-11", "2026-07-18", tax(1, 7, 110), is_collected=False),
    ]
    rows = csv_rows(register(lines, LISTINGS))
    assert [row[2] for row in rows] == ["N°", "3", "4", "Total"]
    assert [row[10] for row in rows[1:]] == ["2 mineurs", "2 mineurs, 1 autre", ""]
    assert [row[13] for row in rows[1:]] == ["15,40", "7,70", "23,10"]
    assert [row[14] for row in rows[1:]] == ["oui", "non", ""]
    assert {len(row) for row in rows} == {15}


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
    line = a_line(3, "2026-06-27", "2026-07-04", tax(2, 7, 110))
    [commune] = to_print(register([line], LISTINGS))
    [stay] = commune.stays
    assert (commune.name, commune.insee, stay.file_number, stay.listing_code) == (
        "Beaulieu", "07028", 3, "07MS01731",
    )  # fmt: skip
    assert (stay.nights.arrival, stay.nights.departure) == ("2026-06-27", "2026-07-04")
    assert (stay.persons, stay.taxed, stay.taxed_nights, stay.amount) == (4, 2, 14, 1540)
    assert list(stay.unit_amounts) == [110]
    assert stay.exempt_words == "2 mineurs"


def asked(**typed):
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/taxe",
        "headers": [],
        "query_string": urlencode(typed).encode(),
    }
    return _asked(Request(scope), SimpleNamespace(now=datetime(2026, 3, 1, tzinfo=UTC)))


def test_own_dates_go_into_the_addresses_of_csv_and_pdf():
    found = asked(annee="2026", periode="dates", du="01/07/2026", au="15/07/2026")
    assert (found.first, found.last) == (date(2026, 7, 1), date(2026, 7, 15))
    assert parse_qs(found.query)["du"] == ["01/07/2026"]


def test_dates_that_cannot_be_taken_show_the_year_and_lead_to_its_papers():
    found = asked(annee="2026", periode="dates", du="32/13/2026", au="")
    assert set(found.form.errors) == {"du", "au"}
    assert found.form.value("du") == "32/13/2026"
    assert (found.first, found.last) == (date(2026, 1, 1), date(2026, 12, 31))
    assert parse_qs(found.query) == {"annee": ["2026"], "periode": ["annee"]}
