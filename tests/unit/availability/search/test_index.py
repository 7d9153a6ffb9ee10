"""The index, and the reference it is held equal to, fed with news as the services write them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from availability.domain.errors import BadRange
from availability.entrypoints.grpc_search import GrpcSearch, from_cursor, to_cursor
from availability.search.alternatives import find_alternatives
from availability.search.vector_index import LISTINGS, RATES, VectorIndex
from chassis.errors import Unavailable
from chassis.rpc_errors import from_status
from google.rpc import status_pb2
from scalar_index import ScalarIndex
from search_news import ARRIVAL, NOW, TWO, YEAR, News, a_sheet, busy
from sejour.availability.v1 import search_service_pb2 as pb
from sejour.catalog.v1 import catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_events_pb2
from tariff import Discount, DiscountKind, Party, RateSheet, Season, TaxKind, TaxRule, evaluate, to_json
from values import NightRange


@pytest.fixture(params=[VectorIndex, ScalarIndex])
def news(request):
    return News(request.param)


async def test_the_cheapest_come_first_with_the_exact_price(news):
    await news.sold("b", 70000)
    await news.sold("a", 80000)
    await news.sold("c", 60000)
    page = news.search()
    assert [(hit.listing_id, hit.total) for hit in page.hits] == [("c", 60000), ("b", 70000), ("a", 80000)]
    assert page.count == 3
    # 0,80 € for two adults and seven nights, beside the total.
    assert {hit.tourist_tax for hit in page.hits} == {1120}


async def test_the_tax_without_vat_or_meals_is_that_of_the_quote(news):
    rule = TaxRule("4,4 %", YEAR, TaxKind.PERCENT, rate_bp=440, cap=375)
    family = Party(adults=2, children=(9, 7))
    exempt = replace(a_sheet(65000), tax_rules=(rule,))
    liable, board = replace(exempt, vat_bp=1000), replace(exempt, meals=1000)
    for revision, (sheet, tax) in enumerate([(exempt, 1428), (liable, 1302), (board, 812)], start=2):
        told = pricing_events_pb2.RateSheet(rate_plan_id="plan-1", sheet_json=to_json(sheet).encode())
        await news.listing("a", revision=revision)
        await news.sheets("a", [told], revision=revision)
        await news.calendar("a", revision=revision)
        [hit] = news.search(party=family).hits
        quoted = evaluate(sheet, NightRange.of_length(ARRIVAL, 7), family, NOW.date())
        # 650.00 / 7 / 4 x 4.4 % = 1.02 for two adults and seven nights; without 10 % VAT 590.91 gives 0.93;
        # without meals of 10.00 for four persons and seven nights 370.00 gives 0.58.
        assert (hit.total, hit.tourist_tax) == (quoted.total, quoted.tourist_tax.amount) == (65000, tax)


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
        ({"capacity": 5}, ["breizh"]),
        ({"capacity": 500}, []),
        ({"kind": "guest_room"}, ["breizh"]),
        ({"kind": "castle"}, []),
        ({"centre": (44.4, 4.39), "radius_km": 10}, ["ardeche"]),
        ({"centre": (44.4, 4.39), "radius_km": 2000}, ["breizh", "ardeche"]),
    ],
)
async def test_filters_keep_what_is_asked(news, asked, found):
    await news.sold("ardeche", 70000, label_id="l1", owner_id="o1", latitude=44.405, longitude=4.395)
    await news.sold(
        "breizh", 60000, city="Brest", insee="29019", owner_id="o2", wifi=False, max_persons=6,
        latitude=48.39, longitude=-4.48, kind=catalog_types_pb2.LISTING_KIND_GUEST_ROOM,
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


async def test_alternatives_count_a_code_that_the_listing_knows_and_keep_nothing_for_another(news):
    discount = Discount("amis", "Les amis", DiscountKind.CODE, 1000, code="amis26")
    sheet = replace(a_sheet(70000), discounts=(discount,))
    await news.sold("a")
    told = [pricing_events_pb2.RateSheet(rate_plan_id="plan-1", sheet_json=to_json(sheet).encode())]
    await news.sheets("a", told, revision=2)
    calls = GrpcSearch(news.index, caught_up=lambda: True, lag=lambda: 0)
    nights = common_pb2.Nights(arrival="2027-07-03", departure="2027-07-10")
    request = pb.FindAlternativesRequest(listing_id="a", nights=nights, party=common_pb2.Party(adults=2))
    totals = {}
    for code in ("", "AMIS62", " Amis26 "):
        request.promo_code = code
        found = await calls.FindAlternatives(request, None)
        totals[code] = {each.total for each in found.alternatives}
    assert totals == {"": {70000}, "AMIS62": {70000}, " Amis26 ": {63000}}
    if not isinstance(news.index, VectorIndex):
        return
    vectors = news.index._vectors
    stays = {*vectors._asked, *vectors._known}
    for number in range(20):
        request.promo_code = f"TRY{number}"
        await calls.FindAlternatives(request, None)
    assert {*vectors._asked, *vectors._known} == stays


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


async def test_many_searches_in_one_call_are_answered_as_calls_of_their_own(news):
    await news.sold("a")
    calls = GrpcSearch(news.index, caught_up=lambda: True, lag=lambda: 0)
    good = pb.SearchRequest(arrival=ARRIVAL.isoformat(), nights=7, party=common_pb2.Party(adults=2))
    bad = pb.SearchRequest(arrival=ARRIVAL.isoformat(), nights=7, cursor="?")
    answer = await calls.SearchMany(pb.SearchManyRequest(asked=[good, bad, good]), None)
    assert [each.WhichOneof("outcome") for each in answer.outcomes] == ["page", "refusal", "page"]
    assert answer.outcomes[2].page == await calls.Search(good, None)
    refusal = from_status(status_pb2.Status.FromString(answer.outcomes[1].refusal))
    with pytest.raises(BadRange) as raised:
        await calls.Search(bad, None)
    assert (refusal.kind, refusal.reason) == (raised.value.kind, raised.value.reason)
    assert refusal.metadata == raised.value.metadata


@pytest.mark.parametrize("count", [0, 65])
async def test_a_call_of_no_searches_or_too_many_is_refused(news, count):
    calls = GrpcSearch(news.index, caught_up=lambda: True, lag=lambda: 0)
    with pytest.raises(BadRange):
        await calls.SearchMany(pb.SearchManyRequest(asked=[pb.SearchRequest()] * count), None)


@pytest.mark.parametrize(("busy_until", "found"), [("2027-07-03", ["a"]), ("2027-07-02", [])])
async def test_a_hole_shorter_than_the_minimum_is_found_whole(news, busy_until, found):
    season = Season("s", "Été", (NightRange.parse("2027-01-01", "2028-01-01"),), {3: 30000, 7: 70000},
                    min_nights=7, sell_gaps=True)  # fmt: skip
    sheet = RateSheet("EUR", base_persons=4, max_persons=6, seasons=(season,))
    await news.listing("a")
    told = [pricing_events_pb2.RateSheet(rate_plan_id="p", sheet_json=to_json(sheet).encode())]
    await news.sheets("a", told, revision=1)
    await news.calendar("a", busy=[busy("2027-06-26", busy_until), busy("2027-07-06", "2027-07-10")])
    assert news.found(arrival=date(2027, 7, 3), nights=3) == found
    assert news.found(arrival=date(2027, 7, 3), nights=2) == []
    assert news.found(arrival=date(2027, 7, 17), nights=3) == []
    assert news.found(arrival=date(2027, 7, 17), nights=7) == ["a"]
