"""Story 18, a chambre d'hôtes: table d'hôtes by choice, breakfast always in, a « Confirmation de séjour »."""

import re

from playwright.sync_api import expect
from screen import fetched, pdf_text, plain, until

CLOCK = "2026-03-01 10:00"
STAY = "/26CH1481?arrivee=15/09/2026&unite=nuit&duree=2&adultes=3"


def test_three_guests_for_two_nights_with_dinner_pay_340_and_a_tax_of_4_20(guest_page, set_clock):
    set_clock(CLOCK)
    page = guest_page()

    def priced():
        page.goto(f"{STAY}&s_table-d-hotes=-1")
        return "340,00 €" in plain(page.get_by_role("main").inner_text())

    until(priced, "the room has its price")
    box = page.get_by_role("complementary", name="Votre séjour")
    expect(box).to_contain_text("4,20")
    expect(box.get_by_role("checkbox", name=re.compile("Table d.hôtes"))).to_be_checked()


def test_breakfast_is_in_the_price_and_cannot_be_taken_away(guest_page, set_clock):
    set_clock(CLOCK)
    page = guest_page()
    page.goto(STAY)
    box = page.get_by_role("complementary", name="Votre séjour")
    expect(box).to_contain_text("Nuit + petit déjeuner")
    expect(box.get_by_role("checkbox", name=re.compile("petit déjeuner", re.IGNORECASE))).to_have_count(0)


def test_no_registration_number_is_asked_of_a_guest_room(owner_page):
    page = owner_page(CLOCK)
    page.goto("/hebergements/26CH1481?onglet=production")
    assert "enregistrement" not in plain(page.get_by_role("main").inner_text()).lower()


def test_the_paper_of_a_guest_room_is_a_confirmation_and_not_a_lease(owner_page):
    page = owner_page(CLOCK)
    page.goto("/reservations/nouvelle?hebergement=26CH1481&du=2026-10-06&au=2026-10-08")
    page.get_by_label("Adultes").fill("3")
    page.get_by_label("Nom", exact=True).fill("MARTIN")
    page.get_by_role("button", name="Enregistrer la réservation").click()
    page.wait_for_url(re.compile(r"/reservations/\d+$"))
    number = page.url.rpartition("/")[2]
    form = page.locator(f'form[action="/reservations/{number}/documents"]').first
    token = form.locator('input[name="_token"]').input_value()
    status, content = fetched(page, f"/reservations/{number}/documents", f"_token={token}&document=contrat")
    assert status == 200
    text = pdf_text(content)
    assert "Confirmation de séjour" in text
    assert "Contrat de location" not in text
