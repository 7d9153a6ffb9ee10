"""The index over arrays answers what the reference answers: any tariffs, calendars, stays, changes, hours."""

from dataclasses import replace
from datetime import date, timedelta

from availability.search.query import Query
from availability.search.vector_index import CALENDARS, LISTINGS, RATES, VectorIndex
from hypothesis import given, settings
from hypothesis import strategies as st
from scalar_index import ScalarIndex
from search_news import NOW, News, busy
from sejour.availability.v1 import availability_events_pb2 as calendars_pb
from sejour.catalog.v1 import catalog_events_pb2, catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_events_pb2
from tariff import to_json
from tariff_strategies import FIRST, promo_codes, ranges, sheets
from tariff_strategies import parties as tariff_parties

NAMES = ["a", "b", "c", "d"]
ZONES = ["", "Europe/Paris", "America/Guadeloupe", "Pacific/Noumea", "Pacific/Pago_Pago"]
PLACES = [("Vallon-Pont-d'Arc", "07330"), ("Vals", "07331"), ("Brest", "29019")]
parties = tariff_parties.map(lambda party: replace(party, infants=len(party.children) % 2))
few_sheets = st.shared(st.lists(sheets(), min_size=1, max_size=3), key="sheets")


class Both:
    """The index and the reference, told the same."""

    def __init__(self):
        self.news = [News(VectorIndex), News(ScalarIndex)]

    async def tell(self, topic, key, message, revision):
        for one in self.news:
            await one.tell(topic, key, message, revision=revision)

    def set_clock(self, now):
        for one in self.news:
            one.now = now

    def agree(self, query):
        array, scalar = (one.index.search(query) for one in self.news)
        assert list(array.hits) == list(scalar.hits)
        assert (array.count, array.more) == (scalar.count, scalar.more)
        for name in NAMES:
            prices = [
                one.index.price(name, query.arrival, query.nights, query.party, query.promo_code)
                for one in self.news
            ]
            assert prices[0] == prices[1]
        assert self.news[0].index.offers == self.news[1].index.offers
        return array

    def agree_page_by_page(self, query):
        while True:
            page = self.agree(query)
            if not page.more:
                return
            query = replace(query, after=page.hits[-1].key)


@st.composite
def listings(draw, revision):
    city, insee = draw(st.sampled_from(PLACES))
    states = [catalog_types_pb2.LISTING_STATE_IN_PRODUCTION] * 4 + [catalog_types_pb2.LISTING_STATE_WITHDRAWN]
    listing = catalog_types_pb2.Listing(
        state=draw(st.sampled_from(states)),
        revision=revision,
        owner_id=draw(st.sampled_from(["o1", "o2"])),
        label_id=draw(st.sampled_from(["", "l1"])),
        max_persons=draw(st.sampled_from([0, 0, 0, 8, 2])),
        zone=draw(st.sampled_from(ZONES)),
        address=catalog_types_pb2.Address(city=city, insee=insee),
        latitude=draw(st.sampled_from([0.0, 44.4, 48.39])),
        longitude=draw(st.sampled_from([0.0, 4.39, -4.48])),
    )
    listing.values.update({"wifi": draw(st.booleans()), "spa": draw(st.booleans())})
    return listing


@st.composite
def rates(draw, revision):
    found = draw(few_sheets)
    plans = draw(
        st.lists(st.sampled_from(["p1", "p2", "p3"]), max_size=2, unique=True) | st.just(["p1", "p2"])
    )
    message = pricing_events_pb2.RateSheetsChanged(revision=revision)
    for plan in plans:
        text = to_json(draw(st.sampled_from(found))) if draw(st.integers(0, 19)) else "{}"
        message.sheets.add(rate_plan_id=plan, sheet_json=text.encode())
    return message


def _busy(draw):
    nights = draw(ranges(20))
    ends = draw(st.none() | st.none() | st.integers(0, 48).map(lambda hours: NOW + timedelta(hours=hours)))
    return busy(nights.arrival.isoformat(), nights.departure.isoformat(), ends)


