"""A promotional code: who types a good one pays less to the end, a wrong one is told and stands in nobody's way."""

import re
import uuid

import pytest
from playwright.sync_api import expect
from screen import Mails, plain, text_of, until
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from stack_calls import StackCalls

CLOCK = "2026-03-01 10:00"
ROOM = "/26CH1481?arrivee={}&unite=nuit&duree=2&adultes=2"
GUEST = "promo@garonne.example"
ANSWERS = {
    "Prénom": "Claire", "Nom": "MARTIN", "E-mail": GUEST, "Mobile": "06 39 98 00 77",
    "Adresse": "3 quai de la Garonne", "Code postal": "33000", "Ville": "Bordeaux",
}  # fmt: skip


@pytest.fixture(scope="module")
def codes(stack):
    """AMIS26 takes 10 % off; PRINTEMPS is for arrivals in April. Both go before other stories come."""
    stack.set_clock(CLOCK)
    calls = StackCalls(stack)
    owner = calls("OwnerService.GetOwner", owners_pb.GetOwnerRequest(supplier_no=27144), "public").owner
    made = []
    for name, code, bounds in (
        ("Les amis", "AMIS26", {}),
        (
            "Le printemps",
            "PRINTEMPS",
            {"arrivals": common.Nights(arrival="2026-04-01", departure="2026-05-01")},
        ),
    ):
        discount = pricing.Discount(
            owner_id=owner.id, code=code.lower(), name=name, kind=pricing.DISCOUNT_KIND_CODE,
            basis_points=1000, promo_code=code, **bounds,
        )  # fmt: skip
        query = pricing_pb.SaveDiscountRequest(request_id=str(uuid.uuid4()), discount=discount)
        made.append(calls("TariffService.SaveDiscount", query, f"owner:{owner.id}").discount.id)
    yield
    for each in made:
        query = pricing_pb.DeleteRequest(request_id=str(uuid.uuid4()), id=each)
        calls("TariffService.DeleteDiscount", query, f"owner:{owner.id}")
    calls.close()


def _type(page, code):
    """Types a code as a guest does: opens the line, types, asks for the price again."""
    box = page.locator("#sejour")
    if not box.get_by_label("Code promotionnel").is_visible():
        box.get_by_text("J’ai un code promotionnel").click()
    box.get_by_label("Code promotionnel").fill(code)
    box.get_by_role("button", name="Recalculer le prix").click()
    page.wait_for_load_state()
    return plain(box.inner_text())


def test_a_good_code_lowers_the_price_to_the_end_of_the_way(stack, guest_page, codes):
    page = guest_page(java_script_enabled=False)
    page.goto(ROOM.format("06/10/2026"))
    text = _type(page, " amis26 ")
    for words in ("Ce code est pris en compte.", "Les amis, code AMIS26 (−10 % sur 190,00 €)", "171,00 €"):
        assert words in text
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/devis/"))
    assert "171,00 €" in plain(page.get_by_role("main").inner_text())
    page.get_by_role("link", name=re.compile("Poser une option gratuite")).click()
    for label, answer in ANSWERS.items():
        page.get_by_label(label, exact=True).fill(answer)
    page.get_by_role("button", name="Vérifier ma demande").click()
    assert "Les amis, code AMIS26" in plain(page.get_by_role("main").inner_text())
    page.get_by_label("J’ai reçu et lu l’état descriptif des lieux.").check()
    page.get_by_label("J’accepte les conditions de location.").check()
    page.get_by_role("button", name="Poser l’option, sans engagement").click()
    page.wait_for_url(re.compile("/envoye/"))
    (mail,) = Mails(stack.mail).wait(GUEST, "Confirmez votre option")
    page.goto(re.search(r"http://\S+/r/\S+", text_of(mail))[0])
    file = plain(page.get_by_role("main").inner_text())
    assert "Les amis, code AMIS26 (−10 % sur 190,00 €)" in file
    assert "171,00 €" in file


