"""Booking on a real PostgreSQL, called over real gRPC; the services it asks are small ones that remember."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from booking.adapters.postgres import open_units
from booking.adapters.queries import Queries
from booking.adapters.services import AvailabilityClient, CatalogClient, PricingClient
from booking.application.drive import Driver
from booking.entrypoints.grpc_booking import GrpcBooking
from booking.entrypoints.grpc_clients import GrpcClients
from booking.entrypoints.grpc_proposals import GrpcProposals
from booking.entrypoints.grpc_terms import GrpcTerms
from chassis.actor import Actor, acting_as, current_actor
from chassis.clock import system_clock
from chassis.database import Database
from chassis.errors import ErrorKind, ServiceError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from sejour.availability.v1 import availability_service_pb2 as stays
from sejour.availability.v1 import availability_types_pb2 as stay_types
from sejour.availability.v1.availability_service_pb2_grpc import (
    CalendarServiceServicer,
    CalendarServiceStub,
    StayServiceServicer,
    StayServiceStub,
    add_CalendarServiceServicer_to_server,
    add_StayServiceServicer_to_server,
)
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_service_pb2_grpc import (
    BookingServiceStub,
    ClientServiceStub,
    TermsServiceStub,
    add_BookingServiceServicer_to_server,
    add_ClientServiceServicer_to_server,
    add_TermsServiceServicer_to_server,
)
from sejour.booking.v1.proposal_service_pb2_grpc import (
    ProposalServiceStub,
    add_ProposalServiceServicer_to_server,
)
from sejour.catalog.v1 import listing_service_pb2 as listings
from sejour.catalog.v1.listing_service_pb2_grpc import (
    ListingServiceServicer,
    ListingServiceStub,
    add_ListingServiceServicer_to_server,
)
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices
from sejour.pricing.v1 import pricing_types_pb2 as price_types
from sejour.pricing.v1.pricing_service_pb2_grpc import (
    PriceServiceServicer,
    PriceServiceStub,
    add_PriceServiceServicer_to_server,
)

KEYS = (b"a key for tests",)


class Refusal(ServiceError):
    """A refusal of a service that booking asks."""

    def __init__(self, kind, reason, **metadata) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(**metadata)


def refuse(reason, kind=ErrorKind.CONFLICT, **metadata):
    return Refusal(kind, reason, **metadata)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.real = False

    def __call__(self) -> datetime:
        return system_clock() if self.real else self.now


class FakePricing(PriceServiceServicer):
    """Quotes by id, each used once."""

    def __init__(self) -> None:
        self.quotes = {}
        self.refusals = []
        self.taxed = []
        """The prices whose tourist tax was asked."""

    async def GetQuote(self, request, _context):
        if request.id not in self.quotes:
            raise refuse("QUOTE_NOT_FOUND", ErrorKind.NOT_FOUND)
        return prices.QuoteResponse(quote=self.quotes[request.id])

    async def UseQuote(self, request, _context):
        assert current_actor().grants == {"system:booking"}
        if self.refusals:
            raise self.refusals.pop(0)
        quote = self.quotes[request.quote_id]
        if quote.used_by not in {"", request.booking_id}:
            raise refuse("QUOTE_USED")
        quote.used_by = request.booking_id
        return prices.QuoteResponse(quote=quote)

    async def ReturnQuote(self, request, _context):
        assert current_actor().grants == {"system:booking"}
        quote = self.quotes[request.quote_id]
        if quote.used_by == request.booking_id:
            quote.used_by = ""
        return prices.ReturnQuoteResponse()

    async def EstimateTax(self, request, _context):
        self.taxed.append(request.accommodation.amount)
        amount = 110 * (request.party.adults - sum(request.party.exempt_adults.values()))
        line = price_types.PriceLine(kind="TOURIST_TAX", amount=common.Money(amount=amount, currency="EUR"))
        return prices.EstimateTaxResponse(tourist_tax=line.amount, lines=[line])

    async def PriceStay(self, request, _context):
        return prices.PriceStayResponse()


class FakeAvailability(StayServiceServicer):
    """One listing's nights: who has them, held or taken. `refusals` come first."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.lines = {}
        self.kinds = {}
        self.ends = {}
        self.refusals = []
        self.released = []
        self.ended = {}
        self.asked = []
        self.closed = False

    def _refuse(self, what, request) -> None:
        self.asked.append((what, request.booking_id, request.revision))
        if self.refusals:
            first = self.refusals.pop(0)
            if first is not None:
                raise first

    def _taken(self, request) -> bool:
        return any(
            line.listing_id == other.listing_id
            and line.nights.arrival < other.nights.departure
            and other.nights.arrival < line.nights.departure
            for key, others in self.lines.items()
            if key != request.booking_id
            for other in others
            for line in request.lines
        )

    async def HoldStays(self, request, _context):
        self._refuse("hold", request)
        if request.booking_id in self.ended:
            raise refuse("REVISION_STALE")
        if self.closed and not request.allow_unopened:
            raise refuse("NIGHTS_NOT_OPEN", ErrorKind.REFUSED)
        if self._taken(request):
            raise refuse("NIGHTS_TAKEN", listing_id=request.lines[0].listing_id)
        self.lines[request.booking_id] = list(request.lines)
        self.kinds[request.booking_id] = "HOLD"
        self.ends[request.booking_id] = (
            request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None
        )
        return stays.StaysResponse(unopened=request.lines if self.closed else [])

    async def EndBookings(self, request, _context):
        for one in request.bookings:
            self.ended[one.booking_id] = one.revision
            self.lines.pop(one.booking_id, None)
        return stays.EndBookingsResponse()

    async def MoveStays(self, request, _context):
        self._refuse("move", request)
        if request.booking_id not in self.lines:
            raise refuse("HOLD_GONE")
        self.lines[request.booking_id] = list(request.lines)
        return stays.StaysResponse()

    async def ExtendHolds(self, request, _context):
        self._refuse("extend", request)
        if request.booking_id not in self.lines:
            raise refuse("HOLD_GONE")
        self.ends[request.booking_id] = (
            request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None
        )
        return stays.StaysResponse()

    async def ConfirmStays(self, request, _context):
        self._refuse("confirm", request)
        if self._taken(request):
            raise refuse("NIGHTS_TAKEN", listing_id=request.lines[0].listing_id)
        self.lines[request.booking_id] = list(request.lines)
        self.kinds[request.booking_id] = "STAY"
        return stays.StaysResponse()

    async def ReleaseStays(self, request, _context):
        self._refuse("release", request)
        self.released.append(request.booking_id)
        self.lines.pop(request.booking_id, None)
        return stays.StaysResponse()

    async def GetStays(self, request, _context):
        lines = self.lines.get(request.booking_id, [])
        return stays.StaysResponse(lines=[stay_types.StayLine(line_id=line.line_id) for line in lines])


