"""The one place where the catalog is put together."""

from functools import partial

from chassis.actor import Scope
from chassis.clock import Clock, make_clock
from chassis.database import Database
from chassis.events import KafkaConfig
from chassis.files import open_store
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.lifecycle import Application
from chassis.maintenance import Maintenance
from chassis.relay import Relay
from chassis.requests import PURGE_SECONDS, purge_requests
from chassis.settings import SharedSettings
from sejour.availability.v1.availability_service_pb2_grpc import CalendarServiceStub
from sejour.booking.v1.booking_service_pb2_grpc import TermsServiceStub
from sejour.catalog.v1.listing_service_pb2_grpc import (
    add_ImportServiceServicer_to_server,
    add_ListingServiceServicer_to_server,
)
from sejour.catalog.v1.owner_service_pb2_grpc import add_OwnerServiceServicer_to_server
from sejour.common.v1 import maintenance_service_pb2
from sejour.common.v1.maintenance_service_pb2_grpc import add_MaintenanceServiceServicer_to_server
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub

from catalog.adapters.photo_files import Decoder, Store
from catalog.adapters.postgres import SqlUnitOfWork
from catalog.adapters.queries import Queries
from catalog.adapters.republish import compacted
from catalog.adapters.services import AskedServices
from catalog.application.ports import Services
from catalog.entrypoints.grpc_imports import GrpcImports
from catalog.entrypoints.grpc_listings import GrpcListings
from catalog.entrypoints.grpc_owners import GrpcOwners
from catalog.settings import CatalogSettings


def _services(app: Application, shared: SharedSettings, clock: Clock) -> AskedServices:
    to = partial(connect, keys=shared.keys, clock=clock)
    prices = to(shared.address("pricing"), PriceServiceStub)
    nights = to(shared.address("availability"), CalendarServiceStub)
    terms = to(shared.address("booking"), TermsServiceStub)
    for client in (prices, nights, terms):
        app.on_close(client.close)
    return AskedServices(prices.stub, nights.stub, terms.stub)


def add_services(
    server: Server, *, database: Database, clock: Clock, services: Services, store: Store
) -> None:
    """Adds the catalog's gRPC services to a server."""

    def new_uow(scope: Scope) -> SqlUnitOfWork:
        return SqlUnitOfWork(database, scope, clock)

    queries = Queries(database)
    server.add(add_OwnerServiceServicer_to_server, GrpcOwners(new_uow=new_uow, queries=queries))
    server.add(
        add_ImportServiceServicer_to_server, GrpcImports(new_uow=new_uow, queries=queries, clock=clock)
    )
    server.add(
        add_ListingServiceServicer_to_server,
        GrpcListings(
            new_uow=new_uow,
            queries=queries,
            clock=clock,
            services=services,
            store=store,
            decode=Decoder(),
        ),
    )


async def build() -> Application:
    """Everything of the process, put together once."""
    shared, settings = SharedSettings(), CatalogSettings()
    clock = make_clock(shared)
    app = Application("catalog", shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application="catalog")
    app.on_close(database.close)
    app.readiness.add("database", database.ping)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    services = _services(app, shared, clock)
    add_services(server, database=database, clock=clock, services=services, store=Store(open_store(shared)))
    server.add(
        add_MaintenanceServiceServicer_to_server,
        Maintenance(maintenance_service_pb2, database, clock, compacted(clock), KafkaConfig.of(shared)),
    )
    app.add(server)
    app.task("relay", Relay(database, KafkaConfig.of(shared), "catalog", clock=clock).run)
    app.every(PURGE_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    return app
