"""Calls to pricing, availability and catalog, as the service booking itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.actor import as_system
from chassis.clock import Clock
from chassis.errors import ErrorKind, RemoteError, ServiceError
from sejour.availability.v1 import availability_service_pb2 as stays
from sejour.availability.v1 import availability_types_pb2 as stay_types
from sejour.catalog.v1 import listing_service_pb2 as listings
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices
from sejour.pricing.v1 import pricing_types_pb2 as price_types
from values import Money, NightRange

from booking.adapters import codec
from booking.domain.booking import FIRST_HOLD_REVISION, BookingFile
from booking.domain.errors import ListingNotFound
from booking.domain.line import Line, Party

_CACHED = 10_000
_TAKEN = frozenset({"TAKEN", "BLOCKED"})


class PricingClient:
    """Pricing over gRPC."""

    def __init__(self, stub: Any, clock: Clock) -> None:
        self._stub = stub
        self._clock = clock

    async def quote(self, quote_id: UUID) -> price_types.Quote:
        """A quote as stored."""
        with as_system("booking", now=self._clock()):
            answer: prices.QuoteResponse = await self._stub.GetQuote(prices.GetRequest(id=str(quote_id)))
        return answer.quote

    async def use_quote(self, quote_id: UUID, booking_id: UUID) -> None:
        """Marks it used by a file."""
        request = prices.UseQuoteRequest(quote_id=str(quote_id), booking_id=str(booking_id))
        with as_system("booking", now=self._clock()):
            await self._stub.UseQuote(request)

    async def return_quote(self, quote_id: UUID, booking_id: UUID) -> None:
        """Gives a quote back that a file used and came to nothing."""
        request = prices.ReturnQuoteRequest(quote_id=str(quote_id), booking_id=str(booking_id))
        with as_system("booking", now=self._clock()):
            await self._stub.ReturnQuote(request)

    async def tax(self, line: Line, party: Party) -> tuple[Money, Sequence[price_types.PriceLine]]:
        """Tourist tax of a line with other persons, explained."""
        request = prices.EstimateTaxRequest(
            listing_id=str(line.listing_id),
            rate_plan_id=price_types.QuoteLine.FromString(line.price).rate_plan_id,
            nights=codec.nights(line.nights),
            party=codec.party(party),
            accommodation=codec.money(line.accommodation + line.discounts),
        )
        with as_system("booking", now=self._clock()):
            answer: prices.EstimateTaxResponse = await self._stub.EstimateTax(request)
        return Money(answer.tourist_tax.amount, line.total.currency), list(answer.lines)

    async def price(self, line: Line, party: Party) -> price_types.QuoteLine | None:
        """The line with other persons by the tariff of today; None when it is not sold."""
        frozen = price_types.QuoteLine.FromString(line.price)
        request = prices.PriceStayRequest(
            listing_id=str(line.listing_id),
            rate_plan_id=frozen.rate_plan_id,
            nights=codec.nights(line.nights),
            party=codec.party(party),
            supplements=frozen.supplements,
            promo_code=frozen.promo_code,
        )
        with as_system("booking", now=self._clock()):
            answer: prices.PriceStayResponse = await self._stub.PriceStay(request)
        sold = [plan.price for plan in answer.plans if plan.HasField("price")]
        return sold[0] if sold else None


class AvailabilityClient:
    """Availability over gRPC; natural keys make every call repeatable."""

    def __init__(self, stub: Any, calendars: Any, clock: Clock) -> None:
        self._stub = stub
        self._calendars = calendars
        self._clock = clock

    async def taken(self, listing_id: UUID, nights: NightRange) -> NightRange | None:
        """The first of some nights that are taken now; None also where availability does not say."""
        request = stays.CheckNightsRequest(listing_id=str(listing_id), nights=codec.nights(nights))
        try:
            with as_system("booking", now=self._clock()):
                answer: stays.CheckNightsResponse = await self._calendars.CheckNights(request)
        except ServiceError:
            # Also when the time of whoever asked is over: rivals share the answer and have their own time.
            return None
        found = [one.nights for one in answer.refusals if one.reason in _TAKEN]
        return NightRange.parse(found[0].arrival, found[0].departure) if found else None

    async def hold(self, file: BookingFile) -> bool:
        """Holds the nights of all lines; True when some were not open for sale."""
        request = stays.HoldStaysRequest(
            booking_id=str(file.id),
            revision=FIRST_HOLD_REVISION,
            client_key=_client_key(file),
            lines=_hold_lines(file.lines),
            expires_at=codec.instant(file.hold_expires_at),
            allow_unopened=file.allow_unopened,
        )
        with as_system("booking", now=self._clock()):
            answer: stays.StaysResponse = await self._stub.HoldStays(request)
        return bool(answer.unopened)

    async def extend(self, file_id: UUID, revision: int, expires_at: datetime | None) -> None:
        """Moves the end of the hold."""
        request = stays.ExtendHoldsRequest(
            booking_id=str(file_id), revision=revision, expires_at=codec.instant(expires_at)
        )
        with as_system("booking", now=self._clock()):
            await self._stub.ExtendHolds(request)

    async def confirm(self, file: BookingFile) -> None:
        """Takes the nights."""
        request = stays.ConfirmStaysRequest(
            booking_id=str(file.id),
            revision=file.revision,
            client_key=_client_key(file),
            lines=_hold_lines(file.lines),
        )
        with as_system("booking", now=self._clock()):
            await self._stub.ConfirmStays(request)

    async def release(self, file_id: UUID, revision: int) -> None:
        """Frees the nights."""
        request = stays.BookingRequest(booking_id=str(file_id), revision=revision)
        with as_system("booking", now=self._clock()):
            await self._stub.ReleaseStays(request)

    async def end(self, revisions: Mapping[UUID, int]) -> None:
        """Tells that files came to nothing."""
        ended = [
            stays.BookingRequest(booking_id=str(one), revision=revision)
            for one, revision in revisions.items()
        ]
        with as_system("booking", now=self._clock()):
            await self._stub.EndBookings(stays.EndBookingsRequest(bookings=ended))

    async def move(self, file: BookingFile, lines: Sequence[Line], revision: int) -> None:
        """Makes what stands for the file what the lines say; its own nights need not be open any more."""
        request = stays.MoveStaysRequest(
            booking_id=str(file.id),
            revision=revision,
            client_key=_client_key(file),
            lines=_hold_lines(lines),
            allow_unopened=True,
        )
        with as_system("booking", now=self._clock()):
            await self._stub.MoveStays(request)

    async def hold_again(self, file: BookingFile) -> None:
        """Holds the nights of a file that should have them, open or not."""
        request = stays.HoldStaysRequest(
            booking_id=str(file.id),
            revision=file.revision,
            client_key=_client_key(file),
            lines=_hold_lines(file.lines),
            expires_at=codec.instant(file.hold_expires_at),
            allow_unopened=True,
        )
        with as_system("booking", now=self._clock()):
            await self._stub.HoldStays(request)

    async def holds_anything(self, file_id: UUID) -> bool:
        """Whether any night is held or taken for the file."""
        with as_system("booking", now=self._clock()):
            answer: stays.StaysResponse = await self._stub.GetStays(
                stays.BookingRequest(booking_id=str(file_id))
            )
        return bool(answer.lines)


def _client_key(file: BookingFile) -> str:
    return str(file.client.id) if file.client else ""


def _hold_lines(lines: Sequence[Line]) -> list[stay_types.HoldLine]:
    return [
        stay_types.HoldLine(
            line_id=str(line.id),
            listing_id=str(line.listing_id),
            nights=codec.nights(line.nights),
            party=common.Party(adults=line.party.adults, children_ages=line.party.children_ages),
        )
        for line in lines
    ]


class CatalogClient:
    """Catalog over gRPC; a listing's revision never changes, so its names are remembered."""

    def __init__(self, stub: Any, clock: Clock) -> None:
        self._stub = stub
        self._clock = clock
        self._names: dict[tuple[UUID, int], tuple[str, str]] = {}

    async def listing_names(self, wanted: Mapping[UUID, int]) -> Mapping[UUID, tuple[str, str]]:
        """Code and French name of listings at a revision (0 = newest)."""
        return {listing_id: await self._name(listing_id, revision) for listing_id, revision in wanted.items()}

    async def _name(self, listing_id: UUID, revision: int) -> tuple[str, str]:
        known = self._names.get((listing_id, revision)) if revision else None
        if known is not None:
            return known
        try:
            answer = await self._ask(listing_id, revision)
        except RemoteError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            if not revision:
                raise ListingNotFound(id=listing_id) from error
            return await self._name(listing_id, 0)
        names = answer.listing.name
        found = (answer.listing.code, names.get("fr") or next(iter(names.values()), ""))
        if len(self._names) >= _CACHED:
            self._names.clear()
        self._names[listing_id, answer.listing.revision] = found
        return found

    async def _ask(self, listing_id: UUID, revision: int) -> listings.ListingResponse:
        request = listings.GetListingRequest(id=str(listing_id), revision=revision)
        with as_system("booking", now=self._clock()):
            answer: listings.ListingResponse = await self._stub.GetListing(request)
        return answer