class FakeCalendars(CalendarServiceServicer):
    """What of some nights another booking has, counted; `away` = it answers nothing."""

    def __init__(self, availability) -> None:
        self.availability = availability
        self.asked = 0
        self.away = False

    async def CheckNights(self, request, _context):
        self.asked += 1
        if self.away:
            raise refuse("UNAVAILABLE", ErrorKind.UNAVAILABLE)
        refusals = [
            stays.NightsRefusal(reason="TAKEN", nights=line.nights)
            for lines in self.availability.lines.values()
            for line in lines
            if line.listing_id == request.listing_id
            and line.nights.arrival < request.nights.departure
            and request.nights.arrival < line.nights.departure
        ]
        return stays.CheckNightsResponse(refusals=refusals)


class FakeCatalog(ListingServiceServicer):
    """Every listing is « Le Mas des Cigales »."""

    async def GetListing(self, request, _context):
        answer = listings.ListingResponse()
        answer.listing.id, answer.listing.code, answer.listing.revision = request.id, "07MS01731", 1
        answer.listing.name["fr"] = "Le Mas des Cigales"
        return answer


@dataclass
class World:
    """Booking and what surrounds it."""

    clock: Clock
    database: Database
    pricing: FakePricing
    availability: FakeAvailability
    calendars: FakeCalendars
    catalog: FakeCatalog
    driver: Driver
    bookings: object
    clients: object
    terms: object
    proposals: object
    owner_id: str = field(default_factory=lambda: str(uuid4()))
    listing_id: str = field(default_factory=lambda: str(uuid4()))

    @contextmanager
    def acting(self, *grants):
        with acting_as(Actor.make("test", grants, now=self.clock(), lifetime=timedelta(hours=1))):
            yield

    def owner(self):
        return self.acting(f"owner:{self.owner_id}")

    def public(self):
        return self.acting("public")

    def quote(
        self,
        *,
        arrival="2026-07-18",
        departure="2026-07-25",
        total=74000,
        tax=1540,
        adults=2,
        agreed=False,
        owner_id=None,
        terms_revision=1,
    ):
        euros = partial(common.Money, currency="EUR")
        line = price_types.QuoteLine(
            listing_id=self.listing_id,
            nights=common.Nights(arrival=arrival, departure=departure),
            party=common.Party(adults=adults),
            accommodation=euros(amount=total),
            total=euros(amount=total),
            tourist_tax=euros(amount=tax),
            listing_revision=1,
            lines=[
                price_types.PriceLine(
                    kind="AGREED" if agreed else "SEASON_PACKAGE", amount=euros(amount=total)
                )
            ],
        )
        quote = price_types.Quote(
            id=str(uuid4()),
            owner_id=owner_id or self.owner_id,
            lines=[line],
            total=euros(amount=total),
            tourist_tax=euros(amount=tax),
            terms_revision=terms_revision,
        )
        quote.expires_at.FromDatetime(self.clock() + timedelta(days=7))
        self.pricing.quotes[quote.id] = quote
        return quote.id

    def a_client(self, last_name="DUPOND", first_name="Georges", **fields):
        return pb.Client(
            owner_id=self.owner_id,
            last_name=last_name,
            first_name=first_name,
            language="fr",
            country="FR",
            **fields,
        )

    async def save_terms(self, **fields):
        base = {
            "deposit_kind": pb.DEPOSIT_KIND_ARRHES, "deposit_basis_points": 2500, "option_days": 7,
            "balance_days_before": 30, "mode": pb.SALES_MODE_OPTION, "online_options": True,
        }  # fmt: skip
        terms = pb.SalesTerms(owner_id=self.owner_id, **{**base, **fields})
        request = calls.SaveTermsRequest(request_id=str(uuid4()), terms=terms)
        return (await self.terms.SaveTerms(request)).terms

    def place_request(self, quote_id, **fields):
        base = {"request_id": str(uuid4()), "quote_id": quote_id, "origin": pb.BOOKING_ORIGIN_OWNER}
        if "client_id" not in fields and "new_client" not in fields:
            base["new_client"] = self.a_client()
        return calls.PlaceBookingRequest(**{**base, **fields})

    async def place(self, quote_id=None, **fields):
        return await self.bookings.PlaceBooking(self.place_request(quote_id or self.quote(), **fields))

    def guest_request(self, quote_id=None, **fields):
        base = {
            "origin": pb.BOOKING_ORIGIN_HOSTED_PAGE,
            "new_client": self.a_client("MARTIN", "Zoé", email="zoe@example.org"),
            "accepted": {"description_version": "3", "terms_version": "1"},
            "needs_mail_confirmation": True,
        }
        return self.place_request(quote_id or self.quote(), **{**base, **fields})

    def move(self, booking, **fields):
        return calls.MoveRequest(request_id=str(uuid4()), booking_id=booking.id, **fields)

    def pay(self, booking, amount, nature="", request_id=None):
        payment = pb.Payment(
            received_on="2026-03-01", means=pb.PAYMENT_MEANS_CHEQUE, nature=nature,
            amount=common.Money(amount=amount, currency="EUR"),
        )  # fmt: skip
        return calls.RecordPaymentRequest(
            request_id=request_id or str(uuid4()), booking_id=booking.id, payment=payment
        )

    async def rows(self, sql, **parameters):
        from sqlalchemy import text  # noqa: PLC0415

        async with self.database.reading() as connection:
            return (await connection.execute(text(sql), parameters)).mappings().all()

    async def news(self, booking_id, topic="booking.bookings"):
        from sejour.booking.v1.booking_events_pb2 import BookingChanged  # noqa: PLC0415

        rows = await self.rows(
            "SELECT payload FROM outbox WHERE key = :key AND topic = :topic ORDER BY id",
            key=booking_id,
            topic=topic,
        )
        return [BookingChanged.FromString(row["payload"]) for row in rows]


