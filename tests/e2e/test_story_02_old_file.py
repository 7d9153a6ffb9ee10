"""Story 2, the old file: an option of an agreed 12,00 €, persons not stated."""

from playwright.sync_api import expect
from screen import fact


def test_the_old_file_reads_as_on_the_old_screen(file_3, owner_page):
    assert file_3 == 3
    page = owner_page("2010-12-31 10:00")
    page.goto("/reservations/3")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier n° 3")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pré-réservation")

    client = page.get_by_role("region", name="Client")
    for term, words in (
        ("Code", "DUP-2"), ("Nom - prénom", "M. DUPOND Georges"), ("Adresse", "Rue St Exupéry"), ("CP", "73300"),
        ("Ville", "ST JEAN DE MAURIENNE"),
    ):  # fmt: skip
        expect(fact(client, term)).to_have_text(words)

    detail = page.get_by_role("region", name="Détail")
    expect(detail).to_contain_text("07MS01731")
    expect(detail).to_contain_text("du vendredi 31 décembre 2010 au mercredi 5 janvier 2011 (5 nuits)")
    expect(detail).to_contain_text("Pension complète")
    expect(detail).to_contain_text("Nb. Pers. 0")
    expect(detail).to_contain_text("Prix convenu, saisi par vous")
    expect(page.get_by_text("Nb. Pers. 0 : le nombre de personnes n’est pas indiqué.")).to_be_visible()

    totals = page.get_by_role("region", name="Totaux")
    for term, amount in (
        ("Total hébergement", "12,00 €"), ("Total supplément", "0,00 €"), ("Prix total", "12,00 €"),
        ("Arrhes dues (25,00 %)", "3,00 €"), ("Arrhes versées", "0,00 €"), ("Total versé", "0,00 €"),
        ("Solde", "12,00 €"),
    ):  # fmt: skip
        expect(fact(totals, term)).to_have_text(amount)
    expect(page.get_by_role("main")).not_to_contain_text("compte")


def test_the_option_without_end_says_no_end(file_3, owner_page):
    page = owner_page()
    page.goto("/reservations/3")
    expect(page.get_by_text("L’option finit le")).to_have_count(0)
    expect(page.get_by_role("region", name="Choix du type")).to_contain_text("Pré-réservation")


def test_without_persons_there_is_no_contract_and_the_page_says_why(file_3, owner_page):
    page = owner_page()
    page.goto("/reservations/3")
    page.get_by_role("button", name="Voir le contrat").click()
    expect(page.get_by_role("alert").first).to_contain_text("personnes")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier n° 3")


def test_the_list_of_files_shows_it(file_3, owner_page):
    page = owner_page()
    page.goto("/reservations")
    row = page.get_by_role("row").filter(has_text="DUP-2")
    expect(row).to_contain_text("12,00 €")
    expect(row).to_contain_text("07MS01731")
