"""Story 5, arrhes or acompte: files keep the kind they were made under; no paper mixes both words."""

import re

import pytest
from playwright.sync_api import expect
from screen import fetched, pdf_text, plain

CLOCK = "2010-12-31 13:00"


@pytest.fixture
def with_acompte(owner_page):
    """Jeanne's terms say acompte for a while; the stories that follow find arrhes again."""
    page = owner_page(CLOCK)
    _choose(page, "acompte")
    yield page
    _choose(page, "arrhes")


def _choose(page, kind):
    page.goto("/modalites")
    page.locator(f"input[name=genre][value={kind}]").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text(re.compile("Enregistré à")).first).to_be_visible()


def _contract(page, number):
    form = page.locator(f'form[action="/reservations/{number}/documents"]').first
    token = form.locator('input[name="_token"]').input_value()
    status, content = fetched(page, f"/reservations/{number}/documents", f"_token={token}&document=contrat")
    assert status == 200
    return pdf_text(content).lower()


def _contract_of(page, number):
    page.goto(f"/reservations/{number}")
    detail = page.get_by_role("region", name="Détail")
    if detail.get_by_label("Adultes").input_value() in {"", "0"}:
        detail.get_by_label("Adultes").fill("2")
        detail.get_by_role("button", name="Enregistrer les personnes").click()
        expect(page.get_by_text("Nb. Pers. 2")).to_be_visible()
    return _contract(page, number)


def test_the_old_file_keeps_its_arrhes_and_a_new_one_says_acompte_everywhere(file_3, with_acompte):
    page = with_acompte
    page.goto(f"/reservations/{file_3}")
    assert "acompte" not in plain(page.get_by_role("main").inner_text()).lower()
    page.goto("/reservations/nouvelle?hebergement=26CH1481&du=2011-01-20&au=2011-01-22")
    page.get_by_label("Adultes").fill("2")
    page.get_by_label("Prix convenu", exact=True).fill("100")
    page.get_by_label("Nom", exact=True).fill("GARNIER")
    page.get_by_role("button", name="Enregistrer la réservation").click()
    page.wait_for_url(re.compile(r"/reservations/\d+$"))
    number = int(page.url.rpartition("/")[2])
    main = plain(page.get_by_role("main").inner_text()).lower()
    assert "acompte" in main
    assert "arrhes" not in main
    contract = _contract(page, number)
    assert "acompte" in contract
    assert "arrhes" not in contract
    old = _contract_of(page, file_3)
    assert "arrhes" in old
    assert "acompte" not in old
