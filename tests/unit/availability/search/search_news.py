"""News as the services write them, told to an index."""

from datetime import UTC, date, datetime

from availability.search.query import Query
from availability.search.vector_index import CALENDARS, LISTINGS, RATES
from chassis.events import Event
from chassis.ids import new_id
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_events_pb2 as calendars_pb
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.catalog.v1 import catalog_events_pb2, catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_events_pb2
from tariff import Party, RateSheet, Season, TaxKind, TaxRule, to_json
from values import NightRange

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ARRIVAL = date(2027, 7, 3)
YEAR = NightRange(date(2027, 1, 1), date(2028, 1, 1))
TWO = Party(adults=2)


class News:
    """An index, and the topics that feed it."""

    def __init__(self, make) -> None:
        self.now = NOW
        self.index = make(lambda: self.now)
        self.revision = 0

    async def tell(self, topic, key, message, *, revision=None):
        self.revision += 1
        payload = None if message is None else message.SerializeToString()
        name = "" if message is None else message.DESCRIPTOR.full_name
        event = Event(topic, key, new_id(), name, NOW, revision or self.revision, payload)
        await self.index.take([event])

    async def listing(
        self, key, *, revision=1, state=catalog_types_pb2.LISTING_STATE_IN_PRODUCTION, wifi=True, **fields
    ):
        listing = catalog_types_pb2.Listing(
            id=key,
            state=state,
            revision=revision,
            max_persons=fields.pop("max_persons", 4),
            address=catalog_types_pb2.Address(
                city=fields.pop("city", "Vallon-Pont-d'Arc"), insee=fields.pop("insee", "07330")
            ),
            **fields,
        )
        listing.values.update({"wifi": wifi, "surface_m2": 60})
        await self.tell(LISTINGS, key, catalog_events_pb2.ListingChanged(listing=listing))

    async def rates(self, key, week, *, revision=1, other=None):
        sheets = [
            pricing_events_pb2.RateSheet(rate_plan_id=plan, sheet_json=to_json(a_sheet(price)).encode())
            for plan, price in (("plan-1", week), ("plan-2", other))
            if price is not None
        ]
        await self.sheets(key, sheets, revision=revision)

    async def sheets(self, key, sheets, *, revision):
        message = pricing_events_pb2.RateSheetsChanged(listing_id=key, revision=revision, sheets=sheets)
        await self.tell(RATES, key, message)

    async def calendar(self, key, *, busy=(), units=(), revision=1):
        message = calendars_pb.CalendarChanged(
            listing_id=key,
            revision=revision,
            open=[common_pb2.Nights(arrival="2027-01-01", departure="2028-01-01")],
            busy=list(busy),
            units=[calendars_pb.UnitCalendar(busy=unit) for unit in units],
        )
        await self.tell(CALENDARS, key, message)

    async def sold(self, key, week=70000, **fields):
        await self.listing(key, **fields)
        await self.rates(key, week)
        await self.calendar(key)

    def search(self, **changes):
        return self.index.search(Query(**({"arrival": ARRIVAL, "nights": 7, "party": TWO} | changes)))

    def found(self, **changes):
        return [hit.listing_id for hit in self.search(**changes).hits]


def a_sheet(week: int) -> RateSheet:
    return RateSheet(
        "EUR",
        base_persons=4,
        max_persons=6,
        seasons=(Season("s", "Été", (YEAR,), {7: week}),),
        tax_rules=(TaxRule("taxe", YEAR, TaxKind.FIXED, tariff=80),),
    )


def busy(arrival, departure, frees_at=None):
    found = calendars_pb.BusyNights(
        nights=common_pb2.Nights(arrival=arrival, departure=departure), kind=types_pb.OCCUPANCY_KIND_STAY
    )
    if frees_at is not None:
        stamp = Timestamp()
        stamp.FromDatetime(frees_at)
        found.frees_at.CopyFrom(stamp)
    return found
