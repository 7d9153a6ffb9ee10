"""Files: made from a quote, read, cancelled."""

from typing import Annotated, Any

from chassis.errors import ServiceError
from fastapi import APIRouter, Depends, Path
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import convert, models, parameters
from gateway.api.answers import answer
from gateway.api.caller import Caller, act_as, act_publicly, caller_key, needs, repeat_key
from gateway.api.described import failures, good
from gateway.api.errors import (
    BookingNotFound,
    CancellationUnavailable,
    KeyForCancellationMissing,
    OnlinePaymentUnavailable,
)
from gateway.api.limits import ip_prefix
from gateway.api.made import MadeBookings
from gateway.api.quotes import add_alternatives, check_sellable
from gateway.api.reading import gateway_of, selling_of
from gateway.conditions import consequence
from gateway.settings import site_url

router = APIRouter(tags=["Booking"])
Booker = Annotated[Caller, Depends(needs("booking:write"))]
FileReader = Annotated[Caller, Depends(needs("booking:read"))]
Reference = Annotated[
    str, Path(description="Public reference of a file.", examples=["7K2MPD3XQ9"], max_length=20)
]
PLACING_SECONDS = 8.0
"""Holding nights behind rivals takes a while; the caller waits rather than asks again."""


def _made(request: Request) -> MadeBookings:
    made: MadeBookings = request.app.state.made
    return made


@router.post(
    "/bookings",
    status_code=201,
    summary="Hold the nights of a quote, or book them",
    response_model=models.Booking,
    responses={201: good("The file, in its present state.", replay=True), **failures(404, 409)},
)
async def place(
    request: Request,
    caller: Booker,
    asked: models.BookingAsked,
    idempotency_key: parameters.IdempotencyKey = None,  # noqa: ARG001 (read by repeat_key; declared for OpenAPI)
    _lang: parameters.Language = "fr",
) -> Response:
    """Uses the quote. 409 `NIGHTS_TAKEN` comes with `alternatives`: nothing was held, nothing is owed."""
    request_id = repeat_key(request, caller)
    own = caller.own_owner
    if asked.mode == "book" and not own:
        raise OnlinePaymentUnavailable
    await _check_quote(request, caller, asked.quote)
    message = _message(request, caller, asked, request_id)
    if own:
        act_as(request, caller, f"owner:{own}")
    services = gateway_of(request).services
    try:
        placed = await services.bookings.PlaceBooking(message, timeout=PLACING_SECONDS)
    except ServiceError as error:
        act_publicly(request)
        await _say_alternatives(request, error, asked.quote)
        raise
    found: booking.Booking = placed.booking
    now = gateway_of(request).clock()
    await _made(request).remember(caller.name, found.id, found.reference, now=now)
    link = await _link(request, placed) if own else None
    headers = {"Location": f"/api/v1/bookings/{found.reference}"}
    if placed.replayed:
        headers["Idempotent-Replay"] = "true"
    return answer(request, convert.file(found, link), status=201, headers=headers)


async def _check_quote(request: Request, caller: Caller, quote_id: str) -> None:
    """Refuses a quote of listings beyond the key's limits; an owner's own files are guarded by his grant."""
    if caller.own_owner or not (caller.owner_ids or caller.label_ids):
        return
    selling = selling_of(request)
    quote = await selling.get_quote(quote_id)
    check_sellable(caller, await selling.quoted(quote))


def _message(
    request: Request, caller: Caller, asked: models.BookingAsked, request_id: str
) -> bookings_pb.PlaceBookingRequest:
    own, client = bool(caller.own_owner), asked.client
    host = request.client.host if request.client else ""
    return bookings_pb.PlaceBookingRequest(
        request_id=request_id,
        quote_id=asked.quote,
        new_client=booking.Client(
            last_name=client.last_name,
            first_name=client.first_name,
            email=client.email,
            mobile=client.mobile,
            address_lines=[each.strip() for each in client.address.splitlines() if each.strip()][:3],
            postal_code=client.postal_code,
            city=client.city,
            country=client.country,
            language=client.language,
        ),
        origin=booking.BOOKING_ORIGIN_API,
        confirm=asked.mode == "book",
        expiry="DEFAULT",
        message=asked.message,
        accepted=asked.accepted.model_dump(),
        payment_means=convert.MEANS.get(asked.payment_means or "", booking.PAYMENT_MEANS_UNSPECIFIED),
        needs_mail_confirmation=not own,
        with_guest_link=own,
        caller_key="" if own else caller_key(gateway_of(request), f"{caller.name} {ip_prefix(host)}"),
    )


