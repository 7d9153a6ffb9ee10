"""A running documents service: real PostgreSQL, files, PDF worker and gRPC; the other services are fakes."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from chassis.actor import Actor, Scope, acting_as, current_actor
from chassis.clock import system_clock
from chassis.database import Database
from chassis.errors import ErrorKind, RemoteError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from documents.adapters.mailer import FileMailer
from documents.adapters.pdf import PdfPrinter
from documents.adapters.store import DocumentStore
from documents.printing.mails import Addresses
from documents.wiring import assemble
from obstore.store import LocalStore
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.documents.v1.documents_service_pb2_grpc import (
    DocumentsServiceStub,
    add_DocumentsServiceServicer_to_server,
)

from tests.unit.documents import builders

KEYS = (b"tests-signing-key",)
ADDRESSES = Addresses(
    book="http://book.localhost:8080",
    app="http://app.localhost:8080",
    sender="reservation@localhost",
    product="Séjour",
)


class MovedClock:
    """The real clock, moved: signatures need a time that runs."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.offset

    def set(self, when: datetime) -> None:
        self.offset = when - system_clock()


class FakeSources:
    """Catalog, booking and pricing in memory; rights as theirs: by the current actor."""

    def __init__(self) -> None:
        self.bookings = {}
        self.proposals = {}
        self.listings = {}
        self.frozen = {}
        self.owners = {}
        self.links = []
        self.fields_ = builders.the_fields()
        self.sheet = builders.a_price_sheet()
        self.terms_ = builders.terms()
        self.away = False
        self.confirmed_files = []

    async def confirmed(self, *, after, limit, confirmed_after, confirmed_until):
        assert Scope.current().is_system
        found = [
            one
            for one in self.confirmed_files
            if one.booking_id > after
            and confirmed_after < one.confirmed_at.ToDatetime(UTC) <= confirmed_until
        ]
        page = found[: limit or 500]
        last = page[-1].booking_id if len(found) > len(page) else ""
        return reconcile_pb.ListConfirmedResponse(files=page, next=last)

    def put(self, booking):
        self.bookings[booking.id] = booking

    def _check(self, found, reason, *, public=False):
        if self.away:
            raise RemoteError(ErrorKind.UNAVAILABLE, "SERVICE_UNAVAILABLE", answered=False)
        scope = Scope.of(current_actor())
        if found is None or not (public or scope.may("owner", found.owner_id)):
            raise RemoteError(ErrorKind.NOT_FOUND, reason)
        return found

    async def booking(self, booking_id):
        found = self._check(self.bookings.get(booking_id), "BOOKING_NOT_FOUND")
        copy = type(found)()
        copy.CopyFrom(found)
        return copy

    async def guest_link(self, booking_id):
        assert Scope.current().is_system
        self.links.append(booking_id)
        return f"secret-{len(self.links)}"

    async def listing(self, listing_id, revision=0):
        found = self.frozen.get((listing_id, revision)) or self.listings.get(listing_id)
        state = found.state if found else 0
        return self._check(found, "LISTING_NOT_FOUND", public=state == 2)

    async def owner(self, owner_id):
        assert Scope.current().is_system
        return self.owners[owner_id]

    async def label(self, label_id):
        return builders.a_label() if label_id else None

    async def fields(self):
        return self.fields_

    async def photo(self, photo_id):
        return None

    async def prices(self, owner_id):
        assert Scope.current().is_system
        return self.sheet

    async def terms(self, owner_id, revision=0):
        return self.terms_

    async def proposal(self, proposal_id):
        scope = Scope.of(current_actor())
        public = scope.has(f"proposal:{proposal_id}")
        return self._check(self.proposals.get(proposal_id), "PROPOSAL_NOT_FOUND", public=public)

    async def proposal_link(self, proposal_id):
        assert Scope.current().is_system
        self.links.append(proposal_id)
        return f"secret-{len(self.links)}"


@pytest.fixture(scope="session")
async def printer():
    found = PdfPrinter()
    yield found
    await found.close()


@asynccontextmanager
async def running(database_url, printer, tmp_path, *, mailer=None):
    clock = MovedClock()
    database = Database.at(database_url)
    sources = FakeSources()
    sources.put(builders.a_booking())
    sources.listings = {builders.LISTING_ID: builders.a_listing(), builders.ROOM_ID: builders.a_room()}
    sources.owners = {builders.OWNER_ID: builders.an_owner()}
    parts = assemble(
        database=database,
        clock=clock,
        sources=sources,
        printer=printer,
        store=DocumentStore(LocalStore(prefix=tmp_path / "documents", mkdir=True)),
        mailer=mailer or FileMailer(tmp_path / "mail", clock),
        addresses=ADDRESSES,
    )
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    server.add(add_DocumentsServiceServicer_to_server, parts.servicer)
    await server.start()
    client = connect(f"127.0.0.1:{server.port}", DocumentsServiceStub, keys=KEYS, clock=clock, timeout=30)
    try:
        yield SimpleNamespace(
            call=client.stub,
            parts=parts,
            sources=sources,
            clock=clock,
            database=database,
            mail=tmp_path / "mail",
            files=tmp_path / "documents",
        )
    finally:
        await client.close()
        await server.stop(0)
        await database.close()


@pytest.fixture
async def service(make_database, printer, tmp_path):
    async with running(await make_database("documents"), printer, tmp_path) as found:
        yield found


def acting(*grants, now=None):
    actor = Actor.make("account", grants, now=now or system_clock(), lifetime=timedelta(days=40_000))
    return acting_as(actor)


@pytest.fixture
def as_owner():
    with acting(f"owner:{builders.OWNER_ID}") as actor:
        yield actor
