"""Story 3, the cheque of 3,00 €: recorded once, whatever is clicked again."""

from playwright.sync_api import expect
from screen import fact, fetched


def _payments(page):
    return page.get_by_role("region", name="Règlements").locator("tbody tr")


def test_the_cheque_is_the_deposit_and_proposes_the_booking(file_3, owner_page):
    page = owner_page("2010-12-31 10:30")
    page.goto(f"/reservations/{file_3}")
    ledger = page.get_by_role("region", name="Règlements")
    ledger.get_by_label("Montant").fill("3,00")
    ledger.get_by_label("Moyen").select_option("Chèque")
    ledger.get_by_label("Numéro").fill("0004471")
    ledger.get_by_label("Nature").select_option("Arrhes")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    ledger.get_by_role("button", name="Enregistrer le règlement").dblclick()
    expect(page.get_by_text("Enregistré à 10 h 3")).to_be_visible()

    _is_paid_once(page)
    page.reload()
    _is_paid_once(page)
    # The same form once more, as a browser that was left open on it would send it.
    assert len(sent) == 1
    assert fetched(page, sent[0].url, form=sent[0].post_data)[0] == 200
    page.reload()
    _is_paid_once(page)


def _is_paid_once(page):
    expect(_payments(page)).to_have_count(1)
    for words in ("31/12/2010", "Chèque", "0004471", "Arrhes", "3,00 €"):
        expect(_payments(page)).to_contain_text(words)
    totals = page.get_by_role("region", name="Totaux")
    expect(fact(totals, "Arrhes versées")).to_have_text("3,00 €")
    expect(fact(totals, "Total versé")).to_have_text("3,00 €")
    expect(fact(totals, "Solde")).to_have_text("9,00 €")
    moves = page.get_by_role("region", name="Choix du type")
    proposed = moves.locator(".move").filter(has_text="proposé")
    expect(proposed).to_have_count(1)
    expect(proposed).to_contain_text("Réservation")
    expect(proposed.get_by_role("button", name="Passer en réservation")).to_be_visible()
    loss = moves.locator(".move").filter(has_text="Annulée par le client")
    expect(loss).to_contain_text("M. DUPOND Georges perd les arrhes (3,00 €). Rien à rembourser.")
    expect(moves.locator(".move").filter(has_text="Annulée par le propriétaire")).to_contain_text(
        "Vous devez 6,00 € (le double)."
    )
