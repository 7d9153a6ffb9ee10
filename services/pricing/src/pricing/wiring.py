"""The one place where pricing is put together."""

from __future__ import annotations

from functools import partial

from chassis.clock import Clock, make_clock
from chassis.database import Database
from chassis.events import KafkaConfig
from chassis.grpc_client import Client, connect
from chassis.grpc_server import Server
from chassis.ids import new_id
from chassis.kafka import consume_group
from chassis.lifecycle import Application
from chassis.maintenance import Compacted, Maintenance
from chassis.relay import Relay
from chassis.requests import PURGE_SECONDS as REQUESTS_SECONDS
from chassis.requests import purge_requests
from chassis.settings import SharedSettings
from sejour.availability.v1.availability_service_pb2_grpc import CalendarServiceStub
from sejour.common.v1 import maintenance_service_pb2
from sejour.common.v1.maintenance_service_pb2_grpc import add_MaintenanceServiceServicer_to_server
from sejour.pricing.v1 import pricing_service_pb2_grpc as rpc

from pricing.adapters.availability_client import AvailabilityClient
from pricing.adapters.postgres import TOPIC as RATES
from pricing.adapters.postgres import units
from pricing.adapters.queries import Queries
from pricing.adapters.republish import republish_sheets
from pricing.adapters.sheets import SheetReader
from pricing.adapters.tables import RATE_SHEETS
from pricing.application.ports import Holes
from pricing.entrypoints.consume_catalog import TOPIC, take_catalog_news
from pricing.entrypoints.grpc_prices import GrpcPrices
from pricing.entrypoints.grpc_tariffs import GrpcTariffs
from pricing.settings import PricingSettings

NAME = "pricing"
PURGE_SECONDS = 3600


async def build() -> Application:
    """Everything of the process: gRPC server, relay, consumer of the catalog, purge of old quotes."""
    shared, settings = SharedSettings(), PricingSettings()
    clock, kafka = make_clock(shared), KafkaConfig.of(shared)
    app = Application(NAME, shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application=NAME)
    app.on_close(database.close)
    app.readiness.add("database", database.ping)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    availability: Client[CalendarServiceStub] = connect(
        shared.address("availability"), CalendarServiceStub, keys=shared.keys, clock=clock
    )
    app.on_close(availability.close)
    holes = AvailabilityClient(availability.stub)
    add_servicers(server, database, clock, holes=holes, sheets_at_hand=settings.sheets_at_hand)
    compacted = {RATES: Compacted(republish_sheets, RATE_SHEETS.c.listing_id)}
    server.add(
        add_MaintenanceServiceServicer_to_server,
        Maintenance(maintenance_service_pb2, database, clock, compacted, kafka),
    )
    app.add(server)
    app.task("relay", Relay(database, kafka, NAME, clock=clock).run)
    app.task(
        "catalog",
        partial(consume_group, kafka, [TOPIC], NAME, take_catalog_news(units(database, clock), clock)),
    )
    app.every(PURGE_SECONDS, lambda: Queries(database).purge(now=clock()), name="purge_quotes")
    app.every(REQUESTS_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    return app


def add_servicers(
    server: Server, database: Database, clock: Clock, *, holes: Holes, sheets_at_hand: int = 2048
) -> None:
    """Adds both services of the contract to a server."""
    open_unit, queries = units(database, clock), Queries(database)
    server.add(
        rpc.add_TariffServiceServicer_to_server,
        GrpcTariffs(open_unit=open_unit, queries=queries, clock=clock, new_id=new_id),
    )
    sheets = SheetReader(database, size=sheets_at_hand)
    server.add(
        rpc.add_PriceServiceServicer_to_server,
        GrpcPrices(
            sheets=sheets, holes=holes, open_unit=open_unit, queries=queries, clock=clock, new_id=new_id
        ),
    )
