from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from chassis.database import Database
from chassis.settings import SharedSettings
from gateway.accounts.store import Accounts
from gateway.app import create_app
from gateway.owner import install
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from httpx import ASGITransport, AsyncClient

OWNER_ID = UUID("01930000-0000-7000-8000-000000027144")
PASSWORD = "les-cigales-chantent"


class MovedClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture(scope="module")
async def database(make_database):
    found = Database.at(await make_database("gateway"))
    yield found
    await found.close()


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def accounts(database):
    return Accounts(database)


@pytest.fixture
async def jeanne(accounts, clock):
    """An account of the owner 27144."""
    account_id = await accounts.create_account(
        email="Jeanne@cigales.example", password=PASSWORD, display_name="Jeanne FAURE", now=clock()
    )
    await accounts.grant_role(account_id, "owner", subject_id=OWNER_ID, supplier_no=27144, now=clock())
    return account_id


class Silent:
    """Services that do not answer: pages that need none are tested with it."""

    def __getattr__(self, name):
        raise AssertionError(f"asked {name}")


@pytest.fixture
async def browser(accounts, clock):
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    gateway = Gateway(shared, settings, clock, accounts, services=Silent())
    gateway._labels[str(OWNER_ID)] = (float("inf"), "Clévacances")
    app = create_app(gateway, lambda sites: install(sites["app"]))
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://app.localhost:8080") as client:
        yield client
