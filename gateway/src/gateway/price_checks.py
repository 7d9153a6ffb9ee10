"""Holds a sample of what searches answer against the price of a quote: the promise « found = charged »."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.actor import Actor, set_actor
from chassis.clock import Clock
from chassis.errors import ServiceError
from chassis.logging import get_logger
from prometheus_client import Counter
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb

from gateway.clients import Services

log = get_logger()

MISMATCHES = Counter(
    "sejour_search_price_mismatches_total",
    "Totals of searches that differ from the price of a quote, twice with some seconds between. Must stay 0:"
    " read the log, it names listing and stay, and price both ways.",
)
CHECKED = Counter(
    "sejour_search_prices_checked_total",
    "Totals of searches held against the price of a quote. When it stands still while people search, the"
    " promise is not watched: look at pricing.",
)
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class _Row:
    asked: search_pb.SearchRequest
    listing_id: str
    plan_id: str
    total: int


class PriceChecks:
    """One answer of `every` is looked at, one row of it, one at a time; searches never wait for it."""

    def __init__(
        self,
        services: Services,
        clock: Clock,
        *,
        every: int,
        patience: float = _PATIENCE,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._services = services
        self._clock = clock
        self._chance = 1 / every if every else 0.0
        self._patience = patience
        self._draw = draw
        self._running: asyncio.Task[None] | None = None

    def look(self, asked: search_pb.SearchRequest, page: search_pb.SearchResponse) -> None:
        """Perhaps begins to check a row of an answer, and returns at once."""
        if self._draw() >= self._chance or not page.listing_ids:
            return
        if self._running is not None and not self._running.done():
            return
        at = int(self._draw() * len(page.listing_ids)) if self._chance < 1 else 0
        row = _Row(asked, page.listing_ids[at], page.rate_plan_ids[at], page.totals[at])
        self._running = asyncio.create_task(self._check(row), name="price_check")

    async def settled(self) -> None:
        """Returns when the check that runs has ended (for tests)."""
        if self._running is not None:
            await self._running

    async def _check(self, row: _Row) -> None:
        set_actor(Actor.public(now=self._clock()))
        try:
            if await self._agree(row):
                CHECKED.inc()
                return
            # The tariff may have changed between both: only a difference that stays is one.
            await asyncio.sleep(self._patience)
            again = await self._found_again(row)
            if again is None or await self._agree(again):
                return
        except ServiceError:
            return
        CHECKED.inc()
        MISMATCHES.inc()
        asked = row.asked
        log.error(
            "search_price_mismatch",
            listing_id=row.listing_id,
            rate_plan_id=row.plan_id,
            arrival=asked.arrival,
            nights=asked.nights,
            adults=asked.party.adults,
            children=list(asked.party.children_ages),
            total=again.total,
        )

    async def _agree(self, row: _Row) -> bool:
        """Whether the plan of a row is sold for its total."""
        stay = common.Nights(arrival=row.asked.arrival, departure=_departure(row.asked))
        request = prices_pb.PriceStayRequest(
            listing_id=row.listing_id, rate_plan_id=row.plan_id, nights=stay, party=row.asked.party,
            promo_code=row.asked.promo_code,
        )  # fmt: skip
        answer = await self._services.prices.PriceStay(request)
        return any(
            plan.HasField("price") and plan.price.total.amount == row.total
            for plan in answer.plans
            if plan.rate_plan_id == row.plan_id
        )

    async def _found_again(self, row: _Row) -> _Row | None:
        """The row as search has it now; None where it sells that plan no longer."""
        asked = search_pb.SearchRequest(
            arrival=row.asked.arrival,
            nights=row.asked.nights,
            party=row.asked.party,
            promo_code=row.asked.promo_code,
            listing_ids=[row.listing_id],
        )
        page = await self._services.search.Search(asked)
        if list(page.rate_plan_ids) != [row.plan_id]:
            return None
        return _Row(asked, row.listing_id, row.plan_id, page.totals[0])


def _departure(asked: search_pb.SearchRequest) -> str:
    return (date.fromisoformat(asked.arrival) + timedelta(days=asked.nights)).isoformat()
