"""The calls of search; public."""

# ruff: noqa: ARG002 (gRPC gives every call a context)

import asyncio
import base64
import binascii
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from chassis.errors import ServiceError, Unavailable
from chassis.rpc_errors import to_status
from sejour.availability.v1 import search_service_pb2 as pb
from sejour.availability.v1 import search_service_pb2_grpc as pb_grpc
from sejour.common.v1 import common_pb2
from tariff import Party
from values import NightRange

from availability.adapters.event_codec import nights_pb
from availability.domain.errors import BadRange, ListingNotFound
from availability.entrypoints.mapping import to_nights
from availability.search.alternatives import find_alternatives
from availability.search.query import Query, SearchIndex

MAX_NIGHTS = 90
MAX_CODE = 40
MAX_PERSONS = 99
DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MOST_TOGETHER = 64
_SLICE_SECONDS = 0.004
"""After so long a call of many searches lets the others have a turn."""


class GrpcSearch(pb_grpc.SearchServiceServicer):
    """Search over an index; `lag` tells how many messages it has not taken yet."""

    def __init__(self, index: SearchIndex, *, caught_up: Callable[[], bool], lag: Callable[[], int]) -> None:
        self._index = index
        self._caught_up = caught_up
        self._lag = lag

    async def Search(self, request: pb.SearchRequest, context: Any) -> pb.SearchResponse:
        """Listings free for the stay."""
        self._refuse_half_an_index()
        return self._page(request)

    async def SearchMany(self, request: pb.SearchManyRequest, context: Any) -> pb.SearchManyResponse:
        """Several searches, each answered for itself."""
        self._refuse_half_an_index()
        if not 1 <= len(request.asked) <= MOST_TOGETHER:
            raise BadRange(field="asked", why="out_of_range", most=MOST_TOGETHER)
        answer, began = pb.SearchManyResponse(), time.monotonic()
        for asked in request.asked:
            answer.outcomes.append(self._outcome(asked))
            if time.monotonic() - began > _SLICE_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()
        return answer

    def _outcome(self, request: pb.SearchRequest) -> pb.SearchOutcome:
        try:
            return pb.SearchOutcome(page=self._page(request))
        except ServiceError as error:
            return pb.SearchOutcome(refusal=to_status(error).SerializeToString())

    def _page(self, request: pb.SearchRequest) -> pb.SearchResponse:
        page = self._index.search(to_query(request))
        if not page.hits:
            return pb.SearchResponse(currency="EUR", count=page.count)
        # In the order of the fields of `Hit`.
        listings, plans, totals, accommodations, taxes, currencies, revisions = zip(*page.hits, strict=True)
        return pb.SearchResponse(
            listing_ids=listings,
            rate_plan_ids=plans,
            totals=totals,
            accommodations=accommodations,
            tourist_taxes=taxes,
            revisions=revisions,
            currency=currencies[0],
            next_cursor=to_cursor(*page.hits[-1].key) if page.more else "",
            count=page.count,
        )

    async def FindAlternatives(
        self, request: pb.FindAlternativesRequest, context: Any
    ) -> pb.FindAlternativesResponse:
        """Other stays of the same listing."""
        nights = to_nights(request.nights, "nights", longest=MAX_NIGHTS)
        party = to_party(request.party)
        self._refuse_half_an_index()
        if not self._index.has(request.listing_id):
            raise ListingNotFound(listing_id=request.listing_id[:64])
        found = find_alternatives(
            self._index,
            request.listing_id,
            nights.arrival,
            nights.length,
            party,
            code=to_code(request.promo_code),
        )
        return pb.FindAlternativesResponse(
            alternatives=[
                pb.Alternative(
                    listing_id=hit.listing_id,
                    nights=nights_pb(NightRange.of_length(day, nights.length)),
                    total=hit.total,
                    currency=hit.currency,
                )
                for day, hit in found
            ]
        )

    async def GetIndexStatus(
        self, request: pb.GetIndexStatusRequest, context: Any
    ) -> pb.GetIndexStatusResponse:
        """How far the index is."""
        return pb.GetIndexStatusResponse(
            caught_up=self._caught_up(), offers=self._index.offers, lag_messages=self._lag()
        )

    def _refuse_half_an_index(self) -> None:
        if not self._caught_up():
            raise Unavailable(part="index")


def to_query(request: pb.SearchRequest) -> Query:
    """What is sought.

    Raises:
        BadRange: no arrival, nights beyond 1 to 90, a party out of bounds, or a cursor that is none.

    """
    try:
        arrival = date.fromisoformat(request.arrival)
    except ValueError:
        raise BadRange(field="arrival", why="not_a_date") from None
    if not 1 <= request.nights <= MAX_NIGHTS or not 1900 <= arrival.year <= 2200:
        raise BadRange(field="nights", why="out_of_range", max_nights=MAX_NIGHTS)
    return Query(
        arrival=arrival,
        nights=request.nights,
        party=to_party(request.party),
        centre=(request.latitude, request.longitude) if request.radius_km > 0 else None,
        radius_km=request.radius_km,
        place=request.place,
        label_id=request.label_id,
        owner_id=request.owner_id,
        listing_ids=frozenset(request.listing_ids),
        equipment=frozenset(request.equipment),
        kind=request.kind,
        capacity=max(0, request.capacity),
        max_total=request.max_total,
        limit=min(request.limit, MAX_LIMIT) if request.limit > 0 else DEFAULT_LIMIT,
        after=from_cursor(request.cursor),
        promo_code=to_code(request.promo_code),
    )


def to_code(typed: str) -> str:
    """The promotional code; an endless one is cut: it is unknown either way."""
    return typed.strip()[: MAX_CODE + 1]


def to_party(message: common_pb2.Party) -> Party:
    """Who comes."""
    ages = tuple(message.children_ages)
    if (
        not 0 <= message.adults <= MAX_PERSONS
        or len(ages) > MAX_PERSONS
        or any(not 0 <= age < 18 for age in ages)
    ):
        raise BadRange(field="party", why="out_of_range")
    return Party(adults=message.adults, children=ages)


def to_cursor(total: int, listing_id: str) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(f"{total}:{listing_id}".encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> tuple[int, str] | None:
    """The last row of the page before.

    Raises:
        BadRange: it is no cursor of ours.

    """
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        total, _, listing_id = text.partition(":")
        return int(total), listing_id
    except (binascii.Error, ValueError):
        raise BadRange(field="cursor", why="not_a_cursor") from None
