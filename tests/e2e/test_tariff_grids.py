"""Prices that are not by length alone: another number of persons, a package on other days, a night by weekday."""

import re

from playwright.sync_api import expect
from screen import plain, until

CLOCK = "2026-03-01 10:00"


def _open(page):
    page.goto("/tarifs")
    page.get_by_role("link", name="Cabanon", exact=True).click()


def _fill(page, cell, price):
    page.get_by_label(cell, exact=True).fill(price)


def _tried(page, first, last, adults):
    page.goto("/tarifs-vue?hebergement=07MS01732&annee=2026")
    page.get_by_label("Du (arrivée)").fill(first)
    page.get_by_label("Au (départ)").fill(last)
    page.get_by_label(re.compile("^Adultes")).fill(adults)
    page.get_by_role("button", name="Essayer ce séjour").click()
    until(lambda: "du=" in page.url, "the stay is tried")
    return plain(page.locator("#essai").inner_text())


def test_every_kind_of_price_is_typed_seen_and_charged(owner_page):
    page = owner_page(CLOCK, java_script_enabled=False)
    _open(page)
    page.get_by_label(re.compile("^Ajouter une grille pour")).select_option("1 personne")
    page.get_by_role("button", name="Ajouter la grille").click()
    page.get_by_text("Un forfait sur d’autres jours ou d’autres durées").click()
    page.get_by_role("button", name="Ajouter un forfait").click()
    page.get_by_label(re.compile("^Forfait")).select_option("Week-end")
    page.get_by_label(re.compile("^Nuits \\(")).fill("2 ou 40")
    days = page.get_by_role("group", name="Jours d’arrivée (aucun coché : ceux du forfait)")
    days.get_by_label("jeudi").check()
    _fill(page, "Basse saison, Autre forfait 1", "180")
    _fill(page, "Basse saison, 1 personne, semaine", "200")
    page.get_by_text("Un prix de la nuit selon le jour de la semaine").first.click()
    for day, price in (("dimanche", "50"), ("lundi", "45"), ("mardi", "45"), ("mercredi", "45")):
        _fill(page, f"Basse saison, {day}", price)
    save = page.get_by_role("button", name="Enregistrer le tarif").last
    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Indiquez des nombres de nuits de 1 à 35")
    page.get_by_label(re.compile("^Nuits \\(")).fill("2 ou 3")
    save.click()
    expect(page.get_by_role("region", name="Avant d’enregistrer")).to_contain_text("passent de 90 à 180")
    save.click()
    expect(page).to_have_url(re.compile("/tarifs$"))

    assert "180,00 €" in _tried(page, "07/05/2026", "09/05/2026", "2")
    assert "200,00 €" in _tried(page, "09/05/2026", "16/05/2026", "1")
    table = plain(page.get_by_role("table").first.inner_text())
    for words in ("Week-end (jeu. ; 2 ou 3 nuits)", "Basse saison, 1 personne", "lun. 45,00 €"):
        assert words in table
    # Sunday to Thursday, four nights, for which the season has no package.
    assert "185,00 €" in _tried(page, "10/05/2026", "14/05/2026", "2")
