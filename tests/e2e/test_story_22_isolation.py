"""Story 22, isolation: 27145 opens every address of 27144 and reads « introuvable », as if they never existed.

The addresses are those that Jeanne's own pages name, links and forms with all their fields; a test holds them
against the gateway's routes, so that no page with a parameter is left out.
"""

import json
import re
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from gateway.api import application as api_module
from playwright.sync_api import expect
from screen import fetched, plain, sign_in
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.gateway.v1 import account_service_pb2 as accounts_pb
from stack_calls import StackCalls
from starlette.routing import Match

from gateway import owner as owner_pages

BONNET = ("27145", "a-l-ombre-du-platane")
HERS = ("27144", "FAURE", "DUPON", "Cigales", "07MS01731", "07MS01732", "26CH1481", "Lavande", "maurienne")
ROUTES = [route for module in owner_pages._PAGES for route in module.router.routes]
# Parameters that name no object of an owner; every owner has a version 1 of his own.
OPEN_PARAMETERS = {"deed", "what", "rest", "revision"}
NEW = {"nouveau", "nouvelle"}
SEEDS = (
    "/planning", "/planning?mois=2026-10", "/reservations", "/reservations/1", "/reservations/2", "/reservations/3",
    "/reservations/1/envoyer", "/hebergements/07MS01731", "/hebergements/07MS01731?onglet=photos",
    "/hebergements/07MS01731?onglet=production", "/clients", "/hebergements", "/tarifs", "/tarifs-vue", "/modalites", "/coordonnees",
    "/codes", "/disponibilites", "/devis",
)  # fmt: skip
_FORMS = """() => ({
  links: [...document.querySelectorAll("main a[href]")].map((link) => link.getAttribute("href")),
  forms: [...document.querySelectorAll('main form[method="post"]')].map((form) => {
    const fields = new URLSearchParams(new FormData(form));
    const button = form.querySelector("button[name]");
    if (button) fields.set(button.name, button.value);
    return [form.getAttribute("action") || location.pathname, fields.toString()];
  }),
})"""


@dataclass
class Addresses:
    """What a site has for somebody: addresses that are opened, forms that are sent."""

    opened: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)


def route_of(method: str, address: str):
    """The first route of the dashboard that answers an address, with its parameters; None for other sites."""
    path = urlsplit(address).path
    scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
    for route in ROUTES:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return route, found["path_params"]
    return None


def absent(method: str, address: str) -> str:
    """The same address with numbers, codes and ids of nothing."""
    route, params = route_of(method, address)
    never = {
        name: value
        if name in OPEN_PARAMETERS
        else 987_654 if isinstance(value, int) else "99XX99999" if name == "code" else str(uuid.uuid4())
        for name, value in params.items()
    }  # fmt: skip
    return route.path_format.format(**never)


def names_hers(method: str, address: str) -> bool:
    found = route_of(method, address)
    if found is None:
        return False
    return any(name not in OPEN_PARAMETERS and value not in NEW for name, value in found[1].items())


@pytest.fixture(scope="module")
def hers():
    """Filled by the first test."""
    return Addresses()


def _is_a_page(href: str) -> bool:
    return href.startswith("/") and not href.startswith(("/static", "/?", "/manuel", "/dev/"))


def _walk(page, hers: Addresses) -> None:
    waiting, seen = list(SEEDS), set()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if address in seen or (path in hers.opened and address not in SEEDS):
            continue
        seen.add(address)
        hers.opened[path] = address
        if path.endswith((".pdf", ".csv")):
            continue
        page.goto(address)
        found = page.evaluate(_FORMS)
        for action, fields in found["forms"]:
            hers.forms.setdefault(action, fields)
        waiting += [href.partition("#")[0] for href in found["links"] if _is_a_page(href)]


def _one_of_each(page):
    """A block, a devis and the documents of a file, so that their addresses are there."""
    page.goto("/reservations/nouvelle")
    page.get_by_label("Hébergement").select_option("26CH1481")
    page.get_by_label("Du (arrivée)", exact=True).fill("20/10/2026")
    page.get_by_label("Au (départ)", exact=True).fill("22/10/2026")
    page.get_by_label("Adultes").fill("2")
    page.get_by_label("Prix convenu", exact=True).fill("180")
    page.get_by_label("Raison du prix convenu").fill("Deux nuits")
    page.get_by_label("Nom", exact=True).fill("MARTIN")
    page.get_by_role("textbox", name=re.compile("^E-mail")).fill("martin@drome.example")
    page.get_by_role("button", name="En faire un devis").click()
    page.wait_for_url(re.compile(r"/devis/[0-9a-f-]{36}$"))
    page.goto("/blocages/nouveau?hebergement=26CH1481&du=2026-10-10&au=2026-10-12")
    page.get_by_role("button", name="Bloquer ces nuits").click()
    expect(page.get_by_text(re.compile("26CH1481 est bloqué|Impossible")).first).to_be_visible()
    page.goto("/reservations/1")
    with page.expect_request_finished(lambda request: request.url.endswith(".pdf")):
        page.get_by_role("button", name="Voir le contrat").click()
    page.goto("/reservations/1")
    page.get_by_role("button", name="Envoyer par e-mail").click()
    expect(page.get_by_role("heading", name="Envoyer les documents")).to_be_visible()


