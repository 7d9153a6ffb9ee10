"""Story 16, booked late: the arrhes keep their part, and arrhes, balance and tax are due at once."""

import re

import pytest
from playwright.sync_api import expect
from screen import fact, plain, text_of, until

GUEST = "paul.tardy@isere.example"
OWNER = "jeanne.faure@cigales.example"


@pytest.fixture(scope="module")
def option():
    """The link of the guest's mail and the owner's number of the file."""
    return {}


def _due_at_once(main):
    expect(fact(main, "Arrhes")).to_contain_text("185,00")
    expect(fact(main, "Solde")).to_contain_text("555,00")
    expect(fact(main, "À régler tout de suite")).to_contain_text("755,40")


def _fill_person(page):
    for label, words in (
        ("Prénom", "Paul"), ("Nom", "TARDY"), ("E-mail", GUEST), ("Mobile", "06 39 98 20 17"),
        ("Adresse", "2 rue des Alpes"), ("Code postal", "38000"), ("Ville", "Grenoble"),
    ):  # fmt: skip
        page.get_by_role("textbox", name=label, exact=True).fill(words)


def test_a_guest_reads_before_he_commits_that_all_is_due_at_once(guest_page, set_clock, mails, option):
    set_clock("2026-07-01 10:00")
    page = guest_page()

    def priced():
        page.goto("/07MS01731?arrivee=18/07/2026&unite=semaine&duree=1&adultes=2&enfants=9,12")
        return "740,00" in plain(page.get_by_role("main").inner_text())

    until(priced, "the week has its price")
    box = page.get_by_role("complementary", name="Votre séjour")
    box.get_by_role("button", name="Continuer").click()
    _due_at_once(page.get_by_role("main"))
    page.get_by_role("link", name=re.compile("Poser une option gratuite")).click()
    _fill_person(page)
    page.get_by_role("button", name="Vérifier ma demande").click()
    _due_at_once(page.get_by_role("main"))
    page.get_by_role("checkbox", name="J’ai reçu et lu l’état descriptif des lieux.").check()
    page.get_by_role("checkbox", name="J’accepte les conditions de location.").check()
    page.get_by_role("button", name="Poser l’option, sans engagement").click()
    asking = mails.wait(GUEST, "Confirmez votre option")[0]
    page.goto(re.search(r"http://\S+/r/\S+", text_of(asking))[0])
    page.get_by_role("button", name="Confirmer mon option").click()
    expect(page.get_by_role("heading", name="Votre option est posée")).to_be_visible()
    _due_at_once(page.get_by_role("main"))
    placed = mails.wait(GUEST, "Votre option est posée")[0]
    assert "755,40" in text_of(placed)
    told = mails.wait(OWNER, "Nouvelle option n°")[-1]
    option["number"] = int(re.search(r"n° (\d+)", plain(str(told["subject"])))[1])


def test_the_owner_reads_the_same_sums_on_the_file(owner_page, option):
    page = owner_page()
    page.goto(f"/reservations/{option['number']}")
    main = plain(page.get_by_role("main").inner_text())
    for words in ("185,00", "740,00", "15,40", "755,40"):
        assert words in main, words
