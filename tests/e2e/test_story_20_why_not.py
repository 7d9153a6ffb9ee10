"""Story 20, why not: what keeps guests from a stay is said in words, each reason with what mends it."""

from playwright.sync_api import expect


def _ask(page, code, first, last):
    page.goto("/pourquoi")
    page.get_by_label("Hébergement").select_option(value=code)
    page.get_by_label("Du (arrivée)").fill(first)
    page.get_by_label("Au (départ)").fill(last)
    page.get_by_role("button", name="Chercher les raisons").click()


def _reason(page, words):
    return page.get_by_role("listitem").filter(has_text=words)


def test_an_open_night_without_a_price_leads_to_a_price_typed_on_it(owner_page):
    page = owner_page("2026-03-01 10:00")
    _ask(page, "07MS01731", "30/11/2026", "01/12/2026")
    reason = _reason(page, "Aucun prix pour cette nuit.")
    expect(reason).to_be_visible()
    reason.get_by_role("link", name="Saisir").click()
    expect(page.get_by_label("Hébergement")).to_have_value("07MS01731")
    expect(page.get_by_label("Du (première nuit)", exact=True)).to_have_value("30/11/2026")
    expect(page.get_by_label("Au (dernière nuit comprise)", exact=True)).to_have_value("30/11/2026")


def test_a_draft_names_what_is_missing_and_leads_to_the_field(owner_page):
    page = owner_page("2026-03-01 10:00")
    _ask(page, "07MS01732", "18/07/2026", "25/07/2026")
    reason = _reason(page, "Fiche en brouillon : surface manquante")
    expect(reason).to_be_visible()
    reason.get_by_role("link", name="Compléter").click()
    expect(page).to_have_url("/hebergements/07MS01732?onglet=rooms#surface_m2")


def test_a_stay_that_guests_can_book_says_its_price(owner_page):
    page = owner_page("2026-03-01 10:00")
    _ask(page, "07MS01731", "25/07/2026", "01/08/2026")
    expect(page.get_by_text("Ce séjour est réservable : 740,00 € pour 4 personnes.")).to_be_visible()


def test_a_broken_rule_is_told_with_the_nearest_stays(owner_page):
    page = owner_page("2026-03-01 10:00")
    _ask(page, "07MS01731", "22/07/2026", "29/07/2026")
    reason = _reason(page, "on arrive le samedi")
    expect(reason.get_by_role("link", name="Changer les règles")).to_be_visible()
    expect(page.get_by_text("Les séjours de même longueur les plus proches")).to_be_visible()
    expect(_reason(page, "du samedi 25 juillet au samedi 1er août 2026")).to_be_visible()
