"""The one place where booking is put together."""

from functools import partial

from chassis.clock import make_clock
from chassis.database import Database
from chassis.events import KafkaConfig
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.kafka import consume_group
from chassis.lifecycle import Application
from chassis.maintenance import Maintenance
from chassis.relay import Relay
from chassis.requests import PURGE_SECONDS, purge_requests
from chassis.settings import SharedSettings
from sejour.availability.v1.availability_service_pb2_grpc import CalendarServiceStub, StayServiceStub
from sejour.booking.v1.booking_service_pb2_grpc import (
    add_BookingServiceServicer_to_server,
    add_ClientServiceServicer_to_server,
    add_TermsServiceServicer_to_server,
)
from sejour.booking.v1.proposal_service_pb2_grpc import add_ProposalServiceServicer_to_server
from sejour.booking.v1.reconcile_service_pb2_grpc import add_ReconcileServiceServicer_to_server
from sejour.catalog.v1.listing_service_pb2_grpc import ListingServiceStub
from sejour.common.v1 import maintenance_service_pb2
from sejour.common.v1.maintenance_service_pb2_grpc import add_MaintenanceServiceServicer_to_server
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub

from booking.adapters.comparing import BookedPages, FilePages
from booking.adapters.postgres import LOCK_MS, open_units
from booking.adapters.queries import Queries
from booking.adapters.services import AvailabilityClient, CatalogClient, PricingClient
from booking.application.drive import Driver
from booking.application.limits import Limits
from booking.application.reconcile import Reconciler
from booking.domain.states import Means
from booking.entrypoints import jobs
from booking.entrypoints.consume_availability import TOPIC, take_expired
from booking.entrypoints.grpc_booking import GrpcBooking
from booking.entrypoints.grpc_clients import GrpcClients
from booking.entrypoints.grpc_proposals import GrpcProposals
from booking.entrypoints.grpc_reconcile import GrpcReconcile
from booking.entrypoints.grpc_terms import GrpcTerms
from booking.entrypoints.reconcile_job import reconcile
from booking.settings import BookingSettings


async def build() -> Application:
    """Everything of the process, put together once."""
    shared, settings = SharedSettings(), BookingSettings()
    clock, kafka = make_clock(shared), KafkaConfig.of(shared)
    app = Application("booking", shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application="booking", lock_timeout_ms=LOCK_MS)
    app.on_close(database.close)
    app.readiness.add("database", database.ping)
    link = partial(connect, keys=shared.keys, clock=clock, timeout=settings.call_timeout)
    prices = link(shared.address("pricing"), PriceServiceStub)
    stays = link(shared.address("availability"), StayServiceStub)
    calendars = link(shared.address("availability"), CalendarServiceStub)
    listings = link(shared.address("catalog"), ListingServiceStub)
    for client in (prices, stays, calendars, listings):
        app.on_close(client.close)
    hidden = frozenset[Means]() if settings.has_paypal else frozenset({Means.PAYPAL})
    open_unit = open_units(database, clock, hidden=hidden)
    driver = Driver(
        open_unit=open_unit,
        availability=AvailabilityClient(stays.stub, calendars.stub, clock),
        pricing=PricingClient(prices.stub, clock),
        clock=clock,
        limits=Limits(
            per_listing=settings.options_per_listing,
            per_mail=settings.options_per_mail,
            per_caller=settings.options_per_caller,
            days_ahead=settings.days_ahead,
        ),
    )
    queries = Queries(database, clock, hidden=hidden)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    catalog = CatalogClient(listings.stub, clock)
    server.add(add_BookingServiceServicer_to_server, GrpcBooking(driver, catalog, queries, clock))
    server.add(add_ProposalServiceServicer_to_server, GrpcProposals(driver, catalog, clock))
    files = FilePages(database)
    reconciler = Reconciler(files, BookedPages(stays.stub, clock), driver)
    server.add(add_ReconcileServiceServicer_to_server, GrpcReconcile(reconciler, files, clock))
    server.add(
        add_MaintenanceServiceServicer_to_server, Maintenance(maintenance_service_pb2, database, clock)
    )
    server.add(add_ClientServiceServicer_to_server, GrpcClients(open_unit, queries, clock))
    server.add(add_TermsServiceServicer_to_server, GrpcTerms(open_unit, clock, hidden))
    app.add(server)
    app.task("relay", Relay(database, kafka, "booking", clock=clock).run)
    compare = partial(reconcile, reconciler, database, clock, mends=settings.reconcile_mends)
    ask = partial(jobs.ask_after_gap, driver, clock, compare)
    app.task(
        "holds",
        lambda: consume_group(kafka, [TOPIC], "booking", take_expired(driver, clock), on_gap=ask),
    )
    app.every(jobs.RESUME_SECONDS, partial(jobs.resume_files, driver), name="resume")
    app.every(jobs.ASK_SECONDS, partial(jobs.ask_about_overdue, driver, clock), name="overdue")
    app.every(jobs.ASK_SECONDS, partial(jobs.measure, database, clock), name="measure")
    app.every(settings.reconcile_seconds, compare, name="reconcile")
    app.every(PURGE_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    return app
