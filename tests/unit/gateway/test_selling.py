"""What the seller's side remembers, and that rivals ask for it once."""

import asyncio
from types import SimpleNamespace

import pytest
from chassis.errors import Unavailable
from gateway.selling import Selling
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

WEEK = common.Nights(arrival="2026-07-18", departure="2026-07-25")
TWO = common.Party(adults=2)


class Stub:
    """Answers a call by its name once `open` is set, and counts who asked."""

    def __init__(self, **answers):
        self._answers = answers
        self.asked = []
        self.open = asyncio.Event()
        self.open.set()

    def __getattr__(self, name):
        async def call(request, timeout=None):  # noqa: ASYNC109 (as the stubs)
            self.asked.append((name, request))
            await self.open.wait()
            answer = self._answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


@pytest.fixture
def stubs():
    return SimpleNamespace(
        listings=Stub(GetListing=listings_pb.ListingResponse(listing=catalog.Listing(id="l", code="L"))),
        search=Stub(FindAlternatives=search_pb.FindAlternativesResponse(
            alternatives=[search_pb.Alternative(listing_id="l", nights=WEEK, total=74000)]
        )),
        prices=Stub(GetQuote=prices_pb.QuoteResponse(quote=pricing.Quote(
            id="q", lines=[pricing.QuoteLine(listing_id="l", nights=WEEK, party=TWO, promo_code="AMIS26")]
        ))),
    )  # fmt: skip


@pytest.fixture
def ticks():
    return SimpleNamespace(now=0.0)


@pytest.fixture
def selling(stubs, ticks):
    return Selling(stubs, clock=None, ticks=lambda: ticks.now)


async def test_rivals_for_the_same_nights_ask_search_once_and_again_after_a_second(selling, stubs, ticks):
    answers = await asyncio.gather(*(selling.alternatives("l", WEEK, TWO) for _ in range(20)))
    assert [each[0].total for each in answers] == [74000] * 20
    assert len(stubs.search.asked) == 1
    ticks.now = 1.1
    await selling.alternatives("l", WEEK, TWO)
    assert len(stubs.search.asked) == 2


async def test_another_party_is_asked_for_apart(selling, stubs):
    await selling.alternatives("l", WEEK, TWO)
    await selling.alternatives("l", WEEK, common.Party(adults=2, children_ages=[4]))
    assert len(stubs.search.asked) == 2


async def test_a_promotional_code_is_asked_for_apart(selling, stubs):
    for code in ("", "AMIS26", "AMIS26"):
        await selling.alternatives("l", WEEK, TWO, code)
    assert [request.promo_code for _, request in stubs.search.asked] == ["", "AMIS26"]


async def test_who_hangs_up_leaves_the_others_their_answer(selling, stubs):
    stubs.listings.open.clear()
    gone, stays = (asyncio.create_task(selling.listing_by_id("l")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    stubs.listings.open.set()
    assert (await stays).code == "L"
    assert len(stubs.listings.asked) == 1


async def test_a_failure_is_told_to_all_who_wait_and_is_not_remembered(selling, stubs):
    stubs.listings._answers["GetListing"] = Unavailable()
    failed = await asyncio.gather(*(selling.listing_by_id("l") for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in failed] == [Unavailable] * 3
    stubs.listings._answers["GetListing"] = listings_pb.ListingResponse(listing=catalog.Listing(code="L"))
    assert (await selling.listing_by_id("l")).code == "L"


async def test_alternatives_are_a_courtesy(selling, stubs):
    stubs.search._answers["FindAlternatives"] = Unavailable()
    assert await selling.alternatives("l", WEEK, TWO) == []


async def test_what_a_quote_is_for_is_asked_once(selling, stubs):
    for _ in range(3):
        [line] = await selling.quotations("q")
        assert (line.listing_id, line.nights, line.party, line.promo_code) == ("l", WEEK, TWO, "AMIS26")
    assert len(stubs.prices.asked) == 1
