"""The one place where the processes of availability are put together: `build` for serve, `build_search`."""

from functools import partial

from chassis.clock import make_clock
from chassis.database import Database
from chassis.grpc_server import Server
from chassis.kafka import KafkaConfig, consume_group
from chassis.lifecycle import Application
from chassis.maintenance import Compacted, Maintenance
from chassis.relay import Relay
from chassis.requests import PURGE_SECONDS, purge_requests
from chassis.settings import SharedSettings
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc
from sejour.common.v1 import maintenance_service_pb2
from sejour.common.v1.maintenance_service_pb2_grpc import add_MaintenanceServiceServicer_to_server

from availability.adapters.booked import BookedPages
from availability.adapters.event_codec import CALENDARS
from availability.adapters.invariants import measure
from availability.adapters.postgres import PostgresLedgers
from availability.adapters.publishing import republish_calendars
from availability.adapters.queries import Queries
from availability.adapters.tables import LISTINGS
from availability.application.roll_periods import roll_periods
from availability.application.sweep_holds import sweep_holds
from availability.entrypoints.consume_catalog import TOPIC, take_listing
from availability.entrypoints.grpc_calendar import GrpcCalendar
from availability.entrypoints.grpc_planning import GrpcPlanning
from availability.entrypoints.grpc_stays import GrpcStays
from availability.settings import AvailabilitySettings

NAME = "availability"


async def build() -> Application:
    """The role `serve`: gRPC, relay, the catalog's consumer, the jobs."""
    shared, settings = SharedSettings(), AvailabilitySettings()
    clock, kafka = make_clock(shared), KafkaConfig.of(shared)
    # In development the clock jumps, and people watch what happens then.
    quick = shared.env != "production"
    app = Application(NAME, shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application=NAME, lock_timeout_ms=settings.lock_timeout_ms)
    app.on_close(database.close)
    app.readiness.add("database", database.ping)
    ledgers = PostgresLedgers(database, lock_timeout_ms=settings.lock_timeout_ms)
    queries = Queries(database)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    server.add(
        pb_grpc.add_PlanningServiceServicer_to_server,
        GrpcPlanning(ledgers=ledgers, queries=queries, clock=clock),
    )
    server.add(
        pb_grpc.add_StayServiceServicer_to_server,
        GrpcStays(ledgers=ledgers, queries=queries, booked=BookedPages(database), clock=clock),
    )
    server.add(pb_grpc.add_CalendarServiceServicer_to_server, GrpcCalendar(queries=queries, clock=clock))
    compacted = {CALENDARS: Compacted(republish_calendars, LISTINGS.c.id)}
    server.add(
        add_MaintenanceServiceServicer_to_server,
        Maintenance(maintenance_service_pb2, database, clock, compacted, kafka),
    )
    app.add(server)
    app.task("relay", Relay(database, kafka, NAME, clock=clock).run)
    take = take_listing(ledgers=ledgers, clock=clock)
    app.task("catalog", lambda: consume_group(kafka, [TOPIC], NAME, take))
    app.every(
        settings.sweep_seconds or (2 if quick else 30),
        partial(sweep_holds, ledgers=ledgers, clock=clock),
        name="sweep",
    )
    app.every(
        settings.roll_seconds or (5 if quick else 600),
        partial(roll_periods, ledgers=ledgers, clock=clock),
        name="roll",
    )
    app.every(settings.watch_seconds, partial(measure, database, clock), name="watch")
    app.every(PURGE_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    return app
