"""One line for each request: its route, its time, who asked; never the address, which may hold a secret."""

from datetime import timedelta

import orjson
import pytest
import structlog
from chassis.actor import Actor, set_actor
from chassis.clock import system_clock
from chassis.settings import SharedSettings
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from starlette.responses import PlainTextResponse, Response

SECRET = "GqG0n5O1Yy4LrVhVZzVq3w"


def fill(sites):
    @sites["app"].get("/r/{token}")
    async def secret(token: str) -> Response:
        set_actor(Actor.make("key:demo", {"public"}, now=system_clock(), lifetime=timedelta(minutes=1)))
        return PlainTextResponse(token)

    @sites["app"].get("/broken")
    async def broken() -> Response:
        raise RuntimeError("zoe.martin@example.org")


@pytest.fixture
async def client():
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    app = create_app(Gateway(shared, settings, system_clock, accounts=None, services=None), fill)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://localhost:8080") as found:
        yield found


def counted(**labels):
    return REGISTRY.get_sample_value("sejour_http_requests_total", labels) or 0


async def test_a_request_is_one_line_with_its_route_and_no_address(client):
    with structlog.testing.capture_logs() as lines:
        answer = await client.get(f"/r/{SECRET}?jeton={SECRET}")
    assert answer.status_code == 200
    (line,) = [each for each in lines if each["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/r/{token}", 200)
    assert line["account"] == "key:demo"
    assert line["ms"] >= 0
    assert SECRET not in orjson.dumps(lines).decode()


async def test_requests_are_counted_by_route_and_status(client):
    known = {"method": "GET", "route": "/r/{token}", "status": "200"}
    before, none = counted(**known), counted(method="GET", route="(none)", status="404")
    await client.get(f"/r/{SECRET}")
    await client.get(f"/nulle-part/{SECRET}")
    assert counted(**known) == before + 1
    assert counted(method="GET", route="(none)", status="404") == none + 1


async def test_a_fault_is_told_by_its_reference_and_found_by_it(client):
    page = await client.get("/broken", headers={"accept": "text/html", "accept-language": "fr"})
    reference = page.headers["x-request-id"]
    assert page.status_code == 500
    assert f"référence {reference[:12]}" in page.text.replace("\xa0", " ").replace("\u202f", " ")
    problem = await client.get("/broken", headers={"accept": "application/json"})
    assert problem.json()["trace"] == problem.headers["x-request-id"]
    assert "martin" not in page.text + problem.text


async def test_files_and_checks_of_health_make_no_line(client):
    with structlog.testing.capture_logs() as lines:
        await client.get("/healthz")
        await client.get("/static/icon.svg")
    assert [each for each in lines if each["event"] == "request"] == []
