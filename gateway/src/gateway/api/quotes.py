"""Quotes: prices that are kept for half an hour and used once."""

import asyncio
from typing import Annotated
from uuid import UUID

from chassis.errors import ServiceError
from fastapi import APIRouter, Depends, Path
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import convert, models, parameters
from gateway.api.answers import answer, refusals_of
from gateway.api.caller import Caller, needs, repeat_key
from gateway.api.described import failures, good
from gateway.api.errors import QuoteNotFound
from gateway.api.reading import gateway_of, sellable_listing, selling_of
from gateway.i18n import current_locale
from gateway.selling import Quoted, Wanted

router = APIRouter(tags=["Booking"])
Quoter = Annotated[Caller, Depends(needs("quote:write"))]
QuotePath = Annotated[UUID, Path(description="Id of a quote.")]


async def add_alternatives(
    request: Request, error: ServiceError, lines: list[tuple[str, str, common.Nights, common.Party, str]]
) -> None:
    """Gives the problem of a lost or refused stay the nearest stays that are free.

    `lines`: (listing id, code, nights, party, promotional code); the failure's own line comes first where
    it names one.
    """
    if error.reason not in {"NIGHTS_TAKEN", "NIGHTS_NOT_OPEN", "STAY_REFUSED"} or not lines:
        return
    refused = {int(each.get("line", 0)) for each in refusals_of(error)}
    named = [each for each in lines if each[0] == error.metadata.get("listing_id")]
    named = named or [lines[index] for index in sorted(refused) if index < len(lines)] or lines[:1]
    listing_id, code, nights, party, promo_code = named[0]
    found = await selling_of(request).alternatives(listing_id, nights, party, promo_code)
    request.state.alternatives = convert.alternatives(found, code)


@router.post(
    "/quotes",
    status_code=201,
    summary="Price a stay and keep the price",
    response_model=models.Quote,
    responses={201: good("The quote.", replay=True), **failures(404, 409)},
)
async def create_quote(
    request: Request,
    caller: Quoter,
    asked: models.QuoteAsked,
    idempotency_key: parameters.IdempotencyKey = None,  # noqa: ARG001 (read by repeat_key; declared for OpenAPI)
    _lang: parameters.Language = "fr",
) -> Response:
    """Stores the price of lines of one owner; lines add up to the cent.

    A promotional code that does not count is told, never refused. What keeps codes from being guessed is
    the rate of keys and of widget keys per IP prefix (`limits`): each try is a request of its own.
    """
    request_id = repeat_key(request, caller)
    found = await asyncio.gather(*(sellable_listing(request, caller, each.listing) for each in asked.lines))
    lines = [
        Wanted(
            listing, each.arrival, each.departure, each.adults, tuple(each.children),
            tuple((one.code, one.quantity) for one in each.supplements), each.plan or "",
            asked.promo_code or "",
        )
        for listing, each in zip(found, asked.lines, strict=True)
    ]  # fmt: skip
    try:
        quoted = await selling_of(request).quote(request_id, lines)
    except ServiceError as error:
        rows = [
            (each.listing.id, each.listing.code, each.nights, each.party, each.promo_code) for each in lines
        ]
        await add_alternatives(request, error, rows)
        raise
    headers = {"Location": f"/api/v1/quotes/{quoted.quote.id}"}
    if quoted.replayed:
        headers["Idempotent-Replay"] = "true"
    return answer(request, _shown(request, quoted), status=201, headers=headers)


@router.get(
    "/quotes/{quote_id}",
    summary="A quote as it was stored",
    response_model=models.Quote,
    responses={200: good("The quote.", etag=True), **failures(404)},
)
async def get_quote(
    request: Request, caller: Quoter, quote_id: QuotePath, _lang: parameters.Language = "fr"
) -> Response:
    """Returns a quote of listings that the key may sell."""
    selling = selling_of(request)
    quoted = await selling.quoted(await selling.get_quote(str(quote_id)))
    check_sellable(caller, quoted)
    return answer(request, _shown(request, quoted), etag=True)


def check_sellable(caller: Caller, quoted: Quoted) -> None:
    """Lets a quote pass whose listings are all within the key's limits.

    Raises:
        QuoteNotFound: otherwise.

    """
    if not all(caller.may_sell(each.owner_id, each.label_id) for each in quoted.listings.values()):
        raise QuoteNotFound(id=quoted.quote.id)


def _shown(request: Request, quoted: Quoted) -> dict[str, object]:
    return convert.quote(
        gateway_of(request), quoted.quote, quoted.listings, quoted.schedule, quoted.terms, current_locale()
    )
