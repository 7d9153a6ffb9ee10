"""Everything of the process, put together once. Called by `python -m documents serve`."""

import asyncio
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from chassis.actor import as_system
from chassis.clock import Clock, make_clock
from chassis.database import Database
from chassis.files import open_store
from chassis.grpc_server import Server
from chassis.kafka import KafkaConfig, consume_group
from chassis.lifecycle import Application
from chassis.maintenance import Maintenance
from chassis.relay import Relay
from chassis.requests import PURGE_SECONDS, purge_requests
from chassis.settings import SharedSettings
from chassis.upkeep import purge_inbox
from sejour.common.v1 import maintenance_service_pb2
from sejour.common.v1.maintenance_service_pb2_grpc import add_MaintenanceServiceServicer_to_server
from sejour.documents.v1.documents_service_pb2_grpc import add_DocumentsServiceServicer_to_server
from sejour.documents.v1.rate_table_service_pb2_grpc import add_RateTableServiceServicer_to_server

from documents.adapters.mailbox import PostgresMailbox
from documents.adapters.mailer import FileMailer, SmtpMailer
from documents.adapters.pdf import PdfPrinter
from documents.adapters.shelf import PostgresShelf
from documents.adapters.sources import RemoteSources
from documents.adapters.store import DocumentStore
from documents.application.compare_confirmed import ConfirmedComparing
from documents.application.get_property_statement import PropertyStatement
from documents.application.get_rate_table import RateTable
from documents.application.notices import Notices
from documents.application.plan_mails import MailPlanning
from documents.application.ports import Mailer, Printer, Sources
from documents.application.print_tax_register import TaxRegisterPaper
from documents.application.proposals import ProposalPapers
from documents.application.render_document import DocumentRendering
from documents.application.send_documents import DocumentsMail
from documents.application.send_mail import MailSending
from documents.entrypoints.compare_job import compare_after_gap, compare_confirmed
from documents.entrypoints.consume_bookings import GROUP, TOPIC, BookingConsumer
from documents.entrypoints.grpc_documents import GrpcDocuments
from documents.entrypoints.grpc_rate_table import GrpcRateTable
from documents.printing.mails import Addresses
from documents.settings import DocumentsSettings

SERVICE = "documents"


@dataclass(frozen=True, slots=True)
class Parts:
    """What entry points need; tests put other ports in."""

    servicer: GrpcDocuments
    sending: MailSending
    planning: MailPlanning
    mailbox: PostgresMailbox
    comparing: ConfirmedComparing


def assemble(
    *,
    database: Database,
    clock: Clock,
    sources: Sources,
    printer: Printer,
    store: DocumentStore,
    mailer: Mailer,
    addresses: Addresses,
) -> Parts:
    """The use cases over their ports."""
    system = lambda: as_system(SERVICE, now=clock())  # noqa: E731 (a port in one line)
    shelf = PostgresShelf(database, store, clock)
    mailbox = PostgresMailbox(database, clock)
    rendering = DocumentRendering(sources, shelf, printer, system)
    woken = asyncio.Event()
    proposals = ProposalPapers(sources, shelf, mailbox, printer, system, woken.set)
    notices = Notices(sources, shelf, addresses)
    sending = MailSending(
        sources, mailbox, shelf, rendering, mailer, addresses, system, clock, notices, woken
    )
    planning = MailPlanning(sources, mailbox, system, clock)
    comparing = ConfirmedComparing(sources, mailbox, planning, system, clock)
    servicer = GrpcDocuments(
        sources=sources,
        shelf=shelf,
        mailbox=mailbox,
        rendering=rendering,
        statement=PropertyStatement(sources, shelf, printer, system, clock),
        mail=DocumentsMail(sources, shelf, mailbox, system, sending.woken.set),
        as_system=system,
        comparing=comparing,
        proposals=proposals,
        tax_register=TaxRegisterPaper(sources, printer, system, clock),
    )
    return Parts(servicer, sending, planning, mailbox, comparing)


def make_addresses(shared: SharedSettings, settings: DocumentsSettings) -> Addresses:
    """Where mails come from and lead to, from the public address."""
    host = urlsplit(shared.base_url).hostname or "localhost"
    return Addresses(
        book=shared.host_url("book"),
        app=shared.host_url("app"),
        sender=settings.mail_from or f"reservation@{host}",
        product=settings.mail_product,
    )


def make_mailer(shared: SharedSettings, settings: DocumentsSettings, clock: Clock) -> Mailer:
    """SMTP where a host is set, else files.

    Raises:
        ValueError: production without an SMTP host.

    """
    if settings.smtp_host:
        return SmtpMailer(settings)
    if shared.env == "production":
        raise ValueError("DOCUMENTS_SMTP_HOST is needed in production")
    return FileMailer(shared.mail_dir, clock)


async def build() -> Application:
    """The whole process: gRPC server, relay, consumer, mail."""
    shared, settings = SharedSettings(), DocumentsSettings()
    clock, kafka = make_clock(shared), KafkaConfig.of(shared)
    app = Application(SERVICE, shared, metrics_listen=settings.metrics_listen)
    database = Database.of(settings, application=SERVICE)
    app.on_close(database.close)
    app.readiness.add("database", database.ping)
    sources = RemoteSources(shared, clock)
    app.on_close(sources.close)
    printer = PdfPrinter(timeout=settings.pdf_timeout_seconds)
    app.on_close(printer.close)
    parts = assemble(
        database=database,
        clock=clock,
        sources=sources,
        printer=printer,
        store=DocumentStore(open_store(shared, SERVICE)),
        mailer=make_mailer(shared, settings, clock),
        addresses=make_addresses(shared, settings),
    )
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    server.add(add_DocumentsServiceServicer_to_server, parts.servicer)
    rate_table = RateTable(sources, printer, lambda: as_system(SERVICE, now=clock()), clock)
    server.add(add_RateTableServiceServicer_to_server, GrpcRateTable(rate_table))
    server.add(
        add_MaintenanceServiceServicer_to_server, Maintenance(maintenance_service_pb2, database, clock)
    )
    app.add(server)
    consumer = BookingConsumer(parts.planning, parts.sending.woken.set)
    app.task("relay", Relay(database, kafka, SERVICE, clock=clock).run)
    compare = partial(compare_confirmed, parts.comparing, database, mends=settings.reconcile_mends)
    after_gap = partial(compare_after_gap, parts.comparing, database, mends=settings.reconcile_mends)
    app.task("bookings", partial(consume_group, kafka, [TOPIC], GROUP, consumer, on_gap=after_gap))
    app.task("mail", parts.sending.run)
    app.every(30, parts.mailbox.measure, name="measure_mail")
    app.every(settings.reconcile_seconds, compare, name="reconcile")
    app.every(PURGE_SECONDS, partial(purge_requests, database, clock), name="purge_requests")
    app.every(PURGE_SECONDS, partial(purge_inbox, database, clock), name="purge_inbox")
    return app
