"""« Taxe de séjour »: the register of a year, its spreadsheet, and the rule that is used."""

import csv
import io

from playwright.sync_api import expect
from screen import fetched, pdf_text


def test_the_register_of_a_year_says_what_to_declare(owner_page):
    page = owner_page("2026-03-01 10:00")
    page.goto("/planning")
    page.get_by_role("link", name="Taxe de séjour").first.click()
    expect(page.get_by_text("Aucun séjour terminé dans cette période.")).to_be_visible()
    expect(page.get_by_text("Beaulieu (3 étoiles) : 1,10 € par personne et par nuit.")).to_be_visible()
    expect(page.get_by_text("à confirmer", exact=True).first).to_be_visible()

    page.goto("/taxe?annee=2010&periode=t3")
    table = page.get_by_role("region", name="Beaulieu")
    # File 1: two adults and two minors for seven nights at 1,10 € (domain.md 2.3, T1).
    expect(table.get_by_role("row").nth(1)).to_contain_text("15,40 €")
    expect(table.get_by_text("1 séjour, 14 nuitées taxées")).to_be_visible()

    page.get_by_label("Période").select_option("Année entière")
    page.wait_for_url("**/taxe?annee=2010&periode=annee")
    expect(table.get_by_text("2 séjours, 28 nuitées taxées")).to_be_visible()
    expect(table).to_contain_text("30,80 €")
    with page.expect_download() as told:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(told.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows] == ["N°", "1", "2", "Total"]
    assert rows[-1][12:14] == ["28", "30,80"]

    address = page.get_by_role("link", name="PDF").get_attribute("href")
    status, content = fetched(page, address)
    text = pdf_text(content)
    assert status == 200
    assert "30,80" in text
    assert "Beaulieu" in text


def test_an_owner_types_the_days_of_a_declaration(owner_page):
    page = owner_page("2026-03-01 10:00")
    page.goto("/taxe?annee=2010")
    page.get_by_label("Période").select_option("Mes dates")
    page.wait_for_url("**periode=dates**")
    page.get_by_label("Premier départ").fill("01/07/2010")
    page.get_by_label("Dernier départ").fill("30/06/2010")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_text("Le dernier jour doit suivre le premier, de deux ans au plus.")).to_be_visible()

    page.get_by_label("Dernier départ").fill("30/09/2010")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_text("1 séjour, 14 nuitées taxées")).to_be_visible()


def test_on_a_phone_nothing_runs_out_of_the_page(owner_page):
    page = owner_page("2026-03-01 10:00", viewport={"width": 390, "height": 844})
    page.goto("/taxe?annee=2010")
    expect(page.get_by_text("2 séjours, 28 nuitées taxées")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
