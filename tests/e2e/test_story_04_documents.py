"""Story 4, the documents: contract and état descriptif by mail, and a first version that never changes."""

import re

import pytest
from playwright.sync_api import expect
from screen import attachments, fetched, pdf_text

GUEST = "georges.dupond@maurienne.example"


def _save_notes(page, client=None, internal=None):
    notes = page.get_by_role("region", name="Notes")
    if client is not None:
        notes.get_by_label("Note pour le client").fill(client)
    if internal is not None:
        notes.get_by_label("Notes internes").fill(internal)
    notes.get_by_role("button", name="Enregistrer les notes").click()
    expect(page.get_by_text(re.compile("Enregistré à"))).to_be_visible()


def _paper(page, name):
    """The bytes of a document that the file's page lists."""
    link = page.get_by_role("region", name="Documents").get_by_role("link", name=name)
    status, content = fetched(page, link.first.get_attribute("href"))
    assert status == 200
    return content


@pytest.fixture(scope="module")
def sent():
    """What the first test leaves for the second."""
    return {}


def test_the_contract_goes_out_with_the_statement(file_3, owner_page, mails, sent):
    page = owner_page("2010-12-31 11:00")
    page.goto(f"/reservations/{file_3}")
    detail = page.get_by_role("region", name="Détail")
    detail.get_by_label("Adultes").fill("2")
    detail.get_by_role("button", name="Enregistrer les personnes").click()
    expect(page.get_by_text("Nb. Pers. 2")).to_be_visible()
    expect(page.get_by_text("Nb. Pers. 0")).to_have_count(0)
    _save_notes(page, "Le portail se ferme à 22 heures.", "Ami de Paul, ne pas relancer.")

    page.get_by_role("region", name="Documents").get_by_role("button", name="Envoyer par e-mail").click()
    expect(page.get_by_role("heading", name="Envoyer les documents")).to_be_visible()
    pieces = page.get_by_role("group", name="Pièces jointes").get_by_role("checkbox")
    expect(pieces).to_have_count(2)
    for piece in pieces.all():
        expect(piece).to_be_checked()
    expect(page.get_by_label("Message")).to_have_value(re.compile("contrat", re.IGNORECASE))
    page.get_by_label("Destinataire").fill(GUEST)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text(f"Le message part à {GUEST}.")).to_be_visible()

    mail = mails.wait(GUEST, "")[-1]
    assert "FAURE" in str(mail["from"])
    assert "jeanne.faure@cigales.example" in str(mail["reply-to"])
    pieces = attachments(mail)
    assert len(pieces) == 2
    assert all(content.startswith(b"%PDF") for content in pieces.values())
    contract = next(content for name, content in pieces.items() if "contrat" in name)
    statement = next(content for name, content in pieces.items() if "etat-descriptif" in name)
    _reads_as_the_file(pdf_text(contract))
    assert "07MS01731" in pdf_text(statement)
    assert _paper(page, "Contrat v1") == contract
    assert _paper(page, "État descriptif v1") == statement
    expect(page.get_by_role("region", name="Documents")).to_contain_text("envoyé le 31/12/2010")
    sent.update(contract=contract, statement=statement)


def _reads_as_the_file(text):
    for words in (
        "12,00 €", "3,00 €", "arrhes", "31 décembre 2010", "5 janvier 2011", "DUPOND", "Rue St Exupéry", "73300",
        "ST JEAN DE MAURIENNE", "14 chemin des Cigales", "Le portail se ferme à 22 heures.",
    ):  # fmt: skip
        assert words in text
    assert "Ami de Paul" not in text
    assert "acompte" not in text.lower()


def test_a_later_note_makes_a_second_version_and_leaves_the_first_byte_for_byte(file_3, owner_page, sent):
    page = owner_page()
    page.goto(f"/reservations/{file_3}")
    _save_notes(page, "Le portail se ferme à 23 heures.")
    with page.expect_request_finished(lambda request: request.url.endswith(".pdf")):
        page.get_by_role("button", name="Voir le contrat").click()
    page.goto(f"/reservations/{file_3}")
    second = _paper(page, "Contrat v2")
    assert "Le portail se ferme à 23 heures." in pdf_text(second)
    assert "22 heures" not in pdf_text(second)
    assert _paper(page, "Contrat v1") == sent["contract"]
    assert _paper(page, "État descriptif v1") == sent["statement"]
    expect(page.get_by_role("link", name="Contrat v3")).to_have_count(0)
