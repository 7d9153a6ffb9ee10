from datetime import date

from gateway.owner.why_words import Stay, Why, why_no_nights, why_no_price, why_not_on_sale, why_terms
from gateway.planning import Bar, BarKind
from sejour.availability.v1 import availability_service_pb2 as availability
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing

WEEK = Stay("07MS01731", date(2026, 7, 18), date(2026, 7, 25))
NIGHT = Stay("07MS01731", date(2026, 12, 1), date(2026, 12, 2))
TODAY = date(2026, 3, 1)


def refused(reason, first, last):
    return availability.NightsRefusal(reason=reason, nights=common.Nights(arrival=first, departure=last))


def a_listing(state):
    return catalog.Listing(code="07MS01732", state=state)


def plain(words):
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_night_without_a_price_is_mended_by_a_price_typed_on_it():
    reason = pricing.StayRefusal(reason="NO_SEASON", params={"nights": "2026-12-01"})
    assert why_no_price([reason], NIGHT) == [
        Why(
            "Aucun prix pour cette nuit.",
            "/prix/nouveau?hebergement=07MS01731&du=2026-12-01&au=2026-12-02",
            "Saisir",
        )
    ]


def test_some_nights_of_a_stay_without_a_price_are_named():
    reason = pricing.StayRefusal(reason="NO_SEASON", params={"nights": "2026-07-23,2026-07-24"})
    [why] = why_no_price([reason], WEEK)
    assert plain(why.sentence) == (
        "Aucun prix pour les nuits du jeudi 23 au samedi 25 juillet 2026 (2 nuits)."
    )


def test_a_rule_is_told_once_and_leads_to_the_tariffs():
    rule = pricing.StayRefusal(reason="ARRIVAL_DAY", params={"allowed": "6", "season": "THS"})
    [why] = why_no_price([rule, rule], WEEK)
    assert (plain(why.sentence), why.href) == ("En « THS », on arrive le samedi.", "/tarifs")


def test_a_draft_says_what_is_missing_each_with_its_field():
    missing = [("surface manquante", "/hebergements/07MS01732?onglet=pieces#surface_m2", "Compléter")]
    [why] = why_not_on_sale(a_listing(catalog.LISTING_STATE_DRAFT), missing)
    assert plain(why.sentence) == "Fiche en brouillon : surface manquante."
    assert (why.href, why.fix) == missing[0][1:]


def test_a_withdrawn_listing_and_a_complete_draft_lead_to_their_production():
    for state in (catalog.LISTING_STATE_WITHDRAWN, catalog.LISTING_STATE_DRAFT):
        [why] = why_not_on_sale(a_listing(state), [])
        assert why.href == "/hebergements/07MS01732?onglet=production"
    assert why_not_on_sale(a_listing(catalog.LISTING_STATE_IN_PRODUCTION), []) == []


def test_taken_nights_name_the_file_and_closed_ones_lead_to_opening_just_them():
    bar = Bar(
        BarKind.BOOKING, date(2026, 7, 18), date(2026, 7, 21), "Réservation", "Dupond, 4 pers.", number="3",
        href="/reservations/3",
    )  # fmt: skip
    other = Bar(BarKind.BLOCK, date(2026, 8, 1), date(2026, 8, 8), "Travaux")
    closed, taken = why_no_nights(
        [refused("TAKEN", "2026-07-18", "2026-07-21"), refused("NOT_OPEN", "2026-07-23", "2026-07-25")],
        [bar, other],
        WEEK,
    )
    assert closed.href == "/disponibilites/ajouter?hebergement=07MS01731&du=2026-07-23&au=2026-07-25"
    assert plain(taken.sentence) == (
        "Réservation n° 3 de Dupond du samedi 18 au mardi 21 juillet 2026 (3 nuits)."
    )
    assert (taken.href, taken.fix) == ("/reservations/3", "Voir")


def test_an_option_says_when_it_ends_and_a_block_its_reason():
    option = Bar(
        BarKind.OPTION, date(2026, 7, 18), date(2026, 7, 25), "Pré-réservation", "Dupond · → 08/03", number="4",
        ends="08/03/2026 à 23 h 59",
    )  # fmt: skip
    block = Bar(BarKind.BLOCK, date(2026, 7, 18), date(2026, 7, 25), "Travaux", href="/blocages/1")
    words = [plain(why.sentence) for why in why_no_nights([], [option, block], WEEK)]
    span = "du samedi 18 au samedi 25 juillet 2026 (7 nuits)"
    assert words == [
        f"Pré-réservation n° 4 de Dupond {span}. L'option finit le 08/03/2026 à 23 h 59.".replace("'", "’"),
        f"Blocage « Travaux » {span}.",
    ]


def test_nights_taken_by_what_has_no_bar_are_told_all_the_same():
    [why] = why_no_nights([refused("TAKEN", "2026-07-18", "2026-07-25")], [], WEEK)
    assert why.sentence.startswith("Déjà pris du samedi 18")


def test_the_owner_s_own_terms_are_reasons_too():
    terms = booking.SalesTerms(online_options=False, notice_days=200)
    assert [plain(why.sentence) for why in why_terms(terms, WEEK, TODAY)] == [
        "Vous ne prenez pas d’options en ligne.",
        "Vos modalités demandent 200 jours entre la réservation et l’arrivée.",
    ]
    assert [why.href for why in why_terms(None, WEEK, TODAY)] == ["/modalites"]
    assert why_terms(booking.SalesTerms(online_options=True, notice_days=2), WEEK, TODAY) == []
