"""Story 14, the option dies alone: by availability's clock, whether or not booking is there to see it."""

import json
import os
import re
import signal
import urllib.request

import pytest
from playwright.sync_api import expect
from screen import fact, listing_row, plain, text_of, until

GUEST = "claire.martin@garonne.example"
OWNER = "jeanne.faure@cigales.example"
STAY = "u samedi 11 au samedi 18 juillet 2026 (7 nuits)"


def _sellable(stack) -> bool:
    """Whether a partner's search finds the week."""
    request = urllib.request.Request(  # noqa: S310  (our own address)
        f"{stack.base_url}/api/v1/search?arrival=2026-07-11&nights=7&adults=2",
        headers={"Authorization": f"Bearer {stack.demo['partner_key']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return "07MS01731" in [each["listing"] for each in json.load(answer)["results"]]


@pytest.fixture(scope="module")
def option():
    """What the guest learns on the way: the link of his mail, the owner's number of the file."""
    return {}


def test_a_guest_sets_an_option_and_confirms_it_by_mail(guest_page, set_clock, mails, stack, option):
    set_clock("2026-03-01 10:00")
    until(lambda: _sellable(stack), "the week is on sale")
    page = guest_page()
    _ask_for_the_week(page)
    expect(
        page.get_by_role("link", name="Poser une option gratuite jusqu’au dimanche 8 mars 2026 à 23 h 59")
    ).to_be_visible()
    page.get_by_role("link", name=re.compile("Poser une option gratuite")).click()
    _fill_person(page)
    page.get_by_role("button", name="Vérifier ma demande").click()
    _review(page)
    expect(page.get_by_role("heading", name="Vérifiez votre boîte")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("c•••@garonne.example")

    asking = mails.wait(GUEST, "Confirmez votre option")[0]
    link = re.search(r"http://\S+/r/\S+", text_of(asking))[0]
    page.goto(link)
    expect(page.get_by_role("heading", name="Confirmez votre option")).to_be_visible()
    page.get_by_role("button", name="Confirmer mon option").click()
    expect(page.get_by_role("heading", name="Votre option est posée")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("jusqu’au dimanche 8 mars 2026 à 23 h 59")
    option["link"] = link
    assert not _sellable(stack)

    placed = mails.wait(GUEST, "Votre option est posée")[0]
    assert "dimanche 8 mars 2026 à 23 h 59" in text_of(placed)
    told = mails.wait(OWNER, "Nouvelle option n°")[0]
    option["number"] = int(re.search(r"n° (\d+)", plain(str(told["subject"])))[1])


def _ask_for_the_week(page):
    page.goto("/")
    page.get_by_label("Où ?").fill("Beaulieu")
    page.get_by_label("Date d’arrivée", exact=True).fill("11/07/2026")
    page.get_by_label("Durée").fill("1")
    page.get_by_label("Adultes").fill("2")
    page.get_by_role("button", name="Rechercher").click()
    found = page.get_by_role("link").filter(has_text="Le Mas des Cigales")
    expect(found).to_contain_text("740,00 € + taxe de séjour 15,40 € = 755,40 €")
    found.click()
    box = page.get_by_role("complementary", name="Votre séjour")
    expect(box).to_contain_text(STAY)
    expect(box).to_contain_text("740,00 €")
    box.get_by_role("button", name="Continuer").click()


def _fill_person(page):
    for label, words in (
        ("Prénom", "Claire"), ("Nom", "MARTIN"), ("E-mail", GUEST), ("Mobile", "06 39 98 20 14"),
        ("Adresse", "5 quai de la Garonne"), ("Code postal", "31000"), ("Ville", "Toulouse"),
    ):  # fmt: skip
        page.get_by_role("textbox", name=label, exact=True).fill(words)


def _review(page):
    main = page.get_by_role("main")
    for words in ("Claire MARTIN", STAY, "740,00 €", "droit de rétractation", "Vous versez des arrhes"):
        expect(main).to_contain_text(words)
    page.get_by_role("checkbox", name="J’ai reçu et lu l’état descriptif des lieux.").check()
    page.get_by_role("checkbox", name="J’accepte les conditions de location.").check()
    page.get_by_role("button", name="Poser l’option, sans engagement").click()


def test_the_owner_sees_its_end_on_the_file_and_on_the_bar(owner_page, option):
    page = owner_page()
    page.goto(f"/reservations/{option['number']}")
    expect(page.get_by_role("main")).to_contain_text("L’option finit le dimanche 8 mars 2026 à 23 h 59.")
    expect(fact(page.get_by_role("region", name="Client"), "E-mail")).to_have_text(GUEST)
    page.goto("/planning?mois=2026-07")
    bar = listing_row(page, "07MS01731").get_by_role("link", name=f"n° {option['number']}")
    expect(bar).to_contain_text("Martin, 2 pers.")
    expect(bar).to_contain_text("→ 08/03")
    expect(bar).to_have_attribute("title", re.compile(r"finit le 08/03/2026 à 23\sh\s59"))


def test_the_reminder_leaves_at_ten_on_the_second_day_before(set_clock, mails, stack, option):
    reminder = "Votre option prend fin dans deux jours"
    set_clock("2026-03-06 09:59:50")
    assert not mails.sent_to(GUEST, reminder)
    mail = mails.wait(GUEST, reminder)[0]
    assert mail["date"].datetime.astimezone().isoformat() >= "2026-03-06"
    assert "dimanche 8 mars 2026 à 23 h 59" in text_of(mail)
    assert plain(str(mail["date"])).startswith("Fri, 06 Mar 2026 ")
    assert mail["date"].datetime.timestamp() >= 1772787600.0  # 2026-03-06 10:00 in Paris


def test_the_week_is_sold_again_though_booking_is_stopped_and_the_file_expires_after_its_restart(
    set_clock, mails, stack, option, owner_page
):
    set_clock("2026-03-08 23:58")
    assert not _sellable(stack)
    stopped = stack.pid("booking")
    os.kill(stopped, signal.SIGSTOP)
    try:
        set_clock("2026-03-09 00:01")
        until(lambda: _sellable(stack), "the week is sold again")
    finally:
        os.kill(stopped, signal.SIGKILL)
    until(lambda: stack.pid("booking") != stopped, "booking runs again")
    ended = mails.wait(GUEST, "Votre option a pris fin")[0]
    assert "Rien n’est dû." in text_of(ended)
    mails.wait(OWNER, f"L’option n° {option['number']} a pris fin : MARTIN")
    page = owner_page()
    page.goto(f"/reservations/{option['number']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Expirée")
    page.goto("/planning?mois=2026-07")
    expect(listing_row(page, "07MS01731").get_by_role("link", name=f"n° {option['number']}")).to_have_count(0)


def test_the_guest_reads_that_it_is_over(guest_page, option):
    page = guest_page()
    page.goto(option["link"])
    expect(page.get_by_role("heading", name="Votre option est finie")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Vous ne devez rien.")
