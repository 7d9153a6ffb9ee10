"""What the API and the guest's pages ask of the services together: listings, prices, quotes, alternatives."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self, TypeVar

from chassis.errors import ServiceError
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.api.errors import NightsNotOpen, NightsTaken
from gateway.clients import Services

Value = TypeVar("Value")
TAKEN = {"TAKEN", "BLOCKED"}
_ALTERNATIVES_SECONDS = 0.8
_QUOTE_SECONDS = 1800.0
"""What a quote is for is asked for again while guests may use it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line to price: nights `[arrival, departure)` of a listing."""

    listing: catalog.Listing
    arrival: date
    departure: date
    adults: int
    children: tuple[int, ...] = ()
    supplements: tuple[tuple[str, int], ...] = ()
    plan_id: str = ""
    promo_code: str = ""
    """As typed; what became of it is in the price (`promo_state`)."""

    @property
    def nights(self) -> common.Nights:
        """The nights as a message."""
        return common.Nights(arrival=self.arrival.isoformat(), departure=self.departure.isoformat())

    @property
    def party(self) -> common.Party:
        """Who stays, as a message."""
        return common.Party(adults=self.adults, children_ages=self.children)

    @property
    def chosen(self) -> list[pricing.ChosenSupplement]:
        """The supplements as messages."""
        return [pricing.ChosenSupplement(code=code, quantity=count) for code, count in self.supplements]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote with what a person must see beside it."""

    quote: pricing.Quote
    schedule: bookings_pb.PreviewScheduleResponse
    terms: booking.SalesTerms
    listings: dict[str, catalog.Listing]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """What one line of a quote is for."""

    listing_id: str
    nights: common.Nights
    party: common.Party
    promo_code: str = ""

    @classmethod
    def of(cls, line: pricing.QuoteLine) -> Self:
        """That of a line."""
        return cls(line.listing_id, line.nights, line.party, line.promo_code)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a stay costs now, or every reason why it is not sold."""

    plans: tuple[prices_pb.PlanPrice, ...]
    night_refusals: tuple[availability_pb.NightsRefusal, ...]

    @property
    def best(self) -> prices_pb.PlanPrice | None:
        """The cheapest plan that sells the stay."""
        sold = next((each for each in self.plans if each.HasField("price")), None)
        return sold if not self.night_refusals else None

    @property
    def reasons(self) -> list[tuple[str, dict[str, str]]]:
        """Every reason, the nights' first; of the plans the one that comes nearest."""
        found: list[tuple[str, dict[str, str]]] = []
        for night in self.night_refusals:
            params = {"arrival": night.nights.arrival, "departure": night.nights.departure}
            if night.reason not in {name for name, _ in found}:
                found.append((night.reason, params))
        if not any(each.HasField("price") for each in self.plans):
            nearest = min(self.plans, key=lambda each: len(each.refusals), default=None)
            rest = list(nearest.refusals) if nearest else []
            found += [(each.reason, dict(each.params)) for each in rest]
            if not rest and not found:
                found.append(("NO_PRICE", {}))
        return found


