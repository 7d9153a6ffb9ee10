"""The service on a real PostgreSQL, called through gRPC, with the cast of the acceptance stories."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from chassis.actor import Actor, acting_as
from chassis.database import Database
from chassis.events import Event
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.ids import new_id
from pricing.adapters.postgres import units
from pricing.entrypoints.consume_catalog import take_catalog_news
from pricing.wiring import add_servicers
from sejour.catalog.v1 import catalog_events_pb2, catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_events_pb2 as events
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_service_pb2_grpc as rpc
from sejour.pricing.v1 import pricing_types_pb2 as types
from sqlalchemy import text

KEYS = (b"a key for the tests of pricing",)
BEAULIEU, DROME = "07028", "26281"
SEASONS = {
    "BS": [("2026-02-01", "2026-06-13"), ("2026-08-29", "2026-11-28")],
    "MS": [("2026-06-13", "2026-07-11"), ("2026-08-15", "2026-08-29")],
    "HS": [("2026-08-08", "2026-08-15")],
    "THS": [("2026-07-11", "2026-08-08")],
}
GRID = {
    "BS": {1: 11000, 2: 15000, 3: 19000, 4: 24000, 7: 34000},
    "MS": {1: 12000, 2: 18500, 3: 26500, 4: 34500, 7: 59000},
    "HS": {1: 13000, 2: 20500, 3: 30000, 4: 38000, 7: 63000},
    "THS": {1: 14000, 2: 22500, 3: 32400, 4: 42500, 7: 74000},
}


def nights(arrival: str, departure: str) -> common_pb2.Nights:
    return common_pb2.Nights(arrival=arrival, departure=departure)


def party(adults: int, *ages: int) -> common_pb2.Party:
    return common_pb2.Party(adults=adults, children_ages=ages)


def euros(amount: int) -> common_pb2.Money:
    return common_pb2.Money(amount=amount, currency="EUR")


def request_id() -> str:
    return str(new_id())


class Holes:
    """What availability would say of the nights around a stay: nothing unless a test says so."""

    def __init__(self) -> None:
        self.length: int | None = None
        self.asked = 0

    async def hole(self, _listing_id, _nights) -> int | None:
        self.asked += 1
        return self.length


class World:
    """A running service, its clock, and who calls it."""

    def __init__(self, database: Database, clock, tariffs, prices, holes) -> None:
        self.database = database
        self.holes = holes
        self.clock = clock
        self.tariffs = tariffs
        self.prices = prices
        self._news = take_catalog_news(units(database, clock), clock)

    def set_clock(self, text_: str) -> None:
        self.clock.now = datetime.fromisoformat(text_).replace(tzinfo=UTC)

    def acting(self, *grants: str):
        return acting_as(Actor.make("test", grants, now=self.clock(), lifetime=timedelta(hours=1)))

    def owner(self, owner_id: UUID):
        return self.acting(f"owner:{owner_id}")

    def public(self):
        return self.acting("public")

    def system(self, name: str):
        return self.acting(f"system:{name}")

    async def tell(self, listing: catalog_types_pb2.Listing) -> None:
        message = catalog_events_pb2.ListingChanged(listing=listing)
        await self._news(
            Event(
                topic="catalog.listings",
                key=listing.id,
                event_id=new_id(),
                event_type=message.DESCRIPTOR.full_name,
                occurred_at=self.clock(),
                revision=listing.revision,
                payload=message.SerializeToString(),
            )
        )

    async def news(self, listing_id: str) -> list[events.RateSheetsChanged]:
        """What was written for `pricing.rates` about a listing, in order."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                text("SELECT payload FROM outbox WHERE key = :key ORDER BY revision"), {"key": listing_id}
            )
            return [events.RateSheetsChanged.FromString(row.payload) for row in rows]


def a_listing(owner_id: UUID, **changes: object) -> catalog_types_pb2.Listing:
    values = {
        "id": str(new_id()),
        "owner_id": str(owner_id),
        "kind": catalog_types_pb2.LISTING_KIND_SEASONAL_RENTAL,
        "state": catalog_types_pb2.LISTING_STATE_IN_PRODUCTION,
        "base_persons": 4,
        "max_persons": 6,
        "official_stars": 3,
        "zone": "Europe/Paris",
        "revision": 1,
        "address": catalog_types_pb2.Address(insee=BEAULIEU),
    }
    return catalog_types_pb2.Listing(**(values | changes))


