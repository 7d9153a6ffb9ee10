"""The short way of a search says what the declared operation says, byte for byte, and is what it declares."""

import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.api import models
from gateway.api.searching import SearchRoute
from gateway.api.short_way import SearchDoor
from gateway.app import create_app
from gateway.price_checks import PriceChecks
from gateway.sites import fill
from httpx import ASGITransport, AsyncClient
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway import price_checks

PARTNER = {"Authorization": "Bearer partner"}
ROWS = ["0198a000-0000-7000-8000-00000000000a", "0198a000-0000-7000-8000-00000000000b"]


def a_page(*, ids=ROWS, revisions=(3, 4), total=74000):
    return search_pb.SearchResponse(
        listing_ids=ids, rate_plan_ids=["plan-1", 'plan "2"'][: len(ids)], totals=[total] * len(ids),
        accommodations=[70000] * len(ids), tourist_taxes=[1540] * len(ids), revisions=revisions[: len(ids)],
        currency="EUR", next_cursor="suite", count=9,
    )  # fmt: skip


def a_card(listing_id, name='L\'Été « chez "nous" »', photo_id="p1"):
    return listings_pb.Card(
        id=listing_id, code="07MS01731", name=name, commune="Saint-Étienne", photo_id=photo_id,
        kind=catalog.LISTING_KIND_GUEST_ROOM, owner_kind=catalog.OWNER_KIND_PRIVATE,
        registration_number="07028000173AB",
    )  # fmt: skip


@pytest.fixture
def found(asked):
    asked.search.answers["Search"] = a_page()
    asked.listings.answers["BatchGetCards"] = lambda request: listings_pb.BatchGetCardsResponse(
        cards=[a_card(each, photo_id="" if each == ROWS[1] else "p1") for each in request.ids]
    )
    return asked


def without_short_way(api):
    api.router.routes[:] = [each for each in api.router.routes if not isinstance(each, SearchRoute)]


