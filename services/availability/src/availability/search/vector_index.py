"""The index in memory over arrays: `take` feeds it from the topics, `search` and `price` ask it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime

from chassis.clock import Clock
from chassis.events import Decoder, Event
from sejour.availability.v1.availability_events_pb2 import CalendarChanged
from sejour.catalog.v1.catalog_events_pb2 import ListingChanged
from sejour.pricing.v1.pricing_events_pb2 import RateSheetsChanged
from tariff import Party

from availability.search.asking import Asking
from availability.search.build import Build
from availability.search.metrics import FRESHNESS, OFFERS
from availability.search.prices import Vectors
from availability.search.query import Hit, Page, Query

LISTINGS = "catalog.listings"
RATES = "pricing.rates"
CALENDARS = "availability.calendars"
TOPICS = (LISTINGS, RATES, CALENDARS)

_DECODER = Decoder(ListingChanged, RateSheetsChanged, CalendarChanged)
_SLICE_SECONDS = 0.004
"""Searches wait no longer than that for news; a listing more may begin just before."""
_LISTINGS_A_STEP = 8
_TIDY_SECONDS = 0.5


class VectorIndex:
    """Listings, rates and calendars of the newest revision seen; `search/query.py` says what is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._build = Build(clock(), self._changed)
        self._vectors = Vectors(self._build.columns.table)
        self._asking = Asking(self._build, self._vectors)
        self.live = False
        """True once caught up: only then freshness is measured."""

    def _changed(self, first: int, last: int) -> None:
        self._vectors.changed(first, last)

    # --- news ---------------------------------------------------------------------------------------

    async def take(self, events: Sequence[Event]) -> None:
        """Applies news, in slices between which searches are answered; what is not newer changes nothing."""
        began = time.perf_counter()
        for event in events:
            self._apply(event)
            if self.live:
                late = (self._clock() - event.occurred_at).total_seconds()
                FRESHNESS.labels(event.topic).observe(max(0.0, late))
            if time.perf_counter() - began > _SLICE_SECONDS:
                await asyncio.sleep(0)
                began = time.perf_counter()
        OFFERS.set(self.offers)

    def _apply(self, event: Event) -> None:
        now = self._keep_time()
        message = _DECODER.decode(event)
        if event.payload is None:
            self._build.forget(event.key, facts=event.topic == LISTINGS, rates=event.topic == RATES)
        elif isinstance(message, ListingChanged):
            self._build.put_listing(message.listing, now)
        elif isinstance(message, CalendarChanged):
            self._build.put_calendar(message, now)
        elif isinstance(message, RateSheetsChanged):
            self._build.put_rates(message, now)

    async def follow_the_clock(self) -> None:
        """Carries the listings over to each new day, for ever, in slices between searches."""
        while True:
            now = self._keep_time()
            began = time.perf_counter()
            while self._build.carry_over(now, _LISTINGS_A_STEP):
                if time.perf_counter() - began > _SLICE_SECONDS:
                    await asyncio.sleep(0)
                    began = time.perf_counter()
            await asyncio.sleep(_TIDY_SECONDS)

    def _keep_time(self) -> datetime:
        now = self._clock()
        if self._build.keep_time(now):
            self._vectors.clear()
        return now

    # --- questions ----------------------------------------------------------------------------------

    @property
    def offers(self) -> int:
        """Listings in production times plans."""
        return self._build.offers

    def has(self, listing_id: str) -> bool:
        """True for a listing in production."""
        entry = self._build.entries.get(listing_id)
        return entry is not None and entry.facts is not None and entry.facts.in_production

    def price(self, listing_id: str, arrival: date, nights: int, party: Party, code: str = "") -> Hit | None:
        """The cheapest plan of one listing for a stay, when it can be sold."""
        self._keep_time()
        entry = self._build.entries.get(listing_id)
        return None if entry is None else self._asking.price(entry, arrival, nights, party, code)

    def search(self, query: Query) -> Page:
        """What is free and priced for a stay, by (total, listing)."""
        self._keep_time()
        return self._asking.search(query)
