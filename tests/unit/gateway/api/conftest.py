"""The API before made-up services: what they answer is said here, what was asked of them is kept."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from chassis.actor import current_actor
from chassis.errors import ErrorKind, RemoteError
from chassis.settings import SharedSettings
from gateway.accounts.store import ApiKey, WidgetKey
from gateway.api.application import create_api
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from google.protobuf.timestamp_pb2 import Timestamp
from httpx import ASGITransport, AsyncClient
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

OWNER, LISTING = "01a20000-0000-7000-8000-00000000000a", "01a20000-0000-7000-8000-00000000000b"
QUOTE, FILE = "01a20000-0000-7000-8000-00000000000c", "01a20000-0000-7000-8000-00000000000d"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
EVERYTHING = frozenset(
    {
        "catalog:read",
        "search:read",
        "quote:write",
        "booking:read",
        "booking:write",
        "owner:read",
        "owner:write",
    }
)
PARTNER = EVERYTHING - {"owner:read", "owner:write"}


def euro(amount):
    return common.Money(amount=amount, currency="EUR")


def at(moment):
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def a_listing():
    listing = catalog.Listing(
        id=LISTING, code="07MS01731", owner_id=OWNER, supplier_no=27144, kind=catalog.LISTING_KIND_SEASONAL_RENTAL,
        state=catalog.LISTING_STATE_IN_PRODUCTION, name={"fr": "Le Mas des Cigales", "en": "Cicada House"},
        description={"fr": "Maison de pierre."}, max_persons=6, base_persons=4, official_stars=3, revision=12,
        registration_number="07028000173AB", latitude=44.36, longitude=4.23,
        address=catalog.Address(lines=["14 chemin des Cigales"], postal_code="07460", city="Beaulieu"),
        photos=[catalog.Photo(id="p1", width=1500, height=1000, credit="Illustration")],
    )  # fmt: skip
    listing.values.update({"wifi": True, "surface_m2": 92.0, "rooms_count": 4.0})
    return listing


def a_quote(created_at=None):
    line = pricing.QuoteLine(
        listing_id=LISTING, rate_plan_id="plan", rate_plan_name="Location seule",
        nights=common.Nights(arrival="2026-07-18", departure="2026-07-25"),
        party=common.Party(adults=2, children_ages=[9, 12]), accommodation=euro(74000), discounts=euro(0),
        supplements_total=euro(0), total=euro(74000), tourist_tax=euro(1540), listing_revision=12,
        lines=[pricing.PriceLine(kind="SEASON_PACKAGE", params={"season": "THS", "length": "7"}, amount=euro(74000))],
        beside=[pricing.PriceLine(kind="TOURIST_TAX", params={"persons": "2", "nights": "7"}, amount=euro(1540))],
    )  # fmt: skip
    return pricing.Quote(
        id=QUOTE, owner_id=OWNER, lines=[line], accommodation=euro(74000), discounts=euro(0),
        supplements_total=euro(0), total=euro(74000), tourist_tax=euro(1540), terms_revision=3,
        created_at=at(created_at or NOW), expires_at=at(NOW + timedelta(minutes=30)),
    )  # fmt: skip


def a_schedule():
    return bookings_pb.PreviewScheduleResponse(
        deposit_kind=booking.DEPOSIT_KIND_ARRHES, deposit_basis_points=2500, deposit=euro(18500), terms_revision=3,
        schedule=[
            booking.Instalment(kind="DEPOSIT", amount=euro(18500), due_on="2026-03-08"),
            booking.Instalment(kind="BALANCE", amount=euro(55500), due_on="2026-06-18"),
            booking.Instalment(kind="TAX", amount=euro(1540), due_on="2026-06-18"),
        ],
        option_expires_at=at(datetime(2026, 3, 8, 22, 59, tzinfo=UTC)),
    )  # fmt: skip


def a_file(state=booking.BOOKING_STATE_OPTION):
    found = booking.Booking(
        id=FILE, owner_id=OWNER, number=3, reference="7K2MPD3XQ9", state=state, mail_confirmed=True, revision=2,
        hold_expires_at=at(datetime(2026, 3, 8, 22, 59, tzinfo=UTC)),
        totals=booking.Totals(
            total=euro(74000), tourist_tax=euro(1540), deposit_kind=booking.DEPOSIT_KIND_ARRHES,
            deposit_basis_points=2500, deposit_due=euro(18500), paid=euro(18500), balance=euro(55500),
            outstanding_with_tax=euro(57040), schedule=a_schedule().schedule,
        ),
        moves=[booking.Move(action="CANCEL_BY_CLIENT", kept=euro(18500)), booking.Move(action="CANCEL_BY_OWNER", owner_owes=euro(37000))],
    )  # fmt: skip
    line = found.lines.add(
        id="l1", listing_id=LISTING, listing_code="07MS01731", listing_name="Le Mas des Cigales"
    )
    line.price.CopyFrom(a_quote().lines[0])
    return found


class Stub:
    """Answers by the name of the call; a failure is raised; requests and grants are kept."""

    def __init__(self, **answers):
        self.answers, self.asked, self.grants = answers, [], []

    def __getattr__(self, name):
        async def call(request, **_settings):
            self.asked.append((name, request))
            self.grants.append(set(current_actor().grants))
            answer = self.answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer(request) if callable(answer) else answer

        return call

    def last(self, name):
        return next(request for asked, request in reversed(self.asked) if asked == name)


def nights_taken():
    return RemoteError(
        ErrorKind.CONFLICT, "NIGHTS_TAKEN",
        metadata={"listing_id": LISTING, "arrival": "2026-07-18", "departure": "2026-07-25"},
    )  # fmt: skip


def services():
    missing = RemoteError(ErrorKind.NOT_FOUND, "LISTING_NOT_FOUND")

    def get_listing(request):
        if request.code in {"07MS01731", ""}:
            return listings_pb.ListingResponse(listing=a_listing())
        raise missing

    day = prices_pb.CalendarDay(
        price=74000, arrival_allowed=True, departure_allowed=True, min_nights=7, max_nights=90
    )
    free = availability_pb.NIGHT_STATE_FREE
    card = listings_pb.Card(
        id=LISTING, code="07MS01731", name="Le Mas des Cigales", commune="Beaulieu", max_persons=6, photo_id="p1",
        kind=catalog.LISTING_KIND_SEASONAL_RENTAL, owner_kind=catalog.OWNER_KIND_PRIVATE,
        registration_number="07028000173AB",
    )  # fmt: skip
    return SimpleNamespace(
        listings=Stub(
            GetListing=get_listing,
            ListListings=listings_pb.ListListingsResponse(listings=[a_listing()]),
            GetFields=listings_pb.GetFieldsResponse(
                fields=[
                    catalog.FieldDef(key="surface_m2", type=catalog.FIELD_TYPE_NUMBER, unit="m²", heading=2, label={"fr": "Superficie totale"}),
                    catalog.FieldDef(key="wifi", type=catalog.FIELD_TYPE_BOOLEAN, heading=4, label={"fr": "Wifi"}),
                ]
            ),
            BatchGetCards=listings_pb.BatchGetCardsResponse(cards=[card]),
        ),
        owners=Stub(GetOwner=owners_pb.OwnerResponse(owner=catalog.Owner(id=OWNER, kind=catalog.OWNER_KIND_PRIVATE))),
        search=Stub(
            Search=search_pb.SearchResponse(
                listing_ids=[LISTING], rate_plan_ids=["plan"], totals=[74000], accommodations=[74000],
                tourist_taxes=[1540], revisions=[12], currency="EUR", count=1,
            ),
            FindAlternatives=search_pb.FindAlternativesResponse(
                alternatives=[search_pb.Alternative(listing_id=LISTING, nights=common.Nights(arrival="2026-07-25", departure="2026-08-01"), total=74000, currency="EUR")]
            ),
        ),
        calendar=Stub(
            CheckNights=availability_pb.CheckNightsResponse(),
            GetCalendar=lambda request: availability_pb.GetCalendarResponse(states=[free] * 26),
        ),
        prices=Stub(
            PriceCalendar=lambda request: prices_pb.PriceCalendarResponse(days=[day] * 19, currency="EUR"),
            CreateQuote=prices_pb.QuoteResponse(quote=a_quote()),
            GetQuote=prices_pb.QuoteResponse(quote=a_quote()),
            PriceStay=prices_pb.PriceStayResponse(
                plans=[prices_pb.PlanPrice(rate_plan_id="plan", refusals=[pricing.StayRefusal(reason="ARRIVAL_DAY", params={"allowed": "6", "season": "THS", "weekday": "3"})])]
            ),
        ),
        terms=Stub(
            GetTerms=bookings_pb.TermsResponse(terms=booking.SalesTerms(revision=3, security_deposit=euro(30000))),
            PreviewSchedule=a_schedule(),
        ),
        bookings=Stub(
            PlaceBooking=bookings_pb.BookingResponse(booking=a_file()),
            GetBooking=bookings_pb.BookingResponse(booking=a_file()),
            CancelBooking=bookings_pb.BookingResponse(booking=a_file(booking.BOOKING_STATE_CANCELLED_BY_OWNER)),
            IssueGuestLink=bookings_pb.IssueGuestLinkResponse(token="secret"),
            ListBookings=bookings_pb.ListBookingsResponse(bookings=[a_file()], count=1),
        ),
        planning=Stub(
            OpenNights=availability_pb.OpenNightsResponse(listings=1, nights_opened=7),
            AddBlock=lambda request: availability_pb.BlockResponse(block=request.block),
        ),
    )  # fmt: skip


class Accounts:
    database = None

    async def api_key(self, key):
        keys = {
            "own": ApiKey("own", EVERYTHING, (UUID(OWNER),), ()),
            "partner": ApiKey("partner", PARTNER, (), ()),
            "other": ApiKey("other", PARTNER, (UUID(int=9),), ()),
            "reader": ApiKey("reader", frozenset({"catalog:read"}), (), ()),
        }
        return keys.get(key)

    async def widget_key(self, key):
        return WidgetKey(key, UUID(OWNER), None, ("https://mas.example",)) if key == "24549-1082" else None


class Made(dict):
    async def remember(self, key_name, booking_id, reference, *, now):
        self[key_name, reference] = booking_id

    async def find(self, key_name, reference):
        return self.get((key_name, reference))


@pytest.fixture
def gateway():
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    return Gateway(shared, settings, lambda: NOW, accounts=Accounts(), services=services())


@pytest.fixture
def api(gateway):
    app = create_api(gateway)
    app.state.made = Made()
    return app


@pytest.fixture
def asked(api):
    return api.state.gateway.services


@pytest.fixture
async def client(api):
    async with AsyncClient(transport=ASGITransport(api), base_url="http://localhost:8080") as browser:
        yield browser
