"""The widget on somebody else's page, under a strict policy of that site: with script, and without."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

LINES = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le Mas des Cigales</title>
<script src="{widget}/widget/v1/sejour.js" async></script></head><body><h1>Le Mas des Cigales</h1>
<sejour-reservation key="{key}" lang="{language}" listing="{listing}">
  <form action="{book}/" method="{method}">
    <input type="hidden" name="fournisseur" value="27144"><input type="hidden" name="origine" value="widget">
    <label>Arrivée (jj/mm/aaaa) <input name="arrivee" required></label>
    <label>Durée <input name="duree" value="1"></label>
    <select name="unite" aria-label="Unité"><option value="semaine">semaine(s)</option><option value="nuit">nuit(s)</option></select>
    <label>Adultes <input name="adultes" value="2"></label> <label>Âge des enfants <input name="enfants"></label>
    <details><summary>J’ai un code promotionnel</summary><label>Code promotionnel <input name="code_promo"></label></details>
    <button>Rechercher</button>
  </form>
</sejour-reservation></body></html>"""


class Site(HTTPServer):
    """A plain site on another origin; the page is what `page` says."""

    page = ""
    policy = ""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content = self.server.page.encode() if self.path == "/" else b""
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


@pytest.fixture
def site(stack, set_clock) -> Iterator[Site]:
    """A site whose page embeds the widget; it allows the widget's origin and nothing inline."""
    set_clock("2026-03-01 10:00")
    hosts = stack.demo["hosts"]
    server = Site(("127.0.0.1", 0), Handler)
    server.policy = f"default-src 'none'; script-src {hosts['widget']}; connect-src {hosts['widget']}; form-action {hosts['book']}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def embed(site, stack, *, language="fr", listing="", method="get"):
    hosts = stack.demo["hosts"]
    site.page = LINES.format(
        widget=hosts["widget"], book=hosts["book"], key=stack.demo["widget_key"], language=language,
        listing=listing, method=method,
    )  # fmt: skip
    return f"http://127.0.0.1:{site.server_port}/"


def test_the_widget_leads_to_the_price_of_the_stay(stack, site, visit):
    page = visit().new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.clock.set_fixed_time("2026-03-01T10:00:00+01:00")
    page.goto(embed(site, stack))
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("Choisissez d’abord une date d’arrivée.")).to_be_visible()
    for _ in range(4):
        page.get_by_role("button", name="Mois suivant").click()
    page.get_by_role("button", name="18, samedi 18 juillet 2026").click()
    page.get_by_role("combobox", name="Enfants").select_option("2")
    page.get_by_role("combobox", name="Âge de l’enfant 1").select_option("9")
    page.get_by_role("combobox", name="Âge de l’enfant 2").select_option("12")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("740,00 €")).to_be_visible()
    expect(page.get_by_text("755,40 €")).to_be_visible()
    assert "origine=widget" in page.url
    assert complaints == []


def test_the_calendar_of_one_listing_shows_prices_and_leads_to_its_page(stack, site, visit):
    page = visit(locale="en-GB").new_page()
    page.clock.set_fixed_time("2026-03-01T10:00:00+01:00")
    page.goto(embed(site, stack, language="en", listing="26CH1481"))
    page.get_by_role("combobox", name="Length of stay").select_option("2")
    page.get_by_role("combobox", name=re.compile("week")).select_option("nuit")
    page.get_by_role("button", name="Arrival date : Choose a date").click()
    page.get_by_role("button", name=re.compile(r"^10 €190, Tuesday,? 10 March 2026")).click()
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/26CH1481\?arrivee=10%2F03%2F2026"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_script_the_form_itself_leads_to_the_price(stack, site, visit, method):
    page = visit(java_script_enabled=False).new_page()
    page.goto(embed(site, stack, method=method))
    page.get_by_label("Arrivée (jj/mm/aaaa)").fill("18/07/2026")
    page.get_by_label("Âge des enfants").fill("9, 12")
    page.get_by_text("J’ai un code promotionnel").click()
    page.get_by_label("Code promotionnel").fill("AMIS62")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("740,00 €")).to_be_visible()
    expect(page.get_by_label("Code promotionnel")).to_have_value("AMIS62")
