"""Who looks at very many pages is asked to wait; his neighbours in another network are not."""

from chassis.clock import system_clock
from chassis.settings import SharedSettings
from gateway.api.limits import Rate
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from httpx import ASGITransport, AsyncClient

from gateway import guest


async def test_a_machine_that_opens_page_after_page_is_slowed_down(monkeypatch):
    monkeypatch.setattr("gateway.guest.site.VISIT_RATE", Rate(60, 5))
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    gateway = Gateway(shared, settings, system_clock, accounts=None, services=None)
    app = create_app(gateway, lambda sites: guest.install(sites, gateway))

    async def visit(address):
        transport = ASGITransport(app, client=(address, 1))
        async with AsyncClient(transport=transport, base_url="http://book.localhost:8080") as client:
            return await client.get("/envoye/unknown", headers={"accept": "text/html"})

    first = [(await visit("203.0.113.7")).status_code for _ in range(5)]
    refused = await visit("203.0.113.8")
    assert first == [404] * 5
    assert (refused.status_code, int(refused.headers["retry-after"]) >= 1) == (429, True)
    assert "Trop de demandes" in refused.text
    assert (await visit("198.51.100.1")).status_code == 404
