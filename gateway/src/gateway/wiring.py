"""The one place where the gateway is put together."""

from functools import partial

from chassis.clock import make_clock
from chassis.database import Database
from chassis.grpc_server import Server
from chassis.lifecycle import Application
from chassis.metrics import once
from chassis.requests import PURGE_SECONDS, purge_requests
from chassis.settings import SharedSettings
from sejour.gateway.v1.account_service_pb2_grpc import add_AccountServiceServicer_to_server

from gateway.accounts.grpc_accounts import GrpcAccounts
from gateway.accounts.store import Accounts
from gateway.app import create_app
from gateway.clients import connect_services
from gateway.dev.observer import Observer
from gateway.server import WebServer
from gateway.settings import GatewaySettings
from gateway.sites import fill
from gateway.state import Gateway


async def build() -> Application:
    """Everything of the process."""
    shared, settings = SharedSettings(), GatewaySettings()
    clock = make_clock(shared)
    app = Application("gateway", shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application="gateway", patience=settings.patience_seconds)
    app.on_close(database.close)
    # Only to begin with: later it says kindly what it cannot show, where an ingress without it could not.
    app.readiness.add("database", once(database.ping))
    services = connect_services(shared, clock)
    app.on_close(services.close)
    gateway = Gateway(shared, settings, clock, Accounts(database), services)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    server.add(add_AccountServiceServicer_to_server, GrpcAccounts(gateway.accounts, clock))
    app.add(server)
    observer = None
    if shared.env == "development" and settings.observed:
        observer = Observer(settings.observed_processes())
        app.task("observer", observer.run)

    async def forget_old() -> None:
        await gateway.accounts.audit.forget_old(clock())
        await gateway.accounts.tries.forget_old(clock())

    app.every(6 * 3600, forget_old, name="forget_old")
    app.every(PURGE_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    app.add(
        WebServer(
            create_app(gateway, fill, observer=observer),
            settings.http_listen,
            trusted_proxies=settings.trusted_proxies,
        )
    )
    return app