@pytest.fixture(scope="session")
async def booking_database(make_database):
    database = Database.at(await make_database("booking"), application="booking-tests", pool_size=16)
    yield database
    await database.close()


@pytest.fixture
async def world(booking_database):
    clock = Clock()
    pricing, availability, catalog = FakePricing(), FakeAvailability(clock), FakeCatalog()
    calendars = FakeCalendars(availability)
    others = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    others.add(add_PriceServiceServicer_to_server, pricing)
    others.add(add_StayServiceServicer_to_server, availability)
    others.add(add_CalendarServiceServicer_to_server, calendars)
    others.add(add_ListingServiceServicer_to_server, catalog)
    await others.start()
    link = partial(connect, keys=KEYS, clock=clock)
    near = f"127.0.0.1:{others.port}"
    asked = (PriceServiceStub, StayServiceStub, ListingServiceStub, CalendarServiceStub)
    links = [link(near, stub) for stub in asked]
    open_unit = open_units(booking_database, clock)
    driver = Driver(
        open_unit=open_unit,
        availability=AvailabilityClient(links[1].stub, links[3].stub, clock),
        pricing=PricingClient(links[0].stub, clock),
        clock=clock,
    )
    queries = Queries(booking_database, clock)
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    server.add(
        add_BookingServiceServicer_to_server,
        GrpcBooking(driver, CatalogClient(links[2].stub, clock), queries, clock),
    )
    server.add(add_ClientServiceServicer_to_server, GrpcClients(open_unit, queries, clock))
    server.add(add_TermsServiceServicer_to_server, GrpcTerms(open_unit, clock))
    server.add(
        add_ProposalServiceServicer_to_server,
        GrpcProposals(driver, CatalogClient(links[2].stub, clock), clock),
    )
    await server.start()
    mine = [
        link(f"127.0.0.1:{server.port}", stub, timeout=10)
        for stub in (BookingServiceStub, ClientServiceStub, TermsServiceStub, ProposalServiceStub)
    ]
    found = World(
        clock,
        booking_database,
        pricing,
        availability,
        calendars,
        catalog,
        driver,
        *(one.stub for one in mine),
    )
    with found.owner():
        await found.save_terms()
    yield found
    for one in (*mine, *links):
        await one.close()
    await server.stop(1)
    await others.stop(1)
