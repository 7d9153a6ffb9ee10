"""What is printed of a file and of a sheet, and what decides on a new version."""

from datetime import UTC, date, datetime

import orjson
import pytest
from documents.domain.mail_plan import Audience
from documents.printing.contract import ContractSources, contract_view
from documents.printing.mails import Addresses, Envelope, compose, is_address, to_message
from documents.printing.persons import owner_name
from documents.printing.prices import price_line
from documents.printing.render import input_hash
from documents.printing.statement import StatementSources, shown_value, statement_view
from documents.printing.texts import texts
from google.protobuf.json_format import ParseDict
from sejour.pricing.v1 import pricing_types_pb2 as pricing_pb

from tests.unit.documents import builders

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def contract(booking=None, language="fr"):
    listings = {builders.LISTING_ID: builders.a_listing(), builders.ROOM_ID: builders.a_room()}
    sources = ContractSources(
        booking or builders.a_booking(),
        builders.an_owner(),
        builders.a_label(),
        listings,
        builders.the_fields(),
    )
    return contract_view(sources, language)


def statement(listing=None, today="2026-03-01"):
    sources = StatementSources(
        listing or builders.a_listing(), builders.an_owner(), None, builders.the_fields(),
        builders.a_price_sheet(), builders.terms(), date.fromisoformat(today),
    )  # fmt: skip
    return statement_view(sources, "fr")


def test_payments_internal_notes_and_revisions_make_no_new_version():
    before = input_hash("contract", contract())
    booking = builders.a_booking(internal_note="x", revision=9)
    booking.payments.add(id="p").amount.amount = 300
    booking.totals.paid.amount = 300
    assert input_hash("contract", contract(booking)) == before


@pytest.mark.parametrize("change", ["note", "total", "name", "dates"])
def test_what_is_printed_makes_a_new_version(change):
    booking = builders.a_booking()
    match change:
        case "note":
            booking.client_note = "autre"
        case "total":
            booking.totals.total.amount = 1300
        case "name":
            booking.client.last_name = "Martin"
        case "dates":
            booking.lines[0].price.nights.departure = "2011-01-06"
    assert input_hash("contract", contract(booking)) != input_hash("contract", contract())


@pytest.mark.parametrize(("kind", "other"), [("ARRHES", "acompte"), ("ACOMPTE", "arrhes")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_view_mixes_both_words(kind, other, language):
    view = contract(builders.a_booking(kind=f"DEPOSIT_KIND_{kind}"), language)
    assert other not in orjson.dumps(view).decode().lower()


def test_a_file_without_deposit_says_nothing_of_one():
    view = contract(builders.a_booking(deposit=0))
    assert (view["deposit"], view["deposit_meaning"]) == ("", "")
    assert [row[0] for row in view["schedule"]] == ["solde"]


def test_an_empty_sheet_prints_every_line_as_none():
    view = statement(builders.a_listing(values={}))
    declared = [line for heading in view["headings"] for line in heading["lines"] if line["key"]]
    assert declared
    assert {line["value"] for line in declared} == {"néant", "non"}


def test_the_prices_of_past_years_are_left_out_and_those_of_this_year_stay():
    assert statement(today="2026-12-31")["grids"] == statement(today="2026-01-01")["grids"]
    assert statement(today="2027-01-01")["grids"] == []


@pytest.mark.parametrize(
    ("kind", "params", "cents", "french"),
    [
        ("SEASON_PACKAGE", {"season": "THS", "nights": "7", "length": "7"}, 74000, "Hébergement (THS), 7 nuits"),
        ("SEASON_PRORATA", {"season": "MS", "nights": "3", "length": "7"}, 25286, "Hébergement (MS), 3 nuits"),
        ("SEASON_PACKAGE", {"season": "MS", "nights": "2", "named": "WEEK_END"}, 23000, "Hébergement (MS), 2 nuits, forfait week-end"),
        ("NIGHT_PRICE", {"nights": "2", "unit_amount": "9500"}, 19000, "Hébergement, 2 nuits à 95,00 €"),
        ("EXTRA_PERSONS", {"persons": "2", "quantity": "2"}, 14000, "Personnes supplémentaires : 2"),
        ("SUPPLEMENT", {"name": "Draps", "quantity": "2", "unit_amount": "850"}, 1700, "Draps × 2 à 8,50 €"),
        ("SUPPLEMENT", {"name": "Ménage", "quantity": "1", "unit_amount": "6000"}, 6000, "Ménage"),
        ("DISCOUNT", {"name": "Réservation anticipée", "percent": "10"}, -5500, "Remise : Réservation anticipée (10 %)"),
        ("AGREED", {"reason": "ami", "nights": "5"}, 1200, "Prix convenu"),
        ("NEW_KIND", {"name": "Autre"}, 100, "Autre"),
    ],
)  # fmt: skip
def test_each_line_of_a_price_is_a_sentence(kind, params, cents, french):
    line = ParseDict(
        {"kind": kind, "params": params, "amount": builders.euros(cents)}, pricing_pb.PriceLine()
    )
    assert price_line(line, texts("fr")).replace("\u00a0", " ") == french


@pytest.mark.parametrize("text", ["a@b.fr", "georges.dupond+gite@example.co.uk"])
def test_addresses_are_taken(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a@b..fr", "a@b.fr, c@d.fr", "a@b.fr\r\nBcc: x@y.z", "<a@b.fr>"]
)
def test_what_is_no_single_address_is_not(text):
    assert not is_address(text)


def test_names_of_people_cannot_forge_headers():
    owner = builders.an_owner(first_name="Jeanne\r\nBcc: espion@example.org", email="x\r\ny@z.fr")
    booking = builders.a_booking()
    booking.lines[0].listing_name = "Mas\nX-Forged: 1"
    text = compose("M02", "", Audience.GUEST, booking=booking, owner=owner, link="http://x", documents=[])
    message = to_message(
        text,
        Envelope("1", "a@b.fr", to_guest=True, sent_at=WHEN),
        addresses=Addresses("http://book", "http://app", "reservation@localhost", "Séjour"),
        client_email=booking.client.email,
        owner=owner,
        files=[],
    )
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert owner_name(owner).startswith("Jeanne")


def test_a_year_is_not_grouped_and_a_price_is():
    field = builders.a_field("built_year", builders.catalog_pb.FIELD_TYPE_NUMBER, 2, "Année")
    assert shown_value(field, 1870, texts("fr")) == "1870"
    field.unit = "€"
    assert shown_value(field, 1870, texts("fr")) == "1\u202f870\u00a0€"
