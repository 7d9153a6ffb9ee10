"""The index fed with news as the services write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from availability.entrypoints.grpc_search import GrpcSearch, from_cursor, to_cursor
from availability.search.alternatives import find_alternatives
from availability.search.query import Query
from availability.search.scalar_index import CALENDARS, LISTINGS, RATES, ScalarIndex
from chassis.errors import Unavailable
from chassis.events import Event
from chassis.ids import new_id
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_events_pb2 as calendars_pb
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.availability.v1 import search_service_pb2 as pb
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

    def __init__(self) -> None:
        self.now = NOW
        self.index = ScalarIndex(lambda: self.now)
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


@pytest.fixture
def news():
    return News()


async def test_the_cheapest_come_first_with_the_exact_price(news):
    await news.sold("b", 70000)
    await news.sold("a", 80000)
    await news.sold("c", 60000)
    page = news.search()
    assert [(hit.listing_id, hit.total) for hit in page.hits] == [("c", 60000), ("b", 70000), ("a", 80000)]
    assert page.count == 3
    # 0,80 € for two adults and seven nights, beside the total.
    assert {hit.tourist_tax for hit in page.hits} == {1120}


async def test_the_cheapest_plan_is_named(news):
    await news.sold("a")
    await news.rates("a", 70000, other=65000, revision=2)
    [hit] = news.search().hits
    assert (hit.rate_plan_id, hit.total) == ("plan-2", 65000)


async def test_a_listing_needs_sheet_rates_and_calendar(news):
    await news.listing("a")
    assert news.found() == []
    await news.rates("a", 70000)
    assert news.found() == []
    await news.calendar("a")
    assert news.found() == ["a"]


async def test_only_what_is_in_production_is_found(news):
    await news.sold("a")
    await news.listing("a", revision=2, state=catalog_types_pb2.LISTING_STATE_WITHDRAWN)
    assert news.found() == []
    assert news.index.offers == 0


async def test_older_news_change_nothing(news):
    await news.sold("a")
    await news.rates("a", 90000, revision=5)
    await news.rates("a", 10000, revision=4)
    assert news.search().hits[0].total == 90000


async def test_a_tombstone_forgets(news):
    await news.sold("a")
    await news.tell(LISTINGS, "a", None)
    assert news.found() == []
    assert news.found(place="Vallon-Pont-d'Arc") == []


async def test_busy_nights_are_not_found_and_their_borders_are(news):
    await news.sold("a")
    await news.calendar("a", busy=[busy("2027-07-10", "2027-07-12")], revision=2)
    assert news.found() == ["a"]
    assert news.found(arrival=date(2027, 7, 4)) == []
    assert news.found(arrival=date(2027, 7, 12)) == ["a"]


async def test_a_hold_is_free_the_moment_it_ends(news):
    await news.sold("a")
    await news.calendar("a", busy=[busy("2027-07-03", "2027-07-10", NOW + timedelta(hours=1))], revision=2)
    assert news.found() == []
    news.now += timedelta(hours=1)
    assert news.found() == ["a"]


async def test_like_rooms_need_one_that_is_free_throughout(news):
    await news.sold("a")
    units = [[busy("2027-07-03", "2027-07-05")], [busy("2027-07-06", "2027-07-10")]]
    await news.calendar("a", units=units, revision=2)
    assert news.found() == []
    await news.calendar("a", units=[*units, []], revision=3)
    assert news.found() == ["a"]


async def test_closed_and_past_nights_are_not_found(news):
    await news.sold("a")
    assert news.found(arrival=date(2027, 12, 28)) == []
    assert news.found(arrival=date(2027, 2, 20)) == []
    assert news.found(arrival=date(1990, 2, 20)) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"place": "vallon pont d'arc"}, ["ardeche"]),
        ({"place": "Vallon"}, ["ardeche"]),
        ({"place": "Ardèche"}, ["ardeche"]),
        ({"place": "07"}, ["ardeche"]),
        ({"place": "29019"}, ["breizh"]),
        ({"place": "nowhere"}, []),
        ({"owner_id": "o2"}, ["breizh"]),
        ({"label_id": "l1"}, ["ardeche"]),
        ({"listing_ids": frozenset({"breizh", "gone"})}, ["breizh"]),
        ({"equipment": frozenset({"wifi"})}, ["ardeche"]),
        ({"equipment": frozenset({"surface_m2"})}, []),
        ({"party": Party(adults=5)}, ["breizh"]),
        ({"max_total": 65000}, ["breizh"]),
        ({"centre": (44.4, 4.39), "radius_km": 10}, ["ardeche"]),
        ({"centre": (44.4, 4.39), "radius_km": 2000}, ["breizh", "ardeche"]),
    ],
)
async def test_filters_keep_what_is_asked(news, asked, found):
    await news.sold("ardeche", 70000, label_id="l1", owner_id="o1", latitude=44.405, longitude=4.395)
    await news.sold(
        "breizh", 60000, city="Brest", insee="29019", owner_id="o2", wifi=False, max_persons=6,
        latitude=48.39, longitude=-4.48,
    )  # fmt: skip
    assert news.found(**asked) == found


async def test_pages_follow_each_other_without_gap_or_repeat(news):
    for number in range(7):
        await news.sold(f"l{number}", 70000 + number % 3)
    seen, after = [], None
    while True:
        page = news.search(limit=3, after=after)
        seen += [hit.listing_id for hit in page.hits]
        assert page.count == 7
        if not page.more:
            break
        after = from_cursor(to_cursor(*page.hits[-1].key))
    assert seen == ["l0", "l3", "l6", "l1", "l4", "l2", "l5"]


async def test_alternatives_are_the_three_nearest_arrivals(news):
    await news.sold("a")
    await news.calendar("a", busy=[busy("2027-07-01", "2027-07-05")], revision=2)
    found = find_alternatives(news.index, "a", ARRIVAL, 7, TWO)
    assert [day.isoformat() for day, _ in found] == ["2027-07-05", "2027-07-06", "2027-07-07"]


async def test_half_an_index_answers_nothing(news):
    calls = GrpcSearch(news.index, caught_up=lambda: False, lag=lambda: 12)
    with pytest.raises(Unavailable):
        await calls.Search(pb.SearchRequest(arrival="2027-07-03", nights=7), None)
    status = await calls.GetIndexStatus(pb.GetIndexStatusRequest(), None)
    assert (status.caught_up, status.lag_messages) == (False, 12)


async def test_a_sheet_that_is_not_understood_hides_the_listing(news):
    await news.sold("a")
    message = pricing_events_pb2.RateSheetsChanged(
        listing_id="a", revision=9, sheets=[pricing_events_pb2.RateSheet(rate_plan_id="p", sheet_json=b"{}")]
    )
    await news.tell(RATES, "a", message)
    assert news.found() == []
    await news.rates("a", 70000, revision=10)
    assert news.found() == ["a"]
