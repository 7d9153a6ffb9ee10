"""What the index over arrays has of its own: slices, days that pass, vectors that are remembered."""

import asyncio
from datetime import date, timedelta

import pytest
from availability.search import build, prices
from availability.search.query import Query
from availability.search.vector_index import LISTINGS, VectorIndex
from chassis.events import Event
from chassis.ids import new_id
from search_news import ARRIVAL, NOW, TWO, News, busy
from sejour.catalog.v1 import catalog_events_pb2, catalog_types_pb2


@pytest.fixture
def news():
    return News(VectorIndex)


def vectors(outcome):
    return prices.VECTORS.labels(outcome)._value.get()


async def test_searches_are_answered_while_many_news_are_taken(news):
    await news.sold("a")
    many = [
        Event(
            LISTINGS,
            f"l{number}",
            new_id(),
            "sejour.catalog.v1.ListingChanged",
            NOW,
            1,
            catalog_events_pb2.ListingChanged(
                listing=catalog_types_pb2.Listing(id=f"l{number}", revision=1)
            ).SerializeToString(),
        )
        for number in range(3000)
    ]
    taking = asyncio.create_task(news.index.take(many))
    answered = 0
    while not taking.done():
        assert news.found() == ["a"]
        answered += 1
        await asyncio.sleep(0)
    assert answered > 2
    assert news.index.has("l2999") is False


async def test_the_last_night_of_a_new_day_comes_in_slices(news, monkeypatch):
    monkeypatch.setattr(build, "_SYNC_LISTINGS", 0)
    for key in ("a", "b", "c"):
        await news.sold(key)
    news.now += timedelta(days=1)
    assert news.found() == ["a", "b", "c"]
    assert len(news.index._build._behind) == 3
    following = asyncio.create_task(news.index.follow_the_clock())
    for _ in range(100):
        await asyncio.sleep(0)
    following.cancel()
    assert news.index._build._behind == []
    assert news.found() == ["a", "b", "c"]


async def test_a_listing_far_ahead_is_found_each_day_anew(news):
    await news.sold("a")
    await news.calendar("a", revision=2, busy=[busy("2027-07-03", "2027-07-10")])
    for days in (0, 1, 2, 40, 41):
        news.now = NOW + timedelta(days=days)
        assert news.found() == []
        assert news.found(arrival=date(2027, 12, 1)) == ["a"]


async def test_a_stay_that_many_ask_for_is_priced_once_for_all(news):
    for number in range(20):
        await news.sold(f"l{number:02}", 70000 + number)
    first = news.search(limit=100)
    before = vectors("hit")
    again = news.search(limit=100)
    assert again == first
    assert vectors("hit") == before + 1


async def test_a_changed_sheet_shows_in_a_remembered_vector(news):
    for number in range(20):
        await news.sold(f"l{number:02}", 70000 + number)
    for _ in range(3):
        news.search()
    await news.rates("l19", 50000, revision=2)
    await news.rates("l00", 90000, revision=2)
    page = news.search(limit=100)
    assert [(page.hits[0].listing_id, page.hits[0].total)] == [("l19", 50000)]
    assert page.hits[-1].listing_id == "l00"


async def test_columns_grow_and_are_used_again(news):
    for number in range(1100):
        await news.listing(f"l{number:04}", max_persons=4)
    columns = news.index._build.columns
    for number in range(1100):
        await news.rates(f"l{number:04}", 70000 + number)
        await news.calendar(f"l{number:04}")
    assert columns.size > 1024
    used = columns.end
    await news.tell(LISTINGS, "l0007", None)
    await news.sold("new", 1000)
    assert columns.end == used
    assert news.index.search(Query(ARRIVAL, 7, TWO, limit=2)).hits[0].listing_id == "new"
    assert news.search(limit=1).count == 1100
