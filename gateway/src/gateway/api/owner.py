"""What an owner's own software does with his own key: files, open nights, blocks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import convert, models, parameters
from gateway.api.answers import answer
from gateway.api.caller import Caller, act_as, needs, repeat_key
from gateway.api.described import failures, good
from gateway.api.errors import ListingNotFound, ScopeMissing
from gateway.api.reading import gateway_of

router = APIRouter(prefix="/owner", tags=["Owner"])
_REASONS = {
    "personal": availability.BLOCK_REASON_PERSONAL,
    "works": availability.BLOCK_REASON_WORKS,
    "let_elsewhere": availability.BLOCK_REASON_LET_ELSEWHERE,
    "other": availability.BLOCK_REASON_OTHER,
}
_CHIPS = "^(UPCOMING|CURRENT|OPTIONS|BALANCE_DUE|PAST|CANCELLED)?$"


async def _as_owner(request: Request, caller: Caller) -> Caller:
    if not caller.own_owner:
        raise ScopeMissing(scope="owner:read")
    act_as(request, caller, f"owner:{caller.own_owner}")
    return caller


async def _reader(request: Request, caller: Annotated[Caller, Depends(needs("owner:read"))]) -> Caller:
    return await _as_owner(request, caller)


async def _writer(request: Request, caller: Annotated[Caller, Depends(needs("owner:write"))]) -> Caller:
    return await _as_owner(request, caller)


Reader = Annotated[Caller, Depends(_reader)]
Writer = Annotated[Caller, Depends(_writer)]


async def _own_listings(request: Request, caller: Caller, codes: list[str]) -> list[catalog.Listing]:
    asked = listings_pb.ListListingsRequest(owner_id=caller.own_owner, codes=codes)
    found = {
        each.code: each for each in (await gateway_of(request).services.listings.ListListings(asked)).listings
    }
    for code in codes:
        if code not in found:
            raise ListingNotFound(code=code)
    return [found[code] for code in codes]


def _nights(asked: models.OpenAsked | models.BlockAsked) -> common.Nights:
    return common.Nights(arrival=asked.arrival.isoformat(), departure=asked.departure.isoformat())


@router.get(
    "/bookings",
    summary="The owner's files",
    response_model=models.BookingPage,
    responses={200: good("A page of files.", etag=True), **failures(404)},
)
async def list_bookings(
    request: Request,
    caller: Reader,
    chip: Annotated[str, Query(pattern=_CHIPS, description="Which files; empty = all.")] = "",
    q: Annotated[str, Query(max_length=100, description="Name, code, number, phone or mail.")] = "",
    limit: parameters.Limit = 20,
    cursor: parameters.Cursor = "",
    _lang: parameters.Language = "fr",
) -> Response:
    """Lists files, without persons."""
    page = common.PageRequest(limit=limit, cursor=cursor)
    asked = bookings_pb.ListBookingsRequest(owner_id=caller.own_owner, query=q, chip=chip, page=page)
    found = await parameters.listed(gateway_of(request).services.bookings.ListBookings(asked))
    results = [convert.file(each) for each in found.bookings]
    body = {"results": results, "next": found.next_cursor or None, "count": found.count}
    return answer(request, body, etag=True)


@router.post(
    "/availability",
    summary="Open nights for sale",
    response_model=models.Opened,
    responses={200: good("What became open."), **failures(404, 409)},
)
async def open_nights(
    request: Request,
    caller: Writer,
    asked: models.OpenAsked,
    idempotency_key: parameters.IdempotencyKey = None,  # noqa: ARG001 (read by repeat_key; declared for OpenAPI)
    _lang: parameters.Language = "fr",
) -> Response:
    """Touching periods merge; held and taken nights stay as they are."""
    request_id = repeat_key(request, caller)
    listings = await _own_listings(request, caller, asked.listings)
    message = availability_pb.OpenNightsRequest(
        request_id=request_id,
        listing_ids=[each.id for each in listings],
        nights=[_nights(asked)],
        rolling=asked.rolling,
    )
    done = await gateway_of(request).services.planning.OpenNights(message)
    body = {
        "listings": done.listings,
        "nights_opened": done.nights_opened,
        "nights_already_open": done.nights_already_open,
        "nights_occupied": done.nights_occupied,
    }
    return answer(request, body)


@router.post(
    "/blocks",
    status_code=201,
    summary="Keep nights for the owner",
    response_model=models.Block,
    responses={201: good("The block."), **failures(404, 409)},
)
async def add_block(
    request: Request,
    caller: Writer,
    asked: models.BlockAsked,
    idempotency_key: parameters.IdempotencyKey = None,  # noqa: ARG001 (read by repeat_key; declared for OpenAPI)
    _lang: parameters.Language = "fr",
) -> Response:
    """409 `NIGHTS_TAKEN` names what stands there."""
    request_id = repeat_key(request, caller)
    (found,) = await _own_listings(request, caller, [asked.listing])
    wanted = availability.Block(
        listing_id=found.id, nights=_nights(asked), reason=_REASONS[asked.reason], note=asked.note
    )
    message = availability_pb.AddBlockRequest(request_id=request_id, block=wanted)
    block = (await gateway_of(request).services.planning.AddBlock(message)).block
    body = {
        "id": block.id,
        "listing": found.code,
        "arrival": block.nights.arrival,
        "departure": block.nights.departure,
        "reason": asked.reason,
        "note": block.note,
    }
    return answer(request, body, status=201)
