"""« Mes modalités de vente » and devis: what the guest will read, two tabs, a devis from the form to the file."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from screen import attachments, fact, fetched, pdf_text, plain, text_of

CLOCK = "2026-07-02 10:00"
CLIENT = "lucie.bernard@drome.example"
OWNER = "jeanne.faure@cigales.example"


@pytest.fixture(scope="module")
def devis():
    """Links and addresses of the devis made on the way."""
    return {}


def _saved(page):
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").or_(page.locator(".banner.ok, .flash")).first).to_contain_text(
        "Enregistré à"
    )


def test_the_guests_sentences_follow_what_is_typed_and_nothing_is_saved_yet(owner_page):
    page = owner_page(CLOCK)
    page.goto("/modalites")
    box = page.get_by_role("region", name="Ce que lira le vacancier")
    expect(box).to_contain_text("612,00")
    expect(box).to_contain_text("153,00")
    expect(box).to_contain_text("Vous versez des arrhes")
    page.locator("input[name=genre][value=acompte]").check()
    page.get_by_label("Pourcentage du prix").first.fill("30")
    expect(box).to_contain_text("183,60")
    expect(box).to_contain_text("Vous versez un acompte")
    expect(box).not_to_contain_text("arrhes")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/modalites")
    expect(page.locator("input[name=genre][value=arrhes]")).to_be_checked()


def test_two_tabs_keep_both_changes_and_ask_only_for_what_both_changed(owner_page):
    page = owner_page()
    other = page.context.new_page()
    page.goto("/modalites")
    other.goto("/modalites")
    other.get_by_label("Caution").first.fill("300")
    other.get_by_label("Préavis").first.fill("2")
    _saved(other)
    page.get_by_label("Préavis").first.fill("3")
    page.get_by_label("Texte libre, imprimé dans le contrat").fill("Ménage compris.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    versions = page.get_by_role("alert").filter(has_text="a été changée")
    expect(versions).to_contain_text("Préavis")
    expect(versions).not_to_contain_text("Ménage compris.")
    page.get_by_role("radio", name=re.compile("^3")).check()
    _saved(page)
    expect(page.get_by_label("Préavis").first).to_have_value("3")
    expect(page.get_by_label("Caution").first).to_have_value(re.compile("^300"))
    expect(page.get_by_label("Texte libre, imprimé dans le contrat")).to_have_value("Ménage compris.")


def test_another_paypal_address_asks_for_the_password_and_paypal_stays_hidden_from_guests(
    owner_page, stack, mails
):
    page = owner_page()
    page.goto("/modalites")
    page.get_by_role("checkbox", name="PayPal").check()
    page.get_by_label("Adresse PayPal").fill("jeanne@paypal.example")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("donnez votre mot de passe")
    page.get_by_label("Votre mot de passe").fill(stack.demo["owner"]["password"])
    _saved(page)
    expect(page.get_by_role("main")).to_contain_text("Les vacanciers ne voient pas encore PayPal.")
    expect(page.get_by_role("region", name="Ce que lira le vacancier")).not_to_contain_text("paypal")
    page.get_by_label("Adresse PayPal").fill("autre@paypal.example")
    page.get_by_label("Votre mot de passe").fill(stack.demo["owner"]["password"])
    _saved(page)
    expect(page.get_by_role("main")).to_contain_text("c’est encore jeanne@paypal.example qui compte")
    for address in ("jeanne@paypal.example", "autre@paypal.example"):
        assert "samedi 4 juillet 2026" in text_of(mails.wait(address, "Votre adresse PayPal change")[0])


def _new_devis(page, *, code, first, last, mail, name):
    page.goto("/reservations/nouvelle")
    page.get_by_label("Hébergement").select_option(code)
    page.get_by_label("Du (arrivée)", exact=True).fill(first)
    page.get_by_label("Au (départ)", exact=True).fill(last)
    page.get_by_label("Adultes").fill("2")
    page.get_by_label("Prix convenu", exact=True).fill("612")
    page.get_by_label("Raison du prix convenu").fill("Semaine de rentrée")
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Prénom").fill("Lucie")
    page.get_by_role("textbox", name=re.compile("^E-mail")).fill(mail)
    page.get_by_label("Note pour le client").fill("Nous serons ravis de vous recevoir.")
    page.get_by_role("button", name="En faire un devis").click()
    page.wait_for_url(re.compile(r"/devis/[0-9a-f-]{36}$"))


def test_the_owner_makes_a_devis_and_sends_it_as_he_edited_it(owner_page, mails, devis):
    page = owner_page()
    _new_devis(page, code="07MS01731", first="29/08/2026", last="05/09/2026", mail=CLIENT, name="BERNARD")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Pas encore envoyé")
    expect(main).to_contain_text("Valable jusqu’au jeudi 9 juillet 2026")
    expect(main).to_contain_text("ne retient pas les dates")
    expect(main).to_contain_text("Raison : Semaine de rentrée")
    message = page.get_by_label("Message")
    expect(message).to_have_value(re.compile("612,00"))
    message.fill(message.input_value() + "\n\nLe pain est offert.")
    page.get_by_role("button", name="Envoyer le devis").click()
    expect(main).to_contain_text("Envoyé")
    mail = mails.wait(CLIENT, "Votre devis")[0]
    assert "Le pain est offert." in text_of(mail)
    [(name, content)] = attachments(mail).items()
    assert re.fullmatch(r"devis-27144-[0-9A-Z]{10}-v1\.pdf", name)
    text = pdf_text(content)
    for words in ("612,00", "153,00", "9 juillet 2026", "ne retient pas encore les dates", "ravis"):
        assert words in text, words
    devis["link"] = re.search(r"http://\S+/d/[\w-]+", text_of(mail))[0]
    devis["page"] = urlsplit(page.url).path


def test_the_client_accepts_once_though_he_clicks_in_two_browsers(guest_page, owner_page, mails, devis):
    first, second = guest_page(), guest_page(viewport={"width": 390, "height": 844})
    for page in (first, second):
        page.goto(devis["link"])
        expect(page.get_by_role("heading", name="Votre devis", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    first.get_by_role("button", name="Accepter le devis").click()
    expect(first.get_by_role("alert")).to_contain_text("réponses sont à corriger")
    for page in (first, second):
        page.get_by_role("checkbox", name="J’ai reçu et lu l’état descriptif des lieux.").check()
        page.get_by_role("checkbox", name="J’accepte les conditions de location.").check()
    first.get_by_label("Un mot au propriétaire").fill("Nous arriverons vers 18 h.")
    first.get_by_role("button", name="Accepter le devis").click()
    second.get_by_role("button", name="Accepter le devis").click()
    references = set()
    for page in (first, second):
        expect(page.get_by_role("heading", name="Votre option est posée")).to_be_visible()
        references.add(fact(page.get_by_role("main"), "Référence").inner_text())
    assert len(references) == 1
    page = owner_page()
    page.goto(devis["page"])
    expect(page.get_by_role("main")).to_contain_text("Votre client a accepté.")
    page.get_by_role("link", name=re.compile("Ouvrir le dossier")).click()
    expect(page.get_by_role("main")).to_contain_text("612,00")
    expect(page.get_by_role("main")).to_contain_text("Nous arriverons vers 18 h.")
    assert mails.wait(CLIENT, "Votre option est posée")
    first.goto(devis["link"])
    expect(first.get_by_role("heading", name="Vous avez accepté ce devis")).to_be_visible()


def test_an_expired_devis_says_so_kindly_and_a_new_one_is_asked_for(
    owner_page, guest_page, set_clock, mails, devis
):
    page = owner_page()
    address = "lucie.tard@drome.example"
    _new_devis(page, code="26CH1481", first="10/09/2026", last="12/09/2026", mail=address, name="TARD")
    page.get_by_role("button", name="Envoyer le devis").click()
    link = re.search(r"http://\S+/d/[\w-]+", text_of(mails.wait(address, "Votre devis")[0]))[0]
    guest = guest_page()
    guest.goto(link)
    for name in ("J’ai reçu et lu l’état descriptif des lieux.", "J’accepte les conditions de location."):
        guest.get_by_role("checkbox", name=name).check()
    set_clock("2026-07-09 10:30")
    guest.get_by_role("button", name="Accepter le devis").click()
    expect(guest.get_by_role("heading", name="Ce devis n’est plus valable")).to_be_visible()
    guest.get_by_role("button", name="Demander un nouveau devis").click()
    expect(guest.get_by_role("status")).to_contain_text("Votre demande est partie")
    told = mails.wait(OWNER, "demande un nouveau devis")
    assert len(told) == 1
    page = owner_page()
    page.goto("/devis")
    rows = plain(page.get_by_role("main").inner_text())
    assert "Expiré" in rows
    assert "nouveau devis demandé" in rows
    assert "Accepté" in rows


def test_the_paper_opens_from_the_owners_page_and_a_strangers_link_is_none(owner_page, guest_page, devis):
    page = owner_page()
    status, content = fetched(page, f"{devis['page']}.pdf")
    assert status == 200
    assert "612,00" in pdf_text(content)
    guest = guest_page()
    answer = guest.goto("/d/AAAAAAAAAAAAAAAAAAAAAA")
    assert answer.status == 404
