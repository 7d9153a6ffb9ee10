"""« Détail d'une réservation »: everything of one file, and what may be done with it."""

import asyncio
from datetime import datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import moment
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.booking_words import (
    MEANS,
    MOVES,
    ORIGINS,
    STATES,
    client_name,
    consequence,
    deposit_words,
    journal_line,
    nature_word,
    natures,
    schedule_line,
)
from gateway.owner.common import (
    EXEMPTIONS,
    ZONE,
    exempt_of,
    fail_from,
    form_key,
    money,
    page,
    party_of,
    persons,
    today,
)
from gateway.problems import sentence
from gateway.texts import price_line
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()
_DOCUMENT_NAMES = {
    documents_pb.DOCUMENT_KIND_CONTRACT: "contrat",
    documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT: "etat-descriptif",
}


async def own_booking(request: Request, visitor: Visitor, number: int) -> booking.Booking:
    """Returns the owner's file of that number; another's, or none, is BOOKING_NOT_FOUND (404)."""
    key = bookings_pb.OwnerNumber(owner_id=visitor.owner_id, number=number)
    services = gateway_of(request).services
    found: booking.Booking = (
        await services.bookings.GetBooking(bookings_pb.GetBookingRequest(number=key))
    ).booking
    return found


async def _papers(request: Request, file: booking.Booking) -> dict[str, Any]:
    """Returns documents and mails, or says that they are not to be had now."""
    documents = gateway_of(request).services.documents
    try:
        made, mails = await asyncio.gather(
            documents.ListDocuments(documents_pb.ListDocumentsRequest(booking_id=file.id)),
            documents.ListMails(documents_pb.ListMailsRequest(booking_id=file.id)),
        )
    except ServiceError:
        return {"documents": [], "mails": [], "documents_away": True}
    return {"documents": list(made.documents), "mails": list(mails.mails), "documents_away": False}


def line_of(line: booking.BookingLine) -> dict[str, Any]:
    """Returns one line of the file as the page shows it."""
    price = line.price
    return {
        "id": line.id,
        "code": line.listing_code,
        "name": line.listing_name,
        "listing_id": line.listing_id,
        "arrival": price.nights.arrival,
        "departure": price.nights.departure,
        "plan": price.rate_plan_name,
        "party": price.party,
        "persons": persons(price.party),
        "total": price.total,
        "agreed": line.agreed,
        "normal": price.normal_total if price.HasField("normal_total") else None,
        "lines": [(price_line(each.kind, each.params), each.amount) for each in price.lines],
        "beside": [
            (price_line(each.kind, each.params), each.amount) for each in price.beside if each.amount.amount
        ],
    }


async def show(
    request: Request, visitor: Visitor, file: booking.Booking, form: Form | None = None, *, status: int = 200
) -> Response:
    """Answers the page of a file, with the form that was refused if there is one."""
    papers = await _papers(request, file)
    kind = file.totals.deposit_kind
    payment = form or Form(
        {"date": today(visitor), "nature": "DEPOSIT", "moyen": str(int(booking.PAYMENT_MEANS_CHEQUE))}
    )
    context: dict[str, Any] = {
        "file": file,
        "visitor": visitor,
        "form": payment,
        "client": client_name(file.client),
        "state": STATES.get(file.state, ("", "", "")),
        "lines": [line_of(line) for line in file.lines],
        "deposit": deposit_words(kind),
        "natures": natures(kind),
        "means": [(str(int(key)), _(name)) for key, name in MEANS.items()],
        "payments": [
            (each, _(MEANS.get(each.means, "Autre")), nature_word(each.nature, kind))
            for each in file.payments
        ],
        "countered": {each.counters for each in file.payments if each.counters},
        "moves": [
            (move, *MOVES[move.action], consequence(move, file))
            for move in file.moves
            if move.action in MOVES
        ],
        "schedule": [(schedule_line(each, kind), each) for each in file.totals.schedule],
        "journal": [journal_line(each) for each in reversed(file.journal)],
        "unstated": [line.listing_code for line in file.lines if not persons(line.price.party)],
        "origin": _(ORIGINS[file.origin]) if file.origin in ORIGINS else "",
        "failure": sentence(RemoteError(ServiceError.kind, file.failure)) if file.failure else "",
        "document_kinds": documents_pb,
        "exemptions": [(reason, _(words)) for reason, words in EXEMPTIONS.items()],
        **papers,
    }
    return page(request, "booking.html", status=status, page="bookings", **context)


@router.get("/reservations/{number:number}")
async def show_booking(request: Request, visitor: Owner, number: int) -> Response:
    """Shows a file."""
    return await show(request, visitor, await own_booking(request, visitor, number))


async def _refused(
    request: Request, visitor: Visitor, number: int, form: Form, error: ServiceError
) -> Response:
    fail_from(form, error)
    file = await own_booking(request, visitor, number)
    return await show(request, visitor, file, form, status=error.kind.http_status)


def revision_of(form: Form) -> int:
    """Returns the revision that the person saw; 0 is not checked."""
    text = form.value("revision")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@router.post("/reservations/{number:number}/type")
