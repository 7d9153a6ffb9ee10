import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.problems import SENTENCES, nights_of, sentence
from gateway.texts import price_line, promo_words, refusal
from sejour.availability.v1.availability_reasons_pb2 import AvailabilityReason
from sejour.booking.v1.booking_reasons_pb2 import BookingReason
from sejour.catalog.v1.catalog_reasons_pb2 import CatalogReason
from sejour.documents.v1.documents_reasons_pb2 import DocumentsReason
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from sejour.pricing.v1.pricing_reasons_pb2 import PricingReason


@pytest.mark.parametrize(
    "reasons", [AvailabilityReason, BookingReason, CatalogReason, DocumentsReason, PricingReason]
)
def test_every_reason_of_a_service_has_a_sentence(reasons):
    missing = [name for name in reasons.keys() if not name.endswith("UNSPECIFIED") and name not in SENTENCES]  # noqa: SIM118
    assert missing == []


def test_a_sentence_takes_its_values_from_the_metadata_and_bears_their_absence():
    full = RemoteError(ErrorKind.CONFLICT, "SEASONS_OVERLAP", metadata={"first": "Haute", "second": "Basse"})
    assert (
        sentence(full)
        == "Les saisons «\u00a0Haute\u00a0» et «\u00a0Basse\u00a0» se recouvrent. Corrigez leurs dates."
    )
    assert "…" in sentence(RemoteError(ErrorKind.CONFLICT, "SEASONS_OVERLAP"))


def test_an_unknown_reason_is_told_by_its_kind():
    assert "ne répond pas" in sentence(RemoteError(ErrorKind.UNAVAILABLE, "SOMETHING"))
    assert (
        sentence(RemoteError(ErrorKind.REFUSED, "SOMETHING"))
        == "Cela n’est pas possible. Rien n’a été enregistré."
    )


def test_the_nights_of_a_failure_are_in_words():
    error = RemoteError(
        ErrorKind.CONFLICT, "NIGHTS_TAKEN", metadata={"arrival": "2026-07-18", "departure": "2026-07-25"}
    )
    assert nights_of(error) == "du samedi 18 au samedi 25 juillet 2026 (7 nuits)"
    assert nights_of(RemoteError(ErrorKind.CONFLICT, "NIGHTS_TAKEN")) == ""


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("SEASON_PACKAGE", {"length": "7", "nights": "7", "season": "THS"}, "Semaine en «\u00a0THS\u00a0»"),
        (
            "SEASON_PRORATA",
            {"length": "7", "nights": "3", "season": "MS", "unit_amount": "59000"},
            "3 sur 7 nuits en «\u00a0MS\u00a0» (590,00\u00a0€ les 7 nuits)",
        ),
        (
            "SEASON_PRORATA",
            {
                "length": "10",
                "nights": "3",
                "season": "MS",
                "unit_amount": "59000",
                "package": "7",
                "basis": "WEEK",
            },
            "3 sur 10 nuits en «\u00a0MS\u00a0» (590,00\u00a0€ les 7 nuits)",
        ),
        (
            "SEASON_PACKAGE",
            {
                "length": "2",
                "nights": "2",
                "season": "MS",
                "basis": "NAMED",
                "named": "WEEK_END",
                "covered": "2",
            },
            "Week-end en «\u00a0MS\u00a0», prix pour 2 personnes",
        ),
        (
            "SEASON_PRORATA",
            {"length": "2", "nights": "1", "season": "MS", "unit_amount": "23000", "named": "WEEK_END"},
            "1 sur 2 nuits du forfait «\u00a0week-end\u00a0», «\u00a0MS\u00a0» (230,00\u00a0€)",
        ),
        (
            "SEASON_PACKAGE",
            {"length": "3", "nights": "3", "season": "MS", "basis": "WEEKDAYS", "prices": "9000,12000,12000"},
            "3 nuits en «\u00a0MS\u00a0» (1 × 90,00\u00a0€ + 2 × 120,00\u00a0€)",
        ),
        (
            "DISCOUNT",
            {
                "name": "Longs séjours",
                "percent_bp": "2000",
                "base_amount": "70000",
                "discount_kind": "SECOND_WEEK",
            },
            "Longs séjours (−20\u00a0% sur la deuxième semaine, 700,00\u00a0€)",
        ),
        (
            "DISCOUNT",
            {"name": "Tôt", "percent_bp": "1000", "base_amount": "74000"},
            "Tôt (−10\u00a0% sur 740,00\u00a0€)",
        ),
        (
            "DISCOUNT",
            {"name": "Amis", "percent_bp": "1000", "base_amount": "74000", "promo_code": "amis26"},
            "Amis, code AMIS26 (−10\u00a0% sur 740,00\u00a0€)",
        ),
        (
            "SUPPLEMENT",
            {"name": "Draps", "quantity": "2", "unit_amount": "850"},
            "Draps\u00a0: 2 × 8,50\u00a0€",
        ),
        (
            "TOURIST_TAX",
            {"persons": "2", "nights": "7"},
            "Taxe de séjour (estimation)\u00a0: 2 personnes × 7 nuits",
        ),
        (
            "TOURIST_TAX",
            {"persons": "2", "nights": "7", "vat_bp": "1000", "accommodation_ht": "59091"},
            (
                "Taxe de séjour (estimation)\u00a0: 2 personnes × 7 nuits, "
                "calculée sur 590,91\u00a0€ hors TVA (TVA 10\u00a0%)"
            ),
        ),
        (
            "TOURIST_TAX",
            {"persons": "2", "nights": "7", "vat_bp": "550", "accommodation_ht": "61611"},
            (
                "Taxe de séjour (estimation)\u00a0: 2 personnes × 7 nuits, "
                "calculée sur 616,11\u00a0€ hors TVA (TVA 5,5\u00a0%)"
            ),
        ),
        ("SOMETHING_NEW", {}, "Something new"),
    ],
)
def test_lines_of_a_price_read_as_sentences(kind, params, words):
    assert price_line(kind, params) == words


def test_refusals_name_the_rule():
    assert refusal("MIN_STAY", {"min_nights": "7", "season": "Haute"}) == (
        "En «\u00a0Haute\u00a0», le séjour est de 7 nuits au moins."
    )
    assert (
        refusal("CAPACITY", {"persons": "8", "max_persons": "6"})
        == "Cet hébergement accueille 6 personnes au plus."
    )


def test_a_code_that_is_not_known_is_told_and_none_says_nothing():
    assert promo_words(pricing.PROMO_STATE_UNKNOWN) == "Ce code n’est pas connu."
    assert promo_words(pricing.PROMO_STATE_UNSPECIFIED) == ""


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({}, "Ce code ne vaut pas pour ces dates ou cette durée."),
        (
            {"min_nights": "7", "arrivals_from": "2026-07-04", "arrivals_until": "2026-08-30"},
            (
                "Ce code ne vaut pas pour ce séjour\u00a0: il est pour 7 nuits au moins, "
                "une arrivée du 04/07/2026 au 29/08/2026."
            ),
        ),
    ],
)
def test_a_code_that_is_not_for_the_stay_says_for_which_it_is(bounds, words):
    assert promo_words(pricing.PROMO_STATE_NOT_FOR_STAY, bounds) == words
