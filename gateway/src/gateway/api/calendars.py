"""Calendars with prices: the nights of a listing, what a stay from each costs; the body is kept while true.

A body is given again for a second without asking anybody. After that both services are asked whether anything
has changed since: they name what they would answer by its tag, and only what is not known is sent. A
promotional code that changes no price is answered with the calendar without it: nothing is kept for it.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import orjson
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb

from gateway.api import convert
from gateway.clients import Services

FRESH_SECONDS = 1.0
"""So old a calendar may be; as old as search may be."""
_MOST_BYTES = 64 * 1024 * 1024
_STATES = {
    availability_pb.NIGHT_STATE_FREE: "free",
    availability_pb.NIGHT_STATE_TAKEN: "taken",
}


@dataclass(frozen=True, slots=True)
class Wished:
    """Nights `[first, last)` of a listing, with the price of a stay of `nights` from each for a party."""

    listing_id: str
    code: str
    first: date
    last: date
    nights: int
    adults: int
    ages: tuple[int, ...] = ()
    promo: str = ""

    @property
    def party(self) -> common.Party:
        """The party as the contract has it."""
        return common.Party(adults=self.adults, children_ages=self.ages)


@dataclass(frozen=True, slots=True)
class _Known:
    """The tags of both answers; none is known at first."""

    states: str = ""
    prices: str = ""


_NOTHING = _Known()


@dataclass(slots=True)
class _Written:
    """A body with its tag, of which answers it was made, and until when nobody is asked."""

    content: bytes
    tag: str
    known: _Known
    until: float


class Calendars:
    """The bodies written last."""

    def __init__(self, services: Services, ticks: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._ticks = ticks
        self._written: OrderedDict[Wished, _Written] = OrderedDict()
        self._bytes = 0
        self._asking: dict[Wished, asyncio.Task[_Written]] = {}

    async def written(self, wished: Wished) -> tuple[bytes, str]:
        """The body and its tag; who comes while it is asked for waits for that answer."""
        kept = self._written.get(wished)
        if kept is None and wished.promo:
            # Whoever tries codes gets the calendar of all: only a code that lowers a price has its own.
            await self.written(replace(wished, promo=""))
        if kept is None or kept.until <= self._ticks():
            asking = self._asking.get(wished)
            if asking is None:
                asking = self._asking[wished] = asyncio.create_task(self._renewed(wished))
                asking.add_done_callback(lambda _done: self._asking.pop(wished, None))
            # Whoever hangs up leaves the others their answer.
            kept = await asyncio.shield(asking)
        else:
            self._written.move_to_end(wished)
        return kept.content, kept.tag

    async def _renewed(self, wished: Wished) -> _Written:
        """What is kept, where nothing has changed; else the body written anew."""
        until = self._ticks() + FRESH_SECONDS
        plain = replace(wished, promo="")
        kept = self._written.get(wished) or self._written.get(plain)
        known = kept.known if kept is not None else _NOTHING
        states, prices = await ask(self._services, wished, known)
        new = _Known(states.tag, prices.tag)
        if kept is not None and new == known:
            kept.until = until
            return kept
        # One of them may have said no more than that it is as it was.
        if kept is not None and (states.tag == known.states or prices.tag == known.prices):
            states, prices = await ask(self._services, wished)
            new = _Known(states.tag, prices.tag)
        content = body(wished, days_of(wished, states, prices))
        made = _Written(content, hashlib.sha256(content).hexdigest()[:24], new, until)
        without = self._written.get(plain)
        if without is not None and without.known.prices == prices.tag:
            # The nights have changed meanwhile, and the code still counts for nothing.
            self._forget(wished)
            wished = plain
        self._keep(wished, made)
        return made

    def _forget(self, wished: Wished) -> None:
        before = self._written.pop(wished, None)
        self._bytes -= len(before.content) if before is not None else 0

    def _keep(self, wished: Wished, made: _Written) -> None:
        self._forget(wished)
        self._bytes += len(made.content)
        self._written[wished] = made
        while self._bytes > _MOST_BYTES:
            _, oldest = self._written.popitem(last=False)
            self._bytes -= len(oldest.content)


async def ask(
    services: Services, wished: Wished, known: _Known = _NOTHING
) -> tuple[availability_pb.GetCalendarResponse, prices_pb.PriceCalendarResponse]:
    """Asks availability and pricing; an answer whose tag is known comes empty."""
    first, last = wished.first.isoformat(), wished.last.isoformat()
    beyond = (wished.last + timedelta(days=wished.nights)).isoformat()
    states, prices = await asyncio.gather(
        services.calendar.GetCalendar(
            availability_pb.GetCalendarRequest(
                listing_id=wished.listing_id,
                range=common.Nights(arrival=first, departure=beyond),
                known_tag=known.states,
            )
        ),
        services.prices.PriceCalendar(
            prices_pb.PriceCalendarRequest(
                listing_id=wished.listing_id,
                arrivals=common.Nights(arrival=first, departure=last),
                nights=wished.nights,
                party=wished.party,
                known_tag=known.prices,
                promo_code=wished.promo,
            )
        ),
    )
    return states, prices


def days_of(
    wished: Wished, states: availability_pb.GetCalendarResponse, prices: prices_pb.PriceCalendarResponse
) -> list[dict[str, Any]]:
    """The nights in order, as `models.CalendarNight` has them."""
    told = list(states.states)
    run, runs = 0, [0] * len(told)
    for index in range(len(told) - 1, -1, -1):
        run = run + 1 if told[index] == availability_pb.NIGHT_STATE_FREE else 0
        runs[index] = run
    currency = prices.currency or "EUR"
    return [
        {
            "date": (wished.first + timedelta(days=index)).isoformat(),
            "state": _STATES.get(told[index], "closed"),
            "arrival_allowed": day.arrival_allowed,
            "departure_allowed": day.departure_allowed,
            "min_nights": day.min_nights,
            "max_nights": day.max_nights,
            "price": convert.money(day.price, currency) if day.price >= 0 else None,
            "bookable": day.price >= 0 and runs[index] >= wished.nights,
        }
        for index, day in enumerate(prices.days)
    ]


def body(wished: Wished, days: list[dict[str, Any]]) -> bytes:
    """The body that `models.Calendar` declares."""
    head = {
        "listing": wished.code, "from": wished.first.isoformat(), "to": wished.last.isoformat(),
        "nights": wished.nights,
    }  # fmt: skip
    return orjson.dumps(head | {"days": days})
