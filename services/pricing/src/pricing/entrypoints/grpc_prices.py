"""PriceService: prices of stays, quotes, the tourist tax. Each call translates and asks one use case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.requests import hash_request, parse_request_id
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_service_pb2_grpc as rpc

from pricing.adapters.queries import Queries
from pricing.application import prices
from pricing.application.create_quote import CreateQuote, create_quote
from pricing.application.ports import Holes, OpenUnit, Sheets
from pricing.application.return_quote import return_quote
from pricing.application.use_quote import use_quote
from pricing.domain.parts import CURRENCY
from pricing.domain.quote import Quote
from pricing.mapping import quotes as mapping
from pricing.mapping.calendars import calendar_pb
from pricing.mapping.values import of_amount, of_nights, to_amount, to_id, to_nights, to_optional_id, to_party

Context = Any


class GrpcPrices(rpc.PriceServiceServicer):
    """The handlers of PriceService."""

    def __init__(
        self,
        *,
        sheets: Sheets,
        holes: Holes,
        open_unit: OpenUnit,
        queries: Queries,
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self._sheets = sheets
        self._holes = holes
        self._open_unit = open_unit
        self._queries = queries
        self._clock = clock
        self._new_id = new_id

    async def PriceStay(self, request: pb.PriceStayRequest, _context: Context) -> pb.PriceStayResponse:
        """The price of a stay by plan, cheapest first, or every reason why not."""
        answers = await prices.price_stay(
            to_id(request.listing_id, "listing_id"),
            to_optional_id(request.rate_plan_id, "rate_plan_id"),
            mapping.to_stay(
                request.nights, request.party, request.supplements, promo_code=request.promo_code
            ),
            scope=Scope.current(),
            sheets=self._sheets,
            holes=self._holes,
            clock=self._clock,
        )
        return pb.PriceStayResponse(plans=[mapping.of_plan_answer(one) for one in answers])

    async def PriceCalendar(
        self, request: pb.PriceCalendarRequest, _context: Context
    ) -> pb.PriceCalendarResponse:
        """The price of a stay for each arrival of a range."""
        found = await prices.price_calendar(
            to_id(request.listing_id, "listing_id"),
            to_nights(request.arrivals, "arrivals"),
            request.nights,
            to_party(request.party, "party"),
            mapping.to_code(request.promo_code),
            scope=Scope.current(),
            sheets=self._sheets,
            clock=self._clock,
        )
        answer = calendar_pb(found)
        if request.known_tag == answer.tag:
            return pb.PriceCalendarResponse(currency=answer.currency, tag=answer.tag)
        return answer

    async def CreateQuote(self, request: pb.CreateQuoteRequest, _context: Context) -> pb.QuoteResponse:
        """Stores a quote."""
        command = CreateQuote(
            request_id=parse_request_id(request.request_id),
            body_hash=hash_request(request),
            lines=tuple(mapping.to_line_asked(line, number) for number, line in enumerate(request.lines)),
            terms_revision=request.terms_revision,
        )
        made = await create_quote(
            command,
            quote_id=self._new_id(),
            scope=Scope.current(),
            sheets=self._sheets,
            holes=self._holes,
            open_unit=self._open_unit,
            clock=self._clock,
        )
        # A new one is as it was just written; that of a repeat may have been used meanwhile.
        quote = mapping.of_quote(made) if isinstance(made, Quote) else await self._stored(made)
        return pb.QuoteResponse(quote=quote)

    async def GetQuote(self, request: pb.GetRequest, _context: Context) -> pb.QuoteResponse:
        """A quote, as stored."""
        quote = await self._queries.quote(to_id(request.id, "id"), scope=Scope.current())
        return pb.QuoteResponse(quote=quote)

    async def UseQuote(self, request: pb.UseQuoteRequest, _context: Context) -> pb.QuoteResponse:
        """Marks a quote used by a booking."""
        quote_id = to_id(request.quote_id, "quote_id")
        await use_quote(
            quote_id,
            to_id(request.booking_id, "booking_id"),
            scope=Scope.current(),
            open_unit=self._open_unit,
            clock=self._clock,
        )
        return pb.QuoteResponse(quote=await self._stored(quote_id))

    async def ReturnQuote(self, request: pb.ReturnQuoteRequest, _context: Context) -> pb.ReturnQuoteResponse:
        """Gives a quote back that a booking used in vain."""
        await return_quote(
            to_id(request.quote_id, "quote_id"),
            to_id(request.booking_id, "booking_id"),
            scope=Scope.current(),
            open_unit=self._open_unit,
        )
        return pb.ReturnQuoteResponse()

    async def EstimateTax(self, request: pb.EstimateTaxRequest, _context: Context) -> pb.EstimateTaxResponse:
        """Tourist tax of a stay whose total is known."""
        amount, lines = await prices.estimate_tax(
            to_id(request.listing_id, "listing_id"),
            to_optional_id(request.rate_plan_id, "rate_plan_id"),
            mapping.to_stay(request.nights, request.party),
            to_amount(request.accommodation, "accommodation"),
            scope=Scope.current(),
            sheets=self._sheets,
        )
        return pb.EstimateTaxResponse(
            tourist_tax=of_amount(amount), lines=[mapping.of_explained(line, CURRENCY) for line in lines]
        )

    async def GetReadiness(
        self, request: pb.GetReadinessRequest, _context: Context
    ) -> pb.GetReadinessResponse:
        """Whether a listing has a price on some future night."""
        found = await prices.priced_nights(
            to_id(request.listing_id, "listing_id"),
            scope=Scope.current(),
            sheets=self._sheets,
            clock=self._clock,
        )
        return pb.GetReadinessResponse(
            priced=bool(found), priced_nights=[of_nights(nights) for nights in found]
        )

    async def _stored(self, quote_id: UUID) -> Any:
        """The quote that this call made or used: whoever may do that may see it."""
        return await self._queries.quote(quote_id, scope=Scope.system("pricing"))
