"""Every page of a guest as it looks, at 1280 and 390 px, light and dark; axe finds no serious fault."""

import re

import pytest
from playwright.sync_api import expect
from screen import Mails, text_of
from test_zz_screens import EVERY_RUN, SCREENS, faults_of, look, photograph, shoot

__all__ = ["look"]
pytestmark = pytest.mark.screens
GUEST = "screens@garonne.example"
PAGES = [
    "/", "/?arrivee=19/09/2026&unite=semaine&duree=1&adultes=2&enfants=9,12",
    "/?arrivee=15/07/2026&unite=semaine&duree=1&adultes=6&fournisseur=27144",
    "/07MS01731?arrivee=19/09/2026&unite=semaine&duree=1&adultes=4", "/07MS01731?arrivee=15/07/2020&duree=200",
    "/26CH1481?arrivee=15/09/2026&unite=nuit&duree=2&adultes=3&s_table-d-hotes=-1", "/r/nulle-part",
]  # fmt: skip
ROOM = "/26CH1481?arrivee={}&unite=nuit&duree=2&adultes=2"
ANSWERS = {
    "Prénom": "Claire", "Nom": "MARTIN", "Mobile": "06 39 98 00 77", "Adresse": "3 quai de la Garonne",
    "Code postal": "33000", "Ville": "Bordeaux",
}  # fmt: skip


def quote(page, arrival):
    page.goto(ROOM.format(arrival))
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/devis/"))
    return page.url


def to_the_review(page):
    for label, answer in (ANSWERS | {"E-mail": GUEST}).items():
        page.get_by_label(label, exact=True).fill(answer)
    page.get_by_role("button", name="Vérifier ma demande").click()


@pytest.fixture(scope="module")
def walked(stack, browser):
    """A quote that waits, and an option that was set: its page after the form and the link of its mail."""
    stack.set_clock("2026-03-01 10:00")
    context = browser.new_context(base_url=stack.demo["hosts"]["book"], locale="fr-FR")
    page = context.new_page()
    quote(page, "22/09/2026")
    page.get_by_role("link", name=re.compile("Poser une option gratuite")).click()
    to_the_review(page)
    page.get_by_label("J’ai reçu et lu l’état descriptif des lieux.").check()
    page.get_by_label("J’accepte les conditions de location.").check()
    page.get_by_role("button", name="Poser l’option, sans engagement").click()
    page.wait_for_url(re.compile("/envoye/"))
    sent = page.url
    link = re.search(
        r"http://\S+/r/\S+", text_of(Mails(stack.mail).wait(GUEST, "Confirmez votre option")[0])
    )[0]
    waiting = quote(page, "29/09/2026")
    context.close()
    return {"choice": waiting, "sent": sent, "link": link}


def snap(page, name, width, scheme):
    """Takes the picture of a page that no address shows."""
    folder = SCREENS / f"{width}-{scheme}"
    folder.mkdir(parents=True, exist_ok=True)
    shoot(page, folder / f"{name}.png")
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found = faults_of(page) if (width, scheme) in EVERY_RUN else []
    return found + ([f"{name}: {over} px too wide"] if over > 0 else [])


def test_the_guests_pages_look_right_and_are_for_all(stack, visit, look, walked):
    width, scheme = look
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    page = visit(base_url=stack.demo["hosts"]["book"], **options).new_page()
    wrong = []
    for path in PAGES:
        wrong += photograph(page, path, width, scheme, expected=404 if path.startswith("/r/") else 200)
    for name in ("choice", "sent", "link"):
        page.goto(walked[name])
        wrong += snap(page, f"guest-{name}", width, scheme)
    page.goto(walked["choice"])
    page.get_by_role("link", name=re.compile("Poser une option gratuite")).click()
    wrong += snap(page, "guest-person", width, scheme)
    to_the_review(page)
    expect(page.get_by_role("heading", name="Vérifiez, puis posez l’option")).to_be_visible()
    wrong += snap(page, "guest-review", width, scheme)
    assert wrong == []


def test_the_page_of_the_api_and_the_widgets_demonstration_look_right(stack, visit, look):
    width, scheme = look
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    page = visit(base_url=stack.base_url, **options).new_page()
    wrong = photograph(page, "/api/docs", width, scheme) + photograph(page, "/_widget", width, scheme)
    page.get_by_role("button", name=re.compile("Date d’arrivée")).click()
    wrong += snap(page, "widget-calendar", width, scheme)
    assert wrong == []