@dataclass(slots=True)
class Selling:
    """The services as the seller's side of the gateway needs them; the actor must be set."""

    services: Services
    clock: Callable[[], datetime]
    ticks: Callable[[], float] = time.monotonic
    _kept: dict[tuple[str, ...], tuple[float, Any]] = field(default_factory=dict)
    _asking: dict[tuple[str, ...], asyncio.Future[Any]] = field(default_factory=dict)

    async def _keep(self, key: tuple[str, ...], seconds: float, ask: Callable[[], Awaitable[Value]]) -> Value:
        """The value of a key, at most so old; who comes while it is being asked for waits for that answer."""
        known = self._kept.get(key)
        if known and known[0] > self.ticks():
            value: Value = known[1]
            return value
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._ask(key, seconds, ask))
            asking.add_done_callback(lambda _done: self._asking.pop(key, None))
        # Whoever hangs up leaves the others their answer.
        answer: Value = await asyncio.shield(asking)
        return answer

    async def _ask(self, key: tuple[str, ...], seconds: float, ask: Callable[[], Awaitable[Value]]) -> Value:
        value = await ask()
        self._remember(key, seconds, value)
        return value

    def _remember(self, key: tuple[str, ...], seconds: float, value: object) -> None:
        if len(self._kept) > 20_000:
            self._kept.clear()
        self._kept[key] = (self.ticks() + seconds, value)

    async def listing(self, code: str) -> catalog.Listing:
        """Returns a listing in production by its code, at most 2 s old."""

        async def ask() -> catalog.Listing:
            answer = await self.services.listings.GetListing(listings_pb.GetListingRequest(code=code))
            return answer.listing  # type: ignore[no-any-return]

        return await self._keep(("code", code), 2, ask)

    async def listing_by_id(self, listing_id: str) -> catalog.Listing:
        """Returns a listing in production by its id, at most 2 s old."""

        async def ask() -> catalog.Listing:
            answer = await self.services.listings.GetListing(listings_pb.GetListingRequest(id=listing_id))
            return answer.listing  # type: ignore[no-any-return]

        return await self._keep(("id", listing_id), 2, ask)

    async def owner(self, owner_id: str) -> catalog.Owner:
        """Returns what the public may know of an owner, at most a minute old."""

        async def ask() -> catalog.Owner:
            answer = await self.services.owners.GetOwner(owners_pb.GetOwnerRequest(id=owner_id))
            return answer.owner  # type: ignore[no-any-return]

        return await self._keep(("owner", owner_id), 60, ask)

    async def fields(self) -> Sequence[catalog.FieldDef]:
        """Returns the declared fields of the sheet."""

        async def ask() -> Sequence[catalog.FieldDef]:
            answer = await self.services.listings.GetFields(listings_pb.GetFieldsRequest())
            return list(answer.fields)

        return await self._keep(("fields",), 300, ask)

    async def supplements(self, owner_id: str) -> Sequence[pricing.Supplement]:
        """Returns the supplements of an owner, at most 5 s old."""

        async def ask() -> Sequence[pricing.Supplement]:
            request = prices_pb.OwnerRequest(owner_id=owner_id)
            return list((await self.services.tariffs.ListSupplements(request)).supplements)

        return await self._keep(("supplements", owner_id), 5, ask)

    async def label(self, slug: str) -> catalog.Label | None:
        """Returns a label by its slug, or None; at most a minute old."""

        async def ask() -> catalog.Label | None:
            try:
                answer = await self.services.owners.GetLabel(owners_pb.GetLabelRequest(slug=slug))
            except ServiceError as error:
                if error.reason == "LABEL_NOT_FOUND":
                    return None
                raise
            return answer.label  # type: ignore[no-any-return]

        return await self._keep(("label", slug), 60, ask)

    async def cards(self, ids: Sequence[str], language: str) -> dict[str, listings_pb.Card]:
        """Returns cards by listing id, at most 5 s old, asking once for all that are missing."""
        now = self.ticks()
        found: dict[str, listings_pb.Card] = {}
        missing = []
        for each in ids:
            known = self._kept.get(("card", language, each))
            if known and known[0] > now:
                found[each] = known[1]
            else:
                missing.append(each)
        if missing:
            request = listings_pb.BatchGetCardsRequest(ids=missing, language=language)
            for card in (await self.services.listings.BatchGetCards(request)).cards:
                found[card.id] = card
                self._remember(("card", language, card.id), 5, card)
        return found

    async def terms(self, owner_id: str) -> booking.SalesTerms:
        """Returns the newest sales terms of an owner, without payee."""
        answer = await self.services.terms.GetTerms(bookings_pb.GetTermsRequest(owner_id=owner_id))
        return answer.terms  # type: ignore[no-any-return]

    async def check_nights(self, wanted: Wanted) -> Sequence[availability_pb.NightsRefusal]:
        """Returns why the nights cannot be sold to a guest; nothing when they can."""
        request = availability_pb.CheckNightsRequest(listing_id=wanted.listing.id, nights=wanted.nights)
        return list((await self.services.calendar.CheckNights(request)).refusals)

    async def offer(self, wanted: Wanted) -> Offer:
        """Returns what a stay costs now, or why it is not sold."""
        request = prices_pb.PriceStayRequest(
            listing_id=wanted.listing.id,
            rate_plan_id=wanted.plan_id,
            nights=wanted.nights,
            party=wanted.party,
            supplements=wanted.chosen,
            promo_code=wanted.promo_code,
        )
        priced, refused = await asyncio.gather(
            self.services.prices.PriceStay(request), self.check_nights(wanted)
        )
        return Offer(tuple(priced.plans), tuple(refused))

    async def quote(self, request_id: str, lines: Sequence[Wanted]) -> Quoted:
        """Stores a quote for lines of one owner. A repeat of the request answers the same.

        Raises:
            NightsTaken, NightsNotOpen: nights of a line cannot be sold now.

        """
        started = self.clock()
        terms = await self.terms(lines[0].listing.owner_id)
        request = prices_pb.CreateQuoteRequest(request_id=request_id, terms_revision=terms.revision)
        for each in lines:
            request.lines.add(
                listing_id=each.listing.id, rate_plan_id=each.plan_id, nights=each.nights,
                party=each.party, supplements=each.chosen, promo_code=each.promo_code,
            )  # fmt: skip
        answer, *refusals = await asyncio.gather(
            self.services.prices.CreateQuote(request), *(self.check_nights(each) for each in lines)
        )
        found: pricing.Quote = answer.quote
        # Pricing stamps a new quote within the call; an older one is the answer to an earlier request.
        replayed = found.created_at.ToNanoseconds() < int(started.timestamp() * 1_000_000) * 1000
        if not replayed:
            for wanted, refused in zip(lines, refusals, strict=True):
                raise_refused(wanted, refused)
        listings = {each.listing.id: each.listing for each in lines}
        self._remember(("quoted", found.id), _QUOTE_SECONDS, [Quotation.of(line) for line in found.lines])
        schedule = await self.schedule(found)
        return Quoted(found, schedule, held_terms(schedule, terms), listings, replayed)

    async def schedule(self, quote: pricing.Quote) -> bookings_pb.PreviewScheduleResponse:
        """Returns deposit and due dates of a quote under the newest terms."""
        request = bookings_pb.PreviewScheduleRequest(
            owner_id=quote.owner_id,
            total=quote.total,
            tourist_tax=quote.tourist_tax,
            arrival=min(each.nights.arrival for each in quote.lines),
            departure=max(each.nights.departure for each in quote.lines),
            listing_ids=list(dict.fromkeys(each.listing_id for each in quote.lines)),
        )
        answer: bookings_pb.PreviewScheduleResponse = await self.services.terms.PreviewSchedule(request)
        return answer

    async def get_quote(self, quote_id: str) -> pricing.Quote:
        """Returns a stored quote."""
        answer = await self.services.prices.GetQuote(prices_pb.GetRequest(id=quote_id))
        return answer.quote  # type: ignore[no-any-return]

    async def quotations(self, quote_id: str) -> Sequence[Quotation]:
        """Returns what a quote is for, line by line; that never changes."""

        async def ask() -> Sequence[Quotation]:
            return [Quotation.of(line) for line in (await self.get_quote(quote_id)).lines]

        return await self._keep(("quoted", quote_id), _QUOTE_SECONDS, ask)

    async def quoted(self, quote: pricing.Quote) -> Quoted:
        """Returns a stored quote with its terms, schedule and listings."""
        ids = list(dict.fromkeys(each.listing_id for each in quote.lines))
        (terms, schedule), found = await asyncio.gather(
            asyncio.gather(self.terms(quote.owner_id), self.schedule(quote)),
            asyncio.gather(*(self.listing_by_id(each) for each in ids)),
        )
        return Quoted(quote, schedule, held_terms(schedule, terms), dict(zip(ids, found, strict=True)))

    async def alternatives(
        self, listing_id: str, nights: common.Nights, party: common.Party, promo_code: str = ""
    ) -> list[search_pb.Alternative]:
        """Returns up to three other stays; nothing when search does not answer soon: they are a courtesy.

        Rivals for the same nights are told the same, at most a second old.
        """
        request = search_pb.FindAlternativesRequest(
            listing_id=listing_id, nights=nights, party=party, promo_code=promo_code
        )

        async def ask() -> list[search_pb.Alternative]:
            answer = await self.services.search.FindAlternatives(request, timeout=_ALTERNATIVES_SECONDS)
            return list(answer.alternatives)

        ages = ",".join(map(str, party.children_ages))
        key = ("others", listing_id, nights.arrival, nights.departure, f"{party.adults} {ages}", promo_code)
        try:
            return await self._keep(key, 1, ask)
        except ServiceError:
            return []


def held_terms(
    schedule: bookings_pb.PreviewScheduleResponse, general: booking.SalesTerms
) -> booking.SalesTerms:
    """Returns the terms that hold for these listings and nights, else the owner's general ones."""
    return schedule.terms if schedule.HasField("terms") else general


def raise_refused(wanted: Wanted, refusals: Iterable[availability_pb.NightsRefusal]) -> None:
    """Refuses a line whose nights cannot be sold.

    Raises:
        NightsTaken: some are taken or kept by the owner.
        NightsNotOpen: some are closed, past or too far.

    """
    for each in refusals:
        first, last = each.nights.arrival, each.nights.departure
        if each.reason in TAKEN:
            raise NightsTaken(listing_id=wanted.listing.id, arrival=first, departure=last)
        raise NightsNotOpen(listing_id=wanted.listing.id, arrival=first, departure=last, why=each.reason)
