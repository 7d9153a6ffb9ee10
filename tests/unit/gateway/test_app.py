import re
from pathlib import Path

import pytest
from chassis.clock import system_clock
from chassis.settings import SharedSettings
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from gateway.visitor import Number
from gateway.web import BodyLimit, CleanAddress, LanguageChoice, most_bytes
from httpx import ASGITransport, AsyncClient
from starlette.convertors import register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse


def browser(shared, base_url, fill=None):
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    app = create_app(Gateway(shared, settings, system_clock, accounts=None, services=None), fill)
    return AsyncClient(transport=ASGITransport(app), base_url=base_url, follow_redirects=True)


@pytest.fixture
async def client():
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    async with browser(shared, "http://app.localhost:8080") as client:
        yield client


async def test_every_page_forbids_inline_and_foreign_code(client):
    policy = (await client.get("/_looks")).headers["content-security-policy"]
    assert "default-src 'self'; style-src 'self'; script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "img-src 'self' data: http://files.localhost:8080" in policy


@pytest.mark.parametrize("path", ["/_looks", "/_looks/planning"])
async def test_pages_carry_no_inline_style_or_script(client, path):
    html = (await client.get(path)).text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", html)


async def test_built_files_are_kept_for_ever_by_their_hash(client):
    address = re.search(
        r'href="(/static/dist/app\.css\?v=[0-9a-f]{10})"', (await client.get("/_looks")).text
    )[1]
    answer = await client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_pages_are_never_stored_by_caches(client):
    assert (await client.get("/_looks")).headers["cache-control"] == "no-store"


async def test_an_unknown_page_is_a_kind_page_for_people_and_a_problem_for_programs(client):
    page = await client.get("/nulle-part", headers={"accept": "text/html", "accept-language": "fr"})
    assert (page.status_code, "Page introuvable" in page.text) == (404, True)
    answer = await client.get("/api/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == "NOT_FOUND"


async def test_every_answer_has_a_request_id_that_continues_the_callers_trace(client):
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await client.get("/healthz", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["x-request-id"] == trace


async def test_each_host_is_its_own_site(client):
    assert (await client.get("http://app.localhost:8080/_looks")).status_code == 200
    assert (await client.get("http://localhost:8080/_looks")).status_code == 200
    for host in ("book", "files", "widget", "clevacances"):
        assert (await client.get(f"http://{host}.localhost:8080/_looks")).status_code == 404


async def test_production_has_no_developer_pages_and_knows_its_hosts_only():
    shared = SharedSettings(base_url="https://sejour.example", env="production", signing_keys=("k" * 32,))
    async with browser(shared, "https://app.sejour.example") as client:
        assert (await client.get("/_looks")).status_code == 404
        assert (await client.get("/healthz")).headers["strict-transport-security"]
        assert (await client.get("https://elsewhere.example/_looks")).status_code == 404


@pytest.mark.parametrize("host", ["app.localhost:8080@evil.example", "evil example", "a/b", 'a"b', "a:b", ""])
async def test_a_host_that_is_no_name_is_refused(client, host):
    answer = await client.get("/_looks/", headers={"host": host}, follow_redirects=False)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_redirect_never_repeats_the_name_that_the_request_gave(client):
    answer = await client.get("/_looks/?a=1", headers={"host": "evil.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/_looks?a=1"


async def test_what_other_sites_may_not_embed_is_closed_to_them(client):
    headers = (await client.get("/_looks")).headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers


async def test_the_language_of_a_page_is_chosen_by_a_link_and_kept(client):
    answer = await client.get("/_looks?lang=en&a=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/_looks?a=1")
    assert 'lang="en"' in (await client.get("/_looks")).text


async def test_a_redirect_for_the_language_never_leaves_the_site(client):
    answer = await client.get("http://app.localhost:8080//elsewhere.example/?lang=en", follow_redirects=False)
    assert not answer.headers["location"].startswith("//")


def test_the_style_sheet_has_a_class_for_every_place_on_the_grid():
    css = (Path(__file__).parents[3] / "gateway/src/gateway/static/dist/app.css").read_text()
    assert ".s-249{" in css
    assert ".n-124{" in css
    assert ".e-249{" in css


async def test_a_body_beyond_what_a_page_takes_is_refused(client):
    answer = await client.post("/connexion", content=b"x" * (2 * 1024 * 1024 + 1))
    assert answer.status_code == 413


async def test_a_program_reads_of_a_body_too_large_as_of_any_problem(client):
    answer = await client.post("/api/v1/quotes", content=b"x" * (2 * 1024 * 1024 + 1))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == "CONTENT_TOO_LARGE"


@pytest.mark.parametrize("address", ["///evil.example/", "////evil.example", "/evil.example"])
async def test_many_slashes_and_a_language_lead_to_no_other_site(address):
    sent = []
    scope = {"type": "http", "method": "GET", "path": address, "query_string": b"lang=en", "headers": []}

    async def send(message):
        sent.append(message)

    await LanguageChoice(None, secure=False)(scope, None, send)
    location = dict(sent[0]["headers"])[b"location"].decode()
    assert location.startswith("/evil.example")


async def test_the_character_nul_never_reaches_a_page():
    seen = {}

    async def page(scope, _receive, _send):
        seen.update(scope)

    scope = {"type": "http", "path": "/clients/\x00a", "query_string": b"q=%%0000b%00"}
    await CleanAddress(page)(scope, None, None)
    assert (seen["path"], seen["query_string"]) == ("/clients/a", b"q=b")


async def test_a_body_that_hides_its_size_is_refused_as_it_comes():
    read = 0

    async def page(_scope, receive, _send):
        nonlocal read
        while True:
            read += len((await receive())["body"])

    async def endless():
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    scope = {"type": "http", "method": "POST", "path": "/connexion", "headers": []}
    with pytest.raises(HTTPException) as refused:
        await BodyLimit(page)(scope, endless, None)
    assert refused.value.status_code == 413
    assert read <= 2 * 1024 * 1024


def test_files_are_taken_where_files_are_sent():
    assert (
        most_bytes("/hebergements/07MS01731/photos") > most_bytes("/label/import") > most_bytes("/connexion")
    )


@pytest.mark.parametrize(
    ("address", "status"), [("/n/3", 200), ("/n/2147483648", 404), ("/n/" + "9" * 5000, 404), ("/s/abc", 404)]
)
async def test_an_address_that_cannot_be_read_is_a_kind_page(address, status):
    def fill(sites):
        register_url_convertor("number", Number())

        @sites["app"].get("/n/{number:number}")
        async def _numbered(number: int):
            return PlainTextResponse(str(number))

        @sites["app"].get("/s/{size}")
        async def _sized(size: int):
            return PlainTextResponse(str(size))

    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    async with browser(shared, "http://app.localhost:8080", fill) as client:
        answer = await client.get(address, headers={"accept-language": "fr"})
    assert answer.status_code == status
    assert status == 200 or "Page introuvable" in answer.text


@pytest.mark.parametrize("path", ["/_looks", "/nulle-part"])
async def test_the_head_of_a_page_may_be_asked_alone(client, path):
    whole, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


async def test_the_api_answers_the_methods_that_it_names(client):
    assert (await client.head("/api/v1/search")).status_code in {404, 405}