def test_a_wrong_code_is_told_and_the_way_goes_on_at_the_usual_price(guest_page, codes):
    page = guest_page()
    page.goto(ROOM.format("13/10/2026"))
    text = _type(page, "AMIS62")
    for words in ("Ce code n’est pas connu.", "Le prix est celui sans le code « AMIS62 ».", "190,00 €"):
        assert words in text
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/devis/"))
    stay = page.get_by_role("complementary", name="Votre séjour")
    expect(stay).to_contain_text("Ce code n’est pas connu.")
    expect(stay).to_contain_text("190,00")
    page.get_by_role("link", name="Chambre Lavande").first.click()
    expect(page.get_by_label("Code promotionnel")).to_have_value("AMIS62")


def test_a_code_for_other_stays_says_for_which(guest_page, codes):
    page = guest_page()
    page.goto(ROOM.format("13/10/2026") + "&code_promo=printemps")
    expect(page.locator("#sejour")).to_contain_text(
        re.compile(
            r"Ce code ne vaut pas pour ce séjour\s: il est pour une arrivée du 01/04/2026 au 30/04/2026."
        )
    )


def test_the_calendar_and_the_stays_close_by_count_the_code(guest_page, codes):
    page = guest_page()
    for code, price in (("AMIS26", "171"), ("AMIS62", "190")):
        page.goto(ROOM.format("13/10/2026") + f"&code_promo={code}")
        day = page.locator("#calendrier").get_by_role("link", name=re.compile("mercredi 14 octobre 2026"))
        assert plain(day.inner_text()).split() == ["14", price]
        assert f"code_promo={code}" in day.get_attribute("href")
    for code, price in (("AMIS26", "666,00 €"), ("AMIS62", "740,00 €")):
        page.goto(f"/07MS01731?arrivee=15/07/2026&unite=semaine&duree=1&adultes=2&code_promo={code}")
        others = page.locator("#sejour .others")
        assert price in plain(others.inner_text())
        assert f"code_promo={code}" in others.get_by_role("link").first.get_attribute("href")


def test_the_widget_takes_a_code_to_its_calendar_and_to_the_page_of_the_stay(stack, visit, codes):
    page = visit(locale="en-GB").new_page()
    page.clock.set_fixed_time("2026-03-01T10:00:00+01:00")
    page.goto(f"http://localhost:{stack.port}/_widget")
    widget = page.locator("sejour-reservation[listing]")
    expect(widget.get_by_label("Promotional code")).not_to_be_visible()
    widget.get_by_text("I have a promotional code").click()
    widget.get_by_label("Promotional code").fill(" amis26 ")
    widget.get_by_role("button", name=re.compile("Arrival date")).click()
    for _ in range(7):
        widget.get_by_role("button", name="Next month").click()
    widget.get_by_role("button", name=re.compile("^17 €306, Saturday,? 17 October 2026")).click()
    widget.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("/07MS01731.*code_promo=amis26"))
    expect(page.locator("#sejour")).to_contain_text("AMIS26")


def test_the_owner_tries_a_stay_with_the_code_and_what_a_guest_may_choose(owner_page, codes):
    page = owner_page(CLOCK)
    page.goto("/tarifs-vue?hebergement=07MS01731&annee=2026")
    page.get_by_label("Du (arrivée)").fill("17/10/2026")
    page.get_by_label("Au (départ)").fill("24/10/2026")
    page.get_by_label(re.compile("^Code promotionnel")).fill("AMIS26")
    page.get_by_label("Draps", exact=True).fill("2")
    page.get_by_role("checkbox", name=re.compile("Chauffage")).check()
    page.get_by_role("button", name="Essayer ce séjour").click()
    until(lambda: "du=" in page.url, "the stay is tried")
    text = plain(page.locator("#essai").inner_text())
    for words in (
        "Les amis, code AMIS26 (−10 %",
        "Draps : 2 × 8,50 €",
        "Chauffage",
        "Ce code est pris en compte.",
    ):
        assert words in text