class TestClock:
    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
async def service(make_database):
    database = Database.at(await make_database("pricing"), application="pricing-tests")
    clock = TestClock()
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    holes = Holes()
    add_servicers(server, database, clock, holes=holes)
    await server.start()
    address = f"127.0.0.1:{server.port}"
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(server.stop, 0)
        tariffs = connect(address, rpc.TariffServiceStub, keys=KEYS, clock=clock, timeout=10)
        prices = connect(address, rpc.PriceServiceStub, keys=KEYS, clock=clock, timeout=10)
        stack.push_async_callback(tariffs.close)
        stack.push_async_callback(prices.close)
        yield World(database, clock, tariffs.stub, prices.stub, holes)


@pytest.fixture
async def world(service):
    service.set_clock("2026-03-01T09:00")
    service.holes.length, service.holes.asked = None, 0
    return service


async def save_season(world, owner_id, name, periods, **values: object):
    season = types.Season(
        owner_id=str(owner_id), name=name, color="s1", periods=[nights(*one) for one in periods], **values
    )
    answer = await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=season))
    return answer.season


async def save_plan(
    world, owner_id, code="location", name="Location seule", *, meal=types.MEAL_PLAN_ROOM_ONLY, meals=0
):
    plan = types.RatePlan(owner_id=str(owner_id), code=code, name=name, meal_plan=meal, meals=meals)
    answer = await world.tariffs.SaveRatePlan(pb.SaveRatePlanRequest(request_id=request_id(), rate_plan=plan))
    return answer.rate_plan


async def save_supplement(world, owner_id, code, base, price, **values: object):
    one = types.Supplement(
        owner_id=str(owner_id), code=code, name=code.title(), base=base, price=euros(price), **values
    )
    answer = await world.tariffs.SaveSupplement(
        pb.SaveSupplementRequest(request_id=request_id(), supplement=one)
    )
    return answer.supplement


async def save_tax(world, insee, category, year, **values: object):
    rule = types.TaxRule(insee=insee, category=category, year=year, source="test", **values)
    with world.acting("operator"):
        answer = await world.tariffs.SaveTaxRule(pb.SaveTaxRuleRequest(request_id=request_id(), rule=rule))
    return answer.rule


@pytest.fixture
async def jeanne(world):
    """Jeanne FAURE: « Le Mas des Cigales », grid of `domain.md` 7.3, supplements, −10 %, tax 1,10."""
    owner = new_id()
    listing = a_listing(owner)
    await world.tell(listing)
    for year in (2010, 2011, 2026, 2027):
        await save_tax(world, BEAULIEU, "3", year, tariff=110)
    with world.owner(owner):
        seasons = {name: await save_season(world, owner, name, periods) for name, periods in SEASONS.items()}
        plan = await save_plan(world, owner)
        full_board = await save_plan(
            world, owner, "pension-complete", "Pension complète", meal=types.MEAL_PLAN_FULL_BOARD
        )
        tariff = types.Tariff(
            owner_id=str(owner),
            name="Tarif 2026",
            rate_plan_id=plan.id,
            listing_ids=[listing.id],
            base_persons=4,
            extra_person_unit=types.EXTRA_PERSON_UNIT_WEEK,
            rows=[
                types.TariffRow(season_id=seasons[name].id, packages=GRID[name], extra_adult=7000)
                for name in SEASONS
            ],
        )
        saved = await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
        await save_supplement(world, owner, "menage", types.SUPPLEMENT_BASE_PER_STAY, 6000, obligatory=True)
        await save_supplement(world, owner, "draps", types.SUPPLEMENT_BASE_PER_PERSON, 850)
        await save_supplement(world, owner, "chauffage", types.SUPPLEMENT_BASE_PER_WEEK, 4000)
    return SimpleNamespace(
        id=owner,
        listing=listing,
        seasons=seasons,
        plan=plan,
        full_board=full_board,
        tariff=saved.tariff,
        warnings=saved.warnings,
    )
