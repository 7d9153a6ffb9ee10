"""What a person or a program gets while something does not answer: kind words, and nothing typed is lost."""

import asyncio
import html
import re
from types import SimpleNamespace

import pytest
from chassis.clock import system_clock
from chassis.errors import (
    Busy,
    DeadlineExceeded,
    ErrorKind,
    InternalError,
    Overloaded,
    RemoteError,
    Unavailable,
)
from chassis.settings import SharedSettings
from gateway.app import create_app
from gateway.in_time import InTime, seconds_for
from gateway.pages import Pages
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from gateway.trail import Acting, Trail
from httpx import ASGITransport, AsyncClient
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

PAGE = {"accept": "text/html", "accept-language": "fr"}
FAILURES = {
    "unavailable": lambda: RemoteError(
        ErrorKind.UNAVAILABLE, "SERVICE_UNAVAILABLE", retry_after=1.0, answered=False
    ),
    "database": lambda: Unavailable(part="database"),
    "late": DeadlineExceeded,
    "timeout": TimeoutError,
    "refused": ConnectionRefusedError,
    "overloaded": lambda: Overloaded(part="calls"),
    "busy": Busy,
    "internal": InternalError,
    "bug": lambda: OperationalError("SELECT 1", {}, Exception("odd")),
}
STATUS = {"busy": 409, "internal": 500, "bug": 500}


def fill(sites):
    async def fail(request: Request):
        make = FAILURES[request.path_params["how"]]
        raise make()

    async def read_and_fail(request: Request):
        await request.form()
        return await fail(request)

    for site in ("app", "book"):
        sites[site].add_route("/panne/{how}", fail, methods=["GET", "POST"])
        sites[site].add_route("/lu/{how}", read_and_fail, methods=["POST"])


@pytest.fixture
async def client():
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    app = create_app(Gateway(shared, settings, system_clock, accounts=None, services=None), fill)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost:8080") as client:
        yield client


def hidden_fields(text):
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    }


@pytest.mark.parametrize("how", FAILURES)
async def test_a_page_that_fails_for_now_says_what_to_do_and_offers_the_same_again(client, how):
    answer = await client.get(f"/panne/{how}?mois=2026-07&hebergement=A%26B", headers=PAGE)
    assert answer.status_code == STATUS.get(how, 503)
    assert f'href="/panne/{how}?mois=2026-07&amp;hebergement=A%26B"' in answer.text
    assert re.search("Recommencez|Réessayez", answer.text)
    if answer.status_code != 500:
        assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("how", FAILURES)
@pytest.mark.parametrize("path", ["panne", "lu"])
async def test_what_was_typed_comes_back_ready_to_be_sent_again(client, how, path):
    typed = {
        "nom": 'D\'Été "Anne" <a@b>',
        "note": "une ligne\r\net une autre",
        "request_id": "r-1",
        "_token": "t",
    }
    answer = await client.post(f"/{path}/{how}?x=1", data=typed, headers=PAGE)
    assert answer.status_code == STATUS.get(how, 503)
    assert f'<form method="post" action="/{path}/{how}?x=1">' in answer.text
    assert hidden_fields(answer.text) == typed
    assert "Envoyer à nouveau" in answer.text


async def test_a_password_is_never_put_into_a_page(client):
    answer = await client.post("/lu/late", data={"mot_de_passe": "les-cigales", "compte": "1"}, headers=PAGE)
    assert answer.status_code == 503
    assert "les-cigales" not in answer.text


async def test_files_are_said_to_be_missing(client):
    answer = await client.post("/lu/late", data={"legende": "La mer"}, files={"photo": b"..."}, headers=PAGE)
    assert hidden_fields(answer.text) == {"legende": "La mer"}
    assert "fichiers" in answer.text


@pytest.mark.parametrize("how", sorted(set(FAILURES) - {"internal", "bug"}))
async def test_a_program_reads_a_problem_with_the_time_to_come_back(client, how):
    answer = await client.get(f"/panne/{how}", headers={"accept": "application/json"})
    assert answer.status_code == STATUS.get(how, 503)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] not in {"", "INTERNAL"}
    assert int(answer.headers["retry-after"]) >= 1


class Waiting:
    """A site whose requests wait until they are let go."""

    def __init__(self):
        self.gate, self.full = asyncio.Event(), asyncio.Event()
        self.running = 0

    async def __call__(self, scope, receive, send):
        self.running += 1
        if self.running == 3:
            self.full.set()
        await self.gate.wait()
        await PlainTextResponse("done")(scope, receive, send)


def a_door(site, **options):
    return AsyncClient(transport=ASGITransport(InTime(site, Pages(), **options)), base_url="http://localhost")


async def test_beyond_its_room_the_door_refuses_kindly_and_opens_again():
    site = Waiting()
    async with a_door(site, most_requests=3) as client:
        calls = [asyncio.create_task(client.get("/")) for _ in range(3)]
        await site.full.wait()
        page = await client.get("/planning", headers=PAGE)
        assert (page.status_code, page.headers["retry-after"]) == (503, "1")
        assert "Beaucoup de monde" in page.text
        problem = await client.get("/api/v1/search")
        assert (problem.status_code, problem.json()["reason"]) == (503, "OVERLOADED")
        site.gate.set()
        assert {(await each).text for each in calls} == {"done"}
        assert (await client.get("/")).text == "done"


async def test_a_request_that_lasts_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("gateway.in_time.REQUEST_SECONDS", 0.05)
    async with a_door(Waiting(), most_requests=3) as client:
        answer = await client.get("/planning", headers=PAGE)
        assert (answer.status_code, "Nous revenons dans un instant" in answer.text) == (503, True)
        problem = await client.get("/api/v1/search")
        assert (problem.status_code, problem.json()["reason"]) == (503, "DEADLINE_EXCEEDED")


def test_documents_and_uploads_have_more_time_than_pages():
    assert seconds_for("/planning") < seconds_for("/documents/1.pdf") < seconds_for("/label/import")
    assert seconds_for("/reservations/3/envoyer") == seconds_for("/hebergements/A/etat-descriptif.pdf")


class Acted:
    """A site on which somebody signed in saves a page."""

    def __init__(self):
        self.saved = 0

    async def __call__(self, scope, receive, send):
        self.saved += 1
        scope.setdefault("state", {})["acting"] = Acting("account", "owner")
        await RedirectResponse("/saved", 303)(scope, receive, send)


class NoDatabase:
    async def record(self, _entry):
        raise DeadlineExceeded(part="database")


async def test_what_cannot_be_noted_is_not_told_as_done_and_is_no_fault_of_ours():
    gateway = SimpleNamespace(
        accounts=SimpleNamespace(audit=NoDatabase()), clock=system_clock, pages=Pages(), shared=None
    )
    async with AsyncClient(
        transport=ASGITransport(Trail(Acted(), gateway)), base_url="http://localhost"
    ) as client:
        page = await client.post("/modalites", data={"x": "1"}, headers=PAGE)
        assert (page.status_code, "location" in page.headers) == (503, False)
        assert page.headers["retry-after"] == "1"
        answer = await client.post("/api/v1/owner/blocks", json={})
        assert (answer.status_code, answer.json()["reason"]) == (503, "DEADLINE_EXCEEDED")
