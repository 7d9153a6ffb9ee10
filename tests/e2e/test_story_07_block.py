"""Story 7, the block: refused over the file's nights with its name, allowed from the day it ends."""

from playwright.sync_api import expect
from screen import listing_row


def _fill(page, first, last):
    page.goto("/blocages/nouveau")
    page.get_by_label("Hébergement").select_option("07MS01731 — Le Mas des Cigales")
    page.get_by_label("Du (première nuit)", exact=True).fill(first)
    page.get_by_label("Au (dernière nuit comprise)", exact=True).fill(last)
    page.get_by_role("radio", name="Travaux").check()
    page.get_by_role("button", name="Bloquer ces nuits").click()


def test_a_block_over_the_file_is_refused_with_its_name_and_dates(file_3, owner_page):
    page = owner_page("2010-12-31 14:00")
    _fill(page, "03/01/2011", "09/01/2011")
    expect(page.get_by_role("alert")).to_contain_text(
        "Impossible : réservation n° 3 de M. DUPOND du vendredi 31 décembre 2010 au mercredi 5 janvier 2011"
    )
    expect(page.get_by_label("Du (première nuit)", exact=True)).to_have_value("03/01/2011")
    page.goto("/planning?mois=2011-01")
    expect(listing_row(page, "07MS01731").get_by_role("link", name="Travaux")).to_have_count(0)


def test_a_block_from_the_day_of_departure_is_taken(file_3, owner_page):
    page = owner_page()
    _fill(page, "05/01/2011", "09/01/2011")
    expect(
        page.get_by_text("07MS01731 est bloqué du mercredi 5 au lundi 10 janvier 2011 (5 nuits).")
    ).to_be_visible()
    row = listing_row(page, "07MS01731")
    expect(row.get_by_role("link", name="Travaux")).to_be_visible()
    expect(row.get_by_role("link", name="Pré-réservation* n° 3")).to_be_visible()
