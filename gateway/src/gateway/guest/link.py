"""The page behind a guest's secret link: GET shows, only a button acts; no third party, no indexing."""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid5

from chassis.actor import Actor, acting_as
from chassis.errors import ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import conditions, problems
from gateway.api import convert
from gateway.clients import DOCUMENT_SECONDS
from gateway.guest import ask
from gateway.guest.files import paper
from gateway.guest.site import PRIVATE, Guest, Visiting, page
from gateway.guest.stay import beside_of, lines_of
from gateway.trail import note
from gateway.visitor import check_origin

router = APIRouter(prefix="/r/{token}")
LIFETIME = timedelta(minutes=5)
_CONFIRM = UUID("0198a000-5e70-7000-8000-000000000002")
_LIVE = {
    booking.BOOKING_STATE_OPTION,
    booking.BOOKING_STATE_AWAITING_PAYMENT,
    booking.BOOKING_STATE_PAYMENT_CLEARING,
    booking.BOOKING_STATE_CONFIRMING,
    booking.BOOKING_STATE_PLACING,
}
_BOOKED = {booking.BOOKING_STATE_CONFIRMED, booking.BOOKING_STATE_CHANGING, booking.BOOKING_STATE_CANCELLING}


def standing(found: booking.Booking) -> str:
    """Returns where a file stands for its guest: `to_confirm`, `option`, `booked`, `expired`, ..."""
    if found.state in _LIVE:
        return "option" if found.mail_confirmed else "to_confirm"
    if found.state in _BOOKED:
        return "booked"
    return booking.BookingState.Name(found.state).removeprefix("BOOKING_STATE_").lower()


async def _file(guest: Guest, token: str) -> booking.Booking:
    request = bookings_pb.GuestLinkRequest(token=token[:100])
    try:
        answer: bookings_pb.BookingResponse = await guest.gateway.services.bookings.GetBookingByLink(request)
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404, headers=PRIVATE) from error
        raise
    return answer.booking


def _as_guest(guest: Guest, found: booking.Booking) -> Actor:
    """The actor of who holds the link: that one file."""
    now = guest.gateway.clock()
    return Actor.make("guest", {f"booking:{found.id}"}, now=now, lifetime=LIFETIME)


async def _documents(guest: Guest, found: booking.Booking) -> list[documents_pb.Document]:
    request = documents_pb.ListDocumentsRequest(booking_id=found.id)
    try:
        with acting_as(_as_guest(guest, found)):
            answer = await guest.gateway.services.documents.ListDocuments(request)
    except ServiceError:
        return []  # The file itself is what the guest came for.
    return list(answer.documents)


async def _show(
    request: Request, guest: Guest, token: str, *, status: int = 200, notice: str = ""
) -> Response:
    found = await _file(guest, token)
    return page(
        request,
        "file",
        status=status,
        private=True,
        token=token,
        found=found,
        standing=standing(found),
        lines=[(each, lines_of(each.price), beside_of(each.price)) for each in found.lines],
        parties=[
            ask.persons_in_words(each.price.party.adults, tuple(each.price.party.children_ages))
            if each.price.party.adults
            else ""
            for each in found.lines
        ],
        acompte=found.totals.deposit_kind == booking.DEPOSIT_KIND_ACOMPTE,
        cancellation=conditions.cancellation(found.totals.deposit_kind, found.terms.cancellation),
        means={name: code in found.terms.means for name, code in convert.MEANS.items()},
        documents=await _documents(guest, found),
        statements=[
            (each.listing_name, convert.statement_address(guest.gateway, each.listing_code))
            for each in found.lines
        ],
        contract=documents_pb.DOCUMENT_KIND_CONTRACT,
        notice=notice,
    )


@router.get("")
async def show(request: Request, guest: Visiting, token: str) -> Response:
    """Shows the file; opening a link, as mail scanners do, changes nothing."""
    return await _show(request, guest, token)


@router.get("/confirmer")
async def back_to_file(guest: Visiting, token: str) -> Response:
    """A reloaded address of the button's answer leads back to the file; it confirms nothing."""
    await _file(guest, token)
    return RedirectResponse(f"/r/{quote(token)}", status_code=303, headers=PRIVATE)


@router.post("/confirmer")
async def confirm(request: Request, guest: Visiting, token: str) -> Response:
    """Confirms the option by the button. A repeat is harmless."""
    check_origin(request, private=True)
    message = bookings_pb.GuestLinkRequest(token=token[:100], request_id=str(uuid5(_CONFIRM, token)))
    try:
        answer = await guest.gateway.services.bookings.ConfirmOptionByLink(message)
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404, headers=PRIVATE) from error
        return await _show(
            request, guest, token, status=error.kind.http_status, notice=problems.sentence(error)
        )
    await note(request, "booking.link_used", actor="guest", about=answer.booking.reference)
    return RedirectResponse(f"/r/{quote(token)}", status_code=303, headers=PRIVATE)


@router.get("/documents/{document_id}")
async def document(guest: Visiting, token: str, document_id: str) -> Response:
    """Returns a document of the file."""
    found = await _file(guest, token)
    if document_id not in {each.id for each in await _documents(guest, found)}:
        raise HTTPException(404, headers=PRIVATE)
    with acting_as(_as_guest(guest, found)):
        answer = await guest.gateway.services.documents.GetDocumentFile(
            documents_pb.GetDocumentFileRequest(id=document_id), timeout=DOCUMENT_SECONDS
        )
    return paper(answer, PRIVATE)