def test_every_page_of_the_dashboard_that_names_something_is_among_her_addresses(file_3, owner_page, hers):
    page = owner_page("2026-03-10 10:00")
    _one_of_each(page)
    _walk(page, hers)
    known = {("GET", route_of("GET", each)[0].path) for each in hers.opened if route_of("GET", each)}
    known |= {("POST", route_of("POST", each)[0].path) for each in hers.forms if route_of("POST", each)}
    wanted = {
        (method, route.path)
        for route in ROUTES
        for method in route.methods - {"HEAD"}
        if set(route.param_convertors) - OPEN_PARAMETERS
        and "rest" not in route.param_convertors
        and not route.path.startswith("/dev/")
    }
    assert sorted(wanted - known) == []


def _sent(page, token: str, address: str, fields: str) -> tuple[int, str]:
    body = dict(parse_qsl(fields, keep_blank_values=True)) | {
        "_token": token,
        "request_id": str(uuid.uuid4()),
    }
    status, content = fetched(page, address, form=urlencode(body))
    return status, _without_numbers(content)


def _without_numbers(content: bytes) -> str:
    """A page without what differs at each answer: request number and form tokens."""
    text = plain(content.decode("utf-8", "replace"))
    return re.sub(r"(numéro|référence) [0-9a-f]{12}|value=\"[0-9A-Za-z_-]{20,}\"", "", text)


@pytest.fixture
def his_page(stack, visit):
    page = visit(base_url=stack.demo["hosts"]["app"]).new_page()
    sign_in(page, *BONNET)
    return page


def test_bonnet_opens_every_address_of_hers_and_finds_nothing(hers, his_page):
    tried = [each for each in hers.opened.values() if names_hers("GET", each)]
    assert len(tried) > 20
    for address in tried:
        status, content = fetched(his_page, address)
        page = _without_numbers(content)
        assert (address, status) == (address, 404)
        assert "Page introuvable" in page, address
        assert not [word for word in HERS if word in page], address
        never_status, never = fetched(his_page, absent("GET", address))
        assert (never_status, _without_numbers(never)) == (404, page), address


def test_one_of_them_on_the_screen(his_page):
    his_page.goto("/reservations/3")
    expect(his_page.get_by_role("heading", name="Page introuvable")).to_be_visible()
    expect(his_page.get_by_text("Fournisseur n° 27144")).to_have_count(0)


def test_his_own_pages_hold_nothing_of_hers_even_when_asked_for_her_listing(hers, his_page):
    for path in hers.opened:
        if names_hers("GET", path):
            continue
        for query in ("", "?hebergement=07MS01731&du=2026-07-11&au=2026-07-18&mois=2026-07&q=DUP&chip=PAST"):
            status, content = fetched(his_page, path + query)
            text = _without_numbers(content).replace("hebergement=07MS01731", "").replace("DUP&", "")
            # He has versions of his own terms, but not as many as she.
            assert status in ({200, 404} if path.startswith("/modalites/versions/") else {200}), path
            assert not [word for word in HERS if word in text], path + query


def test_bonnet_sends_every_form_of_hers_and_changes_nothing(hers, his_page, owner_page):
    jeanne = owner_page()
    before = _state_of(jeanne)
    his_page.goto("/coordonnees")
    token = his_page.locator('input[name="_token"]').first.get_attribute("value")
    tried = {address: fields for address, fields in hers.forms.items() if names_hers("POST", address)}
    assert len(tried) > 10
    for address, fields in tried.items():
        real = _sent(his_page, token, address, fields)
        never = _sent(his_page, token, absent("POST", address), fields)
        assert (address, real[0]) == (address, never[0])
        # A removal is the same for what is gone already, or was never there.
        assert real[0] in {404, 422} or (address.endswith("/supprimer") and real == never), address
        assert not [word for word in HERS if word in real[1] and word not in fields], address
        if real[0] == 404:
            assert real == never, address
    assert _state_of(jeanne) == before


