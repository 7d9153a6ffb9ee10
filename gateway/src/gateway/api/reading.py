"""Listings, search, calendar, sellability."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from chassis.clock import today
from fastapi import APIRouter, Depends, Query
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import convert, models, parameters, searching
from gateway.api.answers import answer, answer_bytes
from gateway.api.calendars import Calendars, Wished, ask, days_of
from gateway.api.caller import Caller, needs
from gateway.api.described import failures, good
from gateway.api.errors import BadCursor, BadRange, ListingNotFound
from gateway.api.searching import subjects
from gateway.i18n import current_locale
from gateway.selling import Selling, Wanted
from gateway.state import Gateway
from gateway.texts import promo_words

router = APIRouter(tags=["Reading"])
Reader = Annotated[Caller, Depends(needs("catalog:read"))]
Searcher = Annotated[Caller, Depends(needs("search:read"))]
MOST_DAYS = 396


def selling_of(request: Request) -> Selling:
    """Returns the seller's side of the services."""
    selling: Selling = request.app.state.selling
    return selling


def gateway_of(request: Request) -> Gateway:
    """Returns what every handler may need."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def sellable_listing(request: Request, caller: Caller, code: str) -> catalog.Listing:
    """Returns a listing that the caller may sell.

    Raises:
        ListingNotFound: there is none, or it is beyond the key's limits.

    """
    found = await selling_of(request).listing(code)
    if not caller.may_sell(found.owner_id, found.label_id):
        raise ListingNotFound(code=code)
    return found


@router.get(
    "/listings",
    summary="Listings in production that the key may sell",
    response_model=models.ListingPage,
    responses={200: good("A page of listings.", etag=True), **failures(404)},
)
async def list_listings(
    request: Request,
    caller: Reader,
    limit: parameters.Limit = 20,
    cursor: parameters.Cursor = "",
    label: Annotated[str, Query(pattern=parameters.LABEL_ID, description="Id of a label.")] = "",
    _lang: parameters.Language = "fr",
) -> Response:
    """Lists by code, per owner and label of the key."""
    gateway, selling = gateway_of(request), selling_of(request)
    whose = subjects(caller, label)
    at, inner = parameters.read_cursor(cursor)
    if not 0 <= at < len(whose):
        raise BadCursor(field="cursor")
    asked = listings_pb.ListListingsRequest(
        **whose[at],
        states=[catalog.LISTING_STATE_IN_PRODUCTION],
        page=common.PageRequest(limit=limit, cursor=inner),
    )
    page = await parameters.listed(gateway.services.listings.ListListings(asked))
    owners = await asyncio.gather(*(selling.owner(each.owner_id) for each in page.listings))
    following = parameters.write_cursor(at, page.next_cursor) if page.next_cursor else None
    if not page.next_cursor and at + 1 < len(whose):
        following = parameters.write_cursor(at + 1, "")
    results = [
        convert.listing_summary(gateway, each, owner.kind, current_locale())
        for each, owner in zip(page.listings, owners, strict=True)
    ]
    return answer(request, {"results": results, "next": following}, etag=True)


@router.get(
    "/listings/{code}",
    summary="A listing in full",
    response_model=models.Listing,
    responses={200: good("The listing.", etag=True), **failures(404)},
)
async def get_listing(
    request: Request, caller: Reader, code: parameters.CodePath, _lang: parameters.Language = "fr"
) -> Response:
    """Returns the sheet with all its values, photos and obligatory mentions."""
    gateway, selling = gateway_of(request), selling_of(request)
    found = await sellable_listing(request, caller, code)
    owner, fields = await asyncio.gather(selling.owner(found.owner_id), selling.fields())
    return answer(request, convert.listing(gateway, found, owner.kind, fields, current_locale()), etag=True)


@router.get(
    "/search",
    summary="Listings that are free for a stay, with exact prices",
    response_model=models.SearchPage,
    responses={200: good("A page of results, cheapest first.", etag=True), **failures(404)},
)
async def search(
    request: Request,
    caller: Searcher,
    arrival: parameters.Arrival,
    nights: parameters.Nights = 7,
    adults: parameters.Adults = 2,
    children: parameters.Children = "",
    place: Annotated[
        str,
        Query(max_length=80, description="Commune, INSEE code, department, or `latitude,longitude`."),
    ] = "",
    radius_km: Annotated[
        float, Query(ge=0, le=500, allow_inf_nan=False, description="Around the coordinates of `place`.")
    ] = 0,
    label: Annotated[str, Query(pattern=parameters.LABEL_ID, description="Id of a label.")] = "",
    equipment: Annotated[
        str, Query(max_length=400, description="Keys of equipment, joined by commas.", examples=["wifi"])
    ] = "",
    kind: Annotated[
        str, Query(pattern="^(seasonal_rental|guest_room)?$", description="One kind of listing only.")
    ] = "",
    capacity: Annotated[
        int, Query(ge=0, le=99, description="Listings for at least so many persons, whoever comes.")
    ] = 0,
    max_total: Annotated[int, Query(ge=0, le=9_999_999_999, description="Minor units; 0 = no cap.")] = 0,
    sort: Annotated[str, Query(pattern="^total$")] = "total",  # noqa: ARG001 (the only order there is)
    promo_code: parameters.PromoCode = "",
    limit: parameters.Limit = 20,
    cursor: parameters.Cursor = "",
    _lang: parameters.Language = "fr",
) -> Response:
    """Searches; `total` holds the obligatory supplements, the tourist tax is beside it.

    With `promo_code`, totals hold its discount where a listing knows the code.
    """
    asked = {
        "arrival": arrival, "nights": nights, "adults": adults, "children": children, "place": place,
        "radius_km": radius_km, "label": label, "equipment": equipment, "max_total": max_total,
        "kind": kind, "capacity": capacity, "promo_code": promo_code, "limit": limit, "cursor": cursor,
    }  # fmt: skip
    return await searching.found(request, caller, searching.question(asked))


@router.get(
    "/listings/{code}/calendar",
    summary="Nights of a listing, with the price of a stay from each arrival",
    response_model=models.Calendar,
    responses={200: good("The nights in order.", etag=True), **failures(404)},
)
async def calendar(
    request: Request,
    caller: Searcher,
    code: parameters.CodePath,
    start: Annotated[
        models.Day | None, Query(alias="from", description="First night; today if absent.")
    ] = None,
    end: Annotated[
        models.Day | None, Query(alias="to", description="Day after the last night; a year if absent.")
    ] = None,
    nights: parameters.Nights = 7,
    adults: parameters.Adults = 2,
    children: parameters.Children = "",
    promo_code: parameters.PromoCode = "",
    _lang: parameters.Language = "fr",
) -> Response:
    """Returns at most 396 nights, as they were at most a second ago.

    A promotional code that is not known changes nothing.
    """
    found = await sellable_listing(request, caller, code)
    first = start or today(gateway_of(request).clock(), found.zone or "Europe/Paris")
    last = end or first + timedelta(days=365)
    if not 0 < (last - first).days <= MOST_DAYS:
        raise BadRange(field="to")
    ages = tuple(parameters.ages(children))
    wished = Wished(found.id, found.code, first, last, nights, adults, ages, promo_code.strip())
    calendars: Calendars = request.app.state.calendars
    content, tag = await calendars.written(wished)
    return answer_bytes(request, content, tag=tag)


async def calendar_days(
    gateway: Gateway,
    listing_id: str,
    first: date,
    last: date,
    nights: int,
    party: common.Party,
    promo: str = "",
) -> list[dict[str, Any]]:
    """Returns the nights `[first, last)` as they are now, with the price of a stay of `nights` from each."""
    wished = Wished(listing_id, "", first, last, nights, party.adults, tuple(party.children_ages), promo)
    states, prices = await ask(gateway.services, wished)
    return days_of(wished, states, prices)


@router.get(
    "/listings/{code}/sellability",
    summary="Whether a stay can be sold, else every reason why not",
    response_model=models.Sellability,
    responses={200: good("The price, or the reasons and other stays."), **failures(404)},
)
async def sellability(
    request: Request,
    caller: Searcher,
    code: parameters.CodePath,
    arrival: parameters.Arrival,
    nights: parameters.Nights = 7,
    adults: parameters.Adults = 2,
    children: parameters.Children = "",
    promo_code: parameters.PromoCode = "",
    _lang: parameters.Language = "fr",
) -> Response:
    """Asks pricing and availability; each reason is in words.

    Promotional codes are guessed no faster than the rate of a key, or of an IP prefix for a widget's.
    """
    selling = selling_of(request)
    found = await sellable_listing(request, caller, code)
    departure = arrival + timedelta(days=nights)
    wanted = Wanted(found, arrival, departure, adults, parameters.ages(children), promo_code=promo_code)
    offer = await selling.offer(wanted)
    best = offer.best
    others = [] if best else await selling.alternatives(found.id, wanted.nights, wanted.party, promo_code)
    body = {
        "listing": found.code,
        "arrival": arrival.isoformat(),
        "departure": departure.isoformat(),
        "sellable": best is not None,
        "total": convert.money(best.price.total) if best else None,
        "tourist_tax": convert.money(best.price.tourist_tax) if best else None,
        "promo": convert.promo(best.price) if best else None,
        "promo_text": (promo_words(best.price.promo_state, best.price.promo_bounds) or None)
        if best
        else None,
        "reasons": [convert.reason(name, params) for name, params in offer.reasons],
        "alternatives": convert.alternatives(others, found.code),
    }
    return answer(request, body)