async def _say_alternatives(request: Request, error: ServiceError, quote_id: str) -> None:
    if error.reason not in {"NIGHTS_TAKEN", "NIGHTS_NOT_OPEN"}:
        return
    selling = selling_of(request)
    try:
        rows = [
            (
                each.listing_id, (await selling.listing_by_id(each.listing_id)).code, each.nights, each.party,
                each.promo_code,
            )
            for each in await selling.quotations(quote_id)
        ]  # fmt: skip
    except ServiceError:
        return  # The refusal itself is what the caller must learn.
    await add_alternatives(request, error, rows)


async def _link(request: Request, placed: bookings_pb.BookingResponse) -> str:
    gateway = gateway_of(request)
    token = placed.guest_link_token
    if not token:  # An older booking service answers: one is issued apart.
        asked = bookings_pb.IssueGuestLinkRequest(booking_id=placed.booking.id)
        token = (await gateway.services.bookings.IssueGuestLink(asked)).token
    return site_url(gateway.shared, "book", f"/r/{token}")


async def find_file(request: Request, caller: Caller, reference: str) -> booking.Booking:
    """Returns a file that the caller may see, and acts as whoever may from here on.

    Raises:
        BookingNotFound: none of that reference, or somebody else's.

    """
    services = gateway_of(request).services
    if own := caller.own_owner:
        act_as(request, caller, f"owner:{own}")
        asked = bookings_pb.GetBookingRequest(reference=reference)
    else:
        made = await _made(request).find(caller.name, reference)
        if made is None:
            raise BookingNotFound(reference=reference)
        act_as(request, caller, f"booking:{made}")
        asked = bookings_pb.GetBookingRequest(id=made)
    answered: bookings_pb.BookingResponse = await services.bookings.GetBooking(asked)
    return answered.booking


@router.get(
    "/bookings/{reference}",
    summary="A file in its present state",
    response_model=models.Booking,
    responses={200: good("The file.", etag=True), **failures(404)},
)
async def read(
    request: Request, caller: FileReader, reference: Reference, _lang: parameters.Language = "fr"
) -> Response:
    """Owner's own key: any of his files. Partner's key: those it made."""
    return answer(request, convert.file(await find_file(request, caller, reference)), etag=True)


def _entails(found: booking.Booking, by: str) -> dict[str, Any]:
    action = "CANCEL_BY_OWNER" if by == "owner" else "CANCEL_BY_CLIENT"
    move = next((each for each in found.moves if each.action == action), None)
    if move is None:
        state = booking.BookingState.Name(found.state).removeprefix("BOOKING_STATE_")
        raise CancellationUnavailable(state=state)
    currency = found.totals.total.currency or "EUR"
    return {
        "by": by,
        "kept": convert.money(move.kept, currency),
        "refund": convert.money(move.refund, currency),
        "still_due": convert.money(move.still_due, currency),
        "owner_owes": convert.money(move.owner_owes, currency),
        "compensation": move.compensation,
        "text": consequence(move, by_owner=by == "owner"),
    }


@router.post(
    "/bookings/{reference}/cancellation",
    summary="Cancel a file, or compute what that entails",
    response_model=models.Cancellation,
    responses={200: good("What it entails; with `preview` nothing is done."), **failures(404, 409)},
)
async def cancel(
    request: Request,
    caller: Booker,
    reference: Reference,
    asked: models.CancellationAsked,
    idempotency_key: parameters.IdempotencyKey = None,
    _lang: parameters.Language = "fr",
) -> Response:
    """The owner's own key cancels as the owner, a partner's key as the client; a preview does nothing."""
    if idempotency_key is None and not asked.preview:
        raise KeyForCancellationMissing
    request_id = "" if asked.preview else repeat_key(request, caller)
    found = await find_file(request, caller, reference)
    by = "owner" if caller.own_owner else "client"
    done = {
        booking.BOOKING_STATE_CANCELLED_BY_OWNER,
        booking.BOOKING_STATE_CANCELLED_BY_CLIENT,
        booking.BOOKING_STATE_CANCELLING,
    }
    entails = _nothing(found, by) if found.state in done and not asked.preview else _entails(found, by)
    if asked.preview:
        request.state.acting = None  # Nothing was done that a trail could hold.
        return answer(request, entails | {"preview": True, "booking": None})
    message = bookings_pb.CancelBookingRequest(
        request_id=request_id, booking_id=found.id, revision=0, by=by.upper(), reason=asked.reason
    )
    ended = await gateway_of(request).services.bookings.CancelBooking(message, timeout=PLACING_SECONDS)
    headers = {"Idempotent-Replay": "true"} if ended.replayed else {}
    body = entails | {"preview": False, "booking": convert.file(ended.booking)}
    return answer(request, body, headers=headers)


def _nothing(found: booking.Booking, by: str) -> dict[str, Any]:
    """What a repeat of a cancellation says: it is done."""
    zero = convert.money(0, found.totals.total.currency or "EUR")
    figures = dict.fromkeys(("kept", "refund", "still_due", "owner_owes"), zero)
    return {"by": by, **figures, "compensation": False, "text": consequence(None, by_owner=by == "owner")}