@st.composite
def calendars(draw, revision):
    message = calendars_pb.CalendarChanged(revision=revision)
    for _ in range(draw(st.integers(0, 2))):
        nights = draw(ranges(60))
        message.open.add(arrival=nights.arrival.isoformat(), departure=nights.departure.isoformat())
    message.open.append(common_pb2.Nights(arrival="2027-02-20", departure="2029-06-01"))
    message.busy.extend(_busy(draw) for _ in range(draw(st.sampled_from([0, 0, 1, 2]))))
    for _ in range(draw(st.sampled_from([0, 0, 2, 3]))):
        message.units.add(busy=[_busy(draw) for _ in range(draw(st.integers(0, 2)))])
    return message


@st.composite
def news(draw):
    """(topic, key, message or None, revision): old revisions, tombstones and repeats among them."""
    revision = draw(st.integers(1, 9))
    topic = draw(st.sampled_from([LISTINGS, RATES, CALENDARS]))
    key = draw(st.sampled_from(NAMES))
    if not draw(st.integers(0, 11)):
        return topic, key, None, revision
    made = {LISTINGS: listings, RATES: rates, CALENDARS: calendars}[topic]
    message = draw(made(revision))
    if topic == LISTINGS:
        message.id = key
        message = _wrapped(message)
    else:
        message.listing_id = key
    return topic, key, message, revision


def _wrapped(listing):
    return catalog_events_pb2.ListingChanged(listing=listing)


@st.composite
def queries(draw):
    """Most ask for nothing but the stay; the others filter."""
    query = Query(
        arrival=draw(st.integers(-3, 75).map(lambda days: FIRST + timedelta(days=days))),
        nights=draw(st.integers(1, 10) | st.integers(1, 90)),
        party=draw(parties),
        limit=draw(st.integers(1, 3)),
        promo_code=draw(promo_codes),
    )
    if draw(st.integers(0, 9)):
        return replace(query, max_total=draw(st.sampled_from([0, 0, 0, 90_000])))
    equipment = st.sets(st.sampled_from(["wifi", "spa", "no"]), max_size=2)
    return replace(
        query,
        arrival=draw(st.just(query.arrival) | st.just(date(2029, 3, 25))),
        centre=draw(st.none() | st.just((44.4, 4.39))),
        radius_km=draw(st.sampled_from([10.0, 600.0, 2500.0])),
        place=draw(st.sampled_from(["", "", "vallon", "Ardèche", "29019", "va", "nowhere"])),
        label_id=draw(st.sampled_from(["", "", "", "l1", "l2"])),
        owner_id=draw(st.sampled_from(["", "", "", "o1", "o3"])),
        listing_ids=draw(st.just(frozenset()) | st.sets(st.sampled_from([*NAMES, "gone"])).map(frozenset)),
        equipment=draw(st.just(frozenset()) | equipment.map(frozenset)),
        kind=draw(st.sampled_from(["", "", "seasonal_rental", "guest_room", "castle"])),
        capacity=draw(st.sampled_from([0, 0, 3, 6, 99, 400])),
    )


@settings(deadline=None)
@given(st.data())
async def test_any_news_any_query_any_hour_both_answer_the_same(data):
    both = Both()
    for key in NAMES:
        for made, topic in ((listings, LISTINGS), (rates, RATES), (calendars, CALENDARS)):
            message = data.draw(made(1))
            if topic == LISTINGS:
                message.id = key
                message = _wrapped(message)
            else:
                message.listing_id = key
            await both.tell(topic, key, message, 1)
    now = NOW
    for _ in range(data.draw(st.integers(1, 3))):
        query = data.draw(queries())
        both.agree_page_by_page(query)
        for topic, key, message, revision in data.draw(st.lists(news(), max_size=4)):
            await both.tell(topic, key, message, revision)
        both.agree_page_by_page(query)
        now += timedelta(hours=data.draw(st.sampled_from([0, 1, 5, 13, 24, 80, 24 * 40, -30])))
        both.set_clock(now)
        both.agree_page_by_page(query)
