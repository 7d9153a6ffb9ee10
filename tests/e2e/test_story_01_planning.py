"""Story 1, the planning: January 2011 with the old file's bar."""

import re

from playwright.sync_api import expect
from screen import centre, day_column, listing_row


def test_the_planning_of_january_2011_shows_the_bar_from_new_years_eve_to_the_morning_of_the_5th(
    file_3, owner_page
):
    page = owner_page("2010-12-31 10:00")
    page.get_by_role("navigation", name="Menu", exact=True).get_by_role("link", name="Mon planning").click()
    expect(page.get_by_role("group", name="Visualiser à partir de")).to_be_visible()
    page.get_by_label("Mois", exact=True).select_option("Janvier")
    page.wait_for_url(re.compile(r"[?&]mois=1\b"))
    page.get_by_label("Année", exact=True).select_option("2011")
    page.wait_for_url(re.compile(r"[?&]annee=2011\b"))

    heads = page.locator("thead tr.days th")
    expect(heads.first).to_have_text("V 31")
    shown = [re.sub(r"\s+", " ", text).strip() for text in heads.all_inner_texts()]
    assert shown[:3] == ["V 31", "S 1", "D 2"]
    assert "J 20" in shown
    expect(page.get_by_role("columnheader", name="Déc. 2010")).to_have_attribute("colspan", "1")
    expect(page.get_by_role("columnheader", name="Janvier 2011")).to_be_visible()

    bar = listing_row(page, "07MS01731").get_by_role("link", name="Pré-réservation* n° 3")
    expect(bar).to_be_visible()
    place = bar.bounding_box()
    first = day_column(page, "vendredi 31 décembre 2010").bounding_box()
    last = day_column(page, "mercredi 5 janvier 2011").bounding_box()
    assert centre(first) - 2 <= place["x"] <= first["x"] + first["width"]
    assert last["x"] <= place["x"] + place["width"] <= centre(last) + 2

    expect(listing_row(page, "26CH1481")).to_be_visible()
    expect(
        listing_row(page, "26CH1481").get_by_role("link", name=re.compile("réservation", re.IGNORECASE))
    ).to_have_count(0)
    expect(page.get_by_text("Fournisseur n° 27144")).to_be_visible()


def test_the_bar_leads_to_its_file(file_3, owner_page):
    page = owner_page()
    page.goto("/planning?mois=2011-01")
    page.get_by_role("link", name="Pré-réservation* n° 3").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier n° 3")