QUERIES = [
    "arrival=2026-07-18",
    "arrival=2026-07-18&nights=3&adults=4&children=9,12&place=Beaulieu&limit=5&cursor=abc&lang=en",
    "arrival=2026-07-18&place=44.36,4.23&radius_km=12.5&equipment=wifi,%20spa&max_total=90000&sort=total",
    "arrival=2026-07-18&place=44.36,4.23&nights=2&nights=5&unknown=1",
    "nights=7",
    "arrival=2026-07-18&promo_code=Amis26",
    "arrival=2026-07-18&promo_code=ab",
    "arrival=2026-07-18&nights=0",
    "arrival=2026-07-18&nights=",
    "arrival=18/07/2026",
    "arrival=2026-07-18&children=18",
    "arrival=2026-07-18&radius_km=inf",
    "arrival=2026-07-18&sort=name",
    "arrival=2026-07-18&lang=de",
    "arrival=2026-07-18&label=none",
    "arrival=2026-07-18&kind=guest_room&capacity=8",
    "arrival=2026-07-18&kind=castle",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_both_ways_ask_and_answer_the_same(api, client, found, query):
    short = await client.get(f"/search?{query}", headers=PARTNER)
    asked = [request for name, request in found.search.asked if name == "Search"]
    without_short_way(api)
    declared = await client.get(f"/search?{query}", headers=PARTNER)
    asked_then = [request for name, request in found.search.asked if name == "Search"][len(asked) :]
    kept = {"etag", "content-language", "vary", "cache-control", "content-type"}
    assert short.status_code == declared.status_code
    assert asked_then == asked
    assert [(name, value) for name, value in short.headers.items() if name in kept] == [
        (name, value) for name, value in declared.headers.items() if name in kept
    ]
    if short.status_code == 200:
        assert short.content == declared.content
    else:
        assert short.json()["errors"] == declared.json()["errors"]


@pytest.fixture
async def door(gateway):
    """The whole gateway, as the web server calls it."""
    app = create_app(gateway, fill)
    api = next(each for each in app.routes if isinstance(each, SearchDoor))._api
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://localhost:8080/api/v1") as browser:
        browser.long_way = lambda: app.router.routes.remove(
            next(each for each in app.routes if isinstance(each, SearchDoor))
        )
        browser.asked = api.state.gateway.services
        yield browser


FAILURES = [
    None,
    RemoteError(ErrorKind.UNAVAILABLE, "AWAY"),
    RemoteError(ErrorKind.MALFORMED, "BAD_RANGE", metadata={"field": "cursor"}),
    RuntimeError("nobody foresaw this"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
@pytest.mark.parametrize(
    "headers", [PARTNER, {}, {"Authorization": "Bearer nobody"}, PARTNER | {"Host": "autre"}]
)
async def test_the_door_answers_what_the_sites_answer(door, failure, headers):
    page = a_page(ids=[])
    door.asked.search.answers["Search"] = page if failure is None else failure
    answers = []
    for _ in range(2):
        answers.append(await door.get("/search?arrival=2026-07-18&lang=en", headers=headers))
        if len(answers) == 1:
            door.long_way()
    short, long = answers
    changing = {"x-request-id", "ratelimit-remaining", "ratelimit-reset", "content-length"}
    assert short.status_code == long.status_code
    if not isinstance(failure, RuntimeError):  # On the long way that one goes without the API's own headers.
        assert [each for each in short.headers.items() if each[0] not in changing] == [
            each for each in long.headers.items() if each[0] not in changing
        ]
    one, other = short.json(), long.json()
    for each in (one, other):
        each.pop("request_id", None), each.pop("trace", None)
    assert one == other


async def test_the_body_is_what_the_document_declares(client, found):
    answer = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    page = models.SearchPage.model_validate_json(answer.content, strict=True)
    assert [each.plan for each in page.results] == ["plan-1", 'plan "2"']
    assert (page.next, page.count) == ("suite", 9)
    first, second = page.results
    assert (first.total.amount, first.accommodation.amount, first.tourist_tax.amount) == (74000, 70000, 1540)
    assert (first.name, first.kind, first.revision) == ('L\'Été « chez "nous" »', "guest_room", 3)
    assert first.photo.endswith("/photos/p1/800.jpg")
    assert second.photo is None


async def test_nothing_found_is_an_empty_page(client, asked):
    asked.search.answers["Search"] = search_pb.SearchResponse()
    answer = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    assert answer.json() == {"results": [], "next": None, "count": 0}


async def test_a_listing_without_a_card_is_left_out(client, found):
    found.listings.answers["BatchGetCards"] = listings_pb.BatchGetCardsResponse(cards=[a_card(ROWS[1])])
    answer = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    assert [each["revision"] for each in answer.json()["results"]] == [4]


async def test_cards_are_asked_once_and_again_when_the_listing_has_changed(client, found):
    first = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    again = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    assert first.headers["etag"] == again.headers["etag"]
    assert len(found.listings.asked) == 1
    found.search.answers["Search"] = a_page(revisions=(3, 5))
    found.listings.answers["BatchGetCards"] = listings_pb.BatchGetCardsResponse(
        cards=[a_card(ROWS[1], name="Neuf")]
    )
    changed = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    assert list(found.listings.asked[-1][1].ids) == [ROWS[1]]
    assert changed.json()["results"][1]["name"] == "Neuf"
    assert changed.headers["etag"] != first.headers["etag"]


async def test_who_has_the_page_gets_it_not_again(client, found):
    first = await client.get("/search?arrival=2026-07-18", headers=PARTNER)
    known = PARTNER | {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    assert (await client.get("/search?arrival=2026-07-18", headers=known)).status_code == 304


class Prices:
    """Pricing and search as a check sees them, one answer after the other."""

    def __init__(self, *totals, found=74000):
        self.totals = list(totals)
        self.page = a_page(ids=ROWS[:1], total=found)
        self.prices = self.search = self

    async def PriceStay(self, request):
        assert request.promo_code == "amis26"
        total = self.totals.pop(0)
        if isinstance(total, Exception):
            raise total
        price = pricing.QuoteLine(total=common.Money(amount=total, currency="EUR"))
        return prices_pb.PriceStayResponse(plans=[prices_pb.PlanPrice(rate_plan_id="plan-1", price=price)])

    async def Search(self, request):
        assert (list(request.listing_ids), request.promo_code) == (ROWS[:1], "amis26")
        return self.page


def counted():
    return price_checks.CHECKED._value.get(), price_checks.MISMATCHES._value.get()


async def checked(services):
    """How many prices were checked and found to differ."""
    before = counted()
    checks = PriceChecks(services, services.clock, every=1, patience=0, draw=lambda: 0.0)
    asked = search_pb.SearchRequest(arrival="2026-07-18", nights=7, promo_code="amis26")
    checks.look(asked, a_page())
    await checks.settled()
    return tuple(now - then for now, then in zip(counted(), before, strict=True))


@pytest.mark.parametrize(
    ("totals", "found", "expected"),
    [
        ((74000,), 74000, (1, 0)),
        ((75000, 75000), 75000, (0, 0)),
        ((75000, 75000), 74000, (1, 1)),
        ((75000, 74000), 74000, (0, 0)),
        ((RemoteError(ErrorKind.UNAVAILABLE, "AWAY"),), 74000, (0, 0)),
    ],
    ids=["equal", "changed since", "differs twice", "equal the second time", "pricing is away"],
)
async def test_only_a_price_that_differs_twice_is_a_mismatch(api, totals, found, expected):
    services = Prices(*totals, found=found)
    services.clock = api.state.gateway.clock
    assert await checked(services) == expected


async def test_a_check_is_made_of_few_searches_and_never_two_at_once(api):
    services = Prices(74000)
    services.clock = api.state.gateway.clock
    draws = iter([0.9, 0.0, 0.5, 0.0])
    checks = PriceChecks(services, services.clock, every=2, patience=0, draw=lambda: next(draws))
    asked = search_pb.SearchRequest(arrival="2026-07-18", nights=7, promo_code="amis26")
    checks.look(asked, a_page())
    assert checks._running is None
    checks.look(asked, a_page(ids=ROWS[:1]))
    running = checks._running
    checks.look(asked, a_page())
    assert checks._running is running
    await checks.settled()
    assert services.totals == []