def _state_of(page) -> list[str]:
    """What her pages say of her things now."""
    said = []
    for address in (
        "/reservations/1",
        "/reservations/3",
        "/hebergements/07MS01731",
        "/modalites",
        "/tarifs",
        "/planning?mois=2026-10",
    ):
        page.goto(address)
        said.append(plain(page.get_by_role("main").inner_text()))
    return said


@pytest.fixture(scope="module")
def his_key(stack):
    """An API key of 27145 with all scopes."""
    calls = StackCalls(stack)
    owner = calls("OwnerService.GetOwner", owners_pb.GetOwnerRequest(supplier_no=27145), "operator").owner
    scopes = [
        "catalog:read",
        "search:read",
        "quote:write",
        "booking:read",
        "booking:write",
        "owner:read",
        "owner:write",
    ]
    request = accounts_pb.CreateApiKeyRequest(name="story-22", scopes=scopes, owner_ids=[owner.id])
    made = calls("AccountService.CreateApiKey", request, "operator").key
    calls.close()
    return made


def _asked(stack, key, method, path, body=None) -> tuple[int, dict]:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    request = urllib.request.Request(  # noqa: S310  (our own address)
        f"{stack.base_url}/api/v1{path}", method=method, headers=headers,
        data=json.dumps(body).encode() if body is not None else None,
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _api_calls(code: str, reference: str, quote: str):
    """Every operation of the public API about one listing, file and quote."""
    stay = {"arrival": "2026-09-05", "departure": "2026-09-12"}
    client = {
        "last_name": "X", "first_name": "Y", "email": "x@platane.example", "mobile": "+33639980099",
        "address": "1 rue", "postal_code": "07150", "city": "Vallon", "country": "FR", "language": "fr",
    }  # fmt: skip
    accepted = {"description_version": "1", "terms_version": "1"}
    return {
        ("GET", "/listings/{code}"): (f"/listings/{code}", None),
        ("GET", "/listings/{code}/calendar"): (f"/listings/{code}/calendar?from=2026-09-01&to=2026-10-01", None),
        ("GET", "/listings/{code}/sellability"): (
            f"/listings/{code}/sellability?arrival=2026-09-05&departure=2026-09-12&adults=2", None,
        ),
        ("POST", "/quotes"): ("/quotes", {"lines": [{"listing": code, **stay, "adults": 2}]}),
        ("GET", "/quotes/{quote_id}"): (f"/quotes/{quote}", None),
        ("POST", "/bookings"): ("/bookings", {"quote": quote, "mode": "option", "client": client, "accepted": accepted}),
        ("GET", "/bookings/{reference}"): (f"/bookings/{reference}", None),
        ("POST", "/bookings/{reference}/cancellation"): (
            f"/bookings/{reference}/cancellation", {"preview": False, "reason": "x"},
        ),
        ("POST", "/owner/availability"): ("/owner/availability", {"listings": [code], **stay}),
        ("POST", "/owner/blocks"): ("/owner/blocks", {"listing": code, **stay, "reason": "works"}),
    }  # fmt: skip


LISTS = {("GET", "/listings"), ("GET", "/search"), ("GET", "/owner/bookings")}


def test_his_api_key_opens_nothing_of_hers(stack, his_key):
    hers = stack.demo["api_key"]
    found = _asked(stack, hers, "GET", "/owner/bookings")[1]["results"][0]["reference"]
    line = {"listing": "07MS01731", "arrival": "2026-09-05", "departure": "2026-09-12", "adults": 2}
    status, quote = _asked(stack, hers, "POST", "/quotes", {"lines": [line]})
    assert status == 201, quote
    real = _api_calls("07MS01731", found, quote["id"])
    never = _api_calls("99XX99999", "ZZZZZZZZZZ", str(uuid.uuid4()))
    for (method, path), (address, body) in real.items():
        status, said = _asked(stack, his_key, method, address, body)
        never_status, never_said = _asked(stack, his_key, method, *never[method, path])
        assert (method, path, status) == (method, path, 404), said
        assert (never_status, never_said["reason"]) == (404, said["reason"])
    for path in ("/listings", "/search?arrival=2026-09-05&nights=7&adults=2", "/owner/bookings?q=DUP"):
        status, said = _asked(stack, his_key, "GET", path)
        assert status == 200
        assert not [word for word in HERS if word in json.dumps(said, ensure_ascii=False)]


def test_every_operation_of_the_api_is_among_those_tried():
    routes = [
        route
        for module in (api_module.reading, api_module.quotes, api_module.bookings, api_module.owner)
        for route in module.router.routes
    ]
    declared = {(method, route.path) for route in routes for method in route.methods}
    tried = {(method, path) for method, path in _api_calls("", "", "")} | LISTS
    assert declared == tried