async def change_type(request: Request, visitor: Owner, number: int) -> Response:
    """« Choix du type »: makes one of the legal moves."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    calls = gateway_of(request).services.bookings
    action = form.choice("action", list(MOVES))
    move = bookings_pb.MoveRequest(request_id=form_key(form), booking_id=file.id, revision=revision_of(form))
    try:
        if action == "CONFIRM":
            await calls.ConfirmBooking(move)
        elif action == "DECLINE":
            await calls.DeclineBooking(move)
        elif action in {"CANCEL_BY_CLIENT", "CANCEL_BY_OWNER"}:
            await calls.CancelBooking(
                bookings_pb.CancelBookingRequest(
                    request_id=move.request_id,
                    booking_id=file.id,
                    revision=move.revision,
                    by=action.removeprefix("CANCEL_BY_"),
                    reason=form.text("raison", most=500),
                )
            )
        elif action == "EXTEND":
            return await _extend(request, visitor, form, file)
        else:
            form.fail("", _("Ce changement n'est pas possible."))
            return await show(request, visitor, file, form, status=422)
    except RemoteError as error:
        return await _refused(request, visitor, number, form, error)
    return await redirect(request, f"/reservations/{number}", _("Le type du dossier est changé."))


async def _extend(request: Request, visitor: Visitor, form: Form, file: booking.Booking) -> Response:
    query = bookings_pb.ExtendOptionRequest(
        request_id=form_key(form), booking_id=file.id, revision=revision_of(form)
    )
    done = _("L'option est sans échéance.")
    if not form.ticked("sans_fin"):
        day = form.day("jusqua", required=True)
        if day is not None and day < today(visitor):
            form.fail("jusqua", _("Cette date est passée."))
        if day is None or not form.ok:
            return await show(request, visitor, file, form, status=422)
        at = Timestamp()
        at.FromDatetime(datetime.combine(day, time(23, 59), ZoneInfo(ZONE)))
        query.expires_at.CopyFrom(at)
        done = _("L'option finit le %(moment)s.") % {"moment": moment(at)}
    await gateway_of(request).services.bookings.ExtendOption(query)
    return await redirect(request, f"/reservations/{file.number}", done)


@router.post("/reservations/{number:number}/reglements")
async def record_payment(request: Request, visitor: Owner, number: int) -> Response:
    """Adds a payment to the ledger; a reload or a second click adds nothing."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    day = form.day("date", required=True)
    amount = form.money("montant", required=True, least=1)
    nature = form.choice("nature", [key for key, _word in natures(file.totals.deposit_kind)])
    means = form.choice("moyen", [str(int(key)) for key in MEANS])
    reference = form.text("numero", most=60)
    if day is not None and day > today(visitor):
        form.fail("date", _("Cette date n'est pas encore venue."))
    if not form.ok or day is None or amount is None:
        return await show(request, visitor, file, form, status=422)
    payment = booking.Payment(
        received_on=day.isoformat(),
        means=cast("booking.PaymentMeans.ValueType", int(means)),
        number=reference,
        nature=nature,
        amount=money(-amount if nature == "REFUND" else amount),
    )
    query = bookings_pb.RecordPaymentRequest(request_id=form_key(form), booking_id=file.id, payment=payment)
    try:
        await gateway_of(request).services.bookings.RecordPayment(query)
    except RemoteError as error:
        return await _refused(request, visitor, number, form, error)
    return await saved(request, f"/reservations/{number}#reglements")


@router.post("/reservations/{number:number}/reglements/{payment_id}/contrepasser")
async def counter_payment(request: Request, visitor: Owner, number: int, payment_id: str) -> Response:
    """Counters a payment with an opposite line."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    query = bookings_pb.CounterPaymentRequest(
        request_id=form_key(form), booking_id=file.id, payment_id=payment_id
    )
    try:
        await gateway_of(request).services.bookings.CounterPayment(query)
    except RemoteError as error:
        return await _refused(request, visitor, number, form, error)
    return await saved(request, f"/reservations/{number}#reglements")


@router.post("/reservations/{number:number}/notes")
async def save_notes(request: Request, visitor: Owner, number: int) -> Response:
    """Saves both notes."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    query = bookings_pb.UpdateBookingRequest(
        request_id=form_key(form),
        booking_id=file.id,
        revision=revision_of(form),
        client_note=form.text("note_client", most=2000),
        internal_note=form.text("note_interne", most=2000),
    )
    if not form.ok:
        return await show(request, visitor, file, form, status=422)
    try:
        await gateway_of(request).services.bookings.UpdateBooking(query)
    except RemoteError as error:
        return await _refused(request, visitor, number, form, error)
    return await saved(request, f"/reservations/{number}#notes")


@router.post("/reservations/{number:number}/personnes")
async def save_persons(request: Request, visitor: Owner, number: int) -> Response:
    """Saves the persons of one line."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    party: common.Party = party_of(form)
    if not persons(party):
        form.fail("adultes", _("Indiquez combien de personnes viennent."))
    exempt_of(form, party)
    if not form.ok:
        return await show(request, visitor, file, form, status=422)
    query = bookings_pb.UpdateBookingRequest(
        request_id=form_key(form), booking_id=file.id, revision=revision_of(form)
    )
    query.parties[form.value("ligne")].CopyFrom(party)
    try:
        await gateway_of(request).services.bookings.UpdateBooking(query)
    except RemoteError as error:
        return await _refused(request, visitor, number, form, error)
    return await saved(request, f"/reservations/{number}")


@router.get("/reservations/{number:number}/{rest:path}")
async def back_to_booking(request: Request, visitor: Owner, number: int, rest: str) -> Response:
    """A reloaded address of a refused form leads back to its file."""
    if rest.split("/", maxsplit=1)[0] not in {"type", "reglements", "notes", "personnes", "documents"}:
        raise HTTPException(404)
    await own_booking(request, visitor, number)
    return await redirect(request, f"/reservations/{number}")
