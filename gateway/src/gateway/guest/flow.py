"""From a quote to an option: choice, personal data, review, « Vérifiez votre boîte ».

Nothing is kept between the steps but the quote: its id is in the address, the rest in the form. The request
id of the last step is made of the quote and the answers, so that a double click or a reload is the same file.
"""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import conditions, problems
from gateway.api import convert
from gateway.api.caller import caller_key
from gateway.forms import Form
from gateway.guest import ask, means, person, signed
from gateway.guest.ask import Asked
from gateway.guest.site import Guest, Visiting, limit, page
from gateway.guest.stay import beside_of, lines_of, others_of, promo_of
from gateway.i18n import current_locale
from gateway.i18n import gettext as _
from gateway.selling import Quoted, Wanted
from gateway.visitor import check_origin

router = APIRouter(prefix="/devis/{quote_id}")
sent_router = APIRouter()
SOON = timedelta(minutes=10)
PLACING_SECONDS = 8.0
_SENT = "option sent"
_GONE = {"QUOTE_EXPIRED", "QUOTE_USED", "TERMS_STALE", "QUOTE_NOT_FOUND"}


async def _quoted(guest: Guest, quote_id: str) -> Quoted:
    try:
        UUID(quote_id)
        return await guest.selling.quoted(await guest.selling.get_quote(quote_id))
    except ValueError as error:
        raise HTTPException(404) from error
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404) from error
        raise


def _asked(quoted: Quoted, origin: str) -> Asked:
    """The question behind the first line of a quote, for the way back to the listing's page."""
    line = quoted.quote.lines[0]
    chosen = tuple((each.code, each.quantity) for each in line.supplements)
    base = Asked(
        adults=line.party.adults, ages=tuple(line.party.children_ages), supplements=chosen, origin=origin,
        promo=line.promo_code,
    )  # fmt: skip
    wanted = _wanted(quoted)
    return base.stay(wanted.arrival, wanted.departure)


def _wanted(quoted: Quoted) -> Wanted:
    line = quoted.quote.lines[0]
    return Wanted(
        quoted.listings[line.listing_id],
        ask.day(line.nights.arrival),
        ask.day(line.nights.departure),
        line.party.adults,
        tuple(line.party.children_ages),
        promo_code=line.promo_code,
    )


def _context(guest: Guest, quoted: Quoted, origin: str) -> dict[str, Any]:
    """What every step shows: the stay, its price, what is due, and the way back."""
    quote, now = quoted.quote, guest.gateway.clock()
    line = quote.lines[0]
    listing = quoted.listings[line.listing_id]
    asked = _asked(quoted, origin)
    expires_at = quote.expires_at.ToDatetime(tzinfo=now.tzinfo)
    return {
        "quoted": quoted,
        "quote": quote,
        "line": line,
        "listing": listing,
        "listing_name": convert.worded(listing.name, current_locale()),
        "lines": lines_of(line),
        "beside": beside_of(line),
        "promo": promo_of(line),
        "all_in": quote.total.amount + quote.tourist_tax.amount,
        "schedule": quoted.schedule,
        "terms": quoted.terms,
        "party": ask.persons_in_words(line.party.adults, tuple(line.party.children_ages)),
        "means": means.offered(quoted.terms),
        "acompte": quoted.schedule.deposit_kind == booking.DEPOSIT_KIND_ACOMPTE,
        "cancellation": conditions.cancellation(quoted.schedule.deposit_kind, quoted.terms.cancellation),
        "withdrawal": conditions.withdrawal(),
        "statement": convert.statement_address(guest.gateway, listing.code),
        "back": asked.address(f"/{listing.code}"),
        "quote_path": f"/devis/{quote.id}",
        "origin": origin,
        "expires_at": expires_at,
        "soon": now < expires_at <= now + SOON,
        "over": expires_at <= now,
    }


def _gone(request: Request, context: dict[str, Any], sentence: str) -> Response:
    """Says that the price is no longer kept, with the way to a new one."""
    return page(request, "gone", status=409, sentence=sentence, private=True, **context)


@router.get("")
async def choice(request: Request, guest: Visiting, quote_id: str, origine: str = "") -> Response:
    """First step: the price explained, and what can be done with it."""
    quoted = await _quoted(guest, quote_id)
    context = _context(guest, quoted, "widget" if origine == "widget" else "")
    if quoted.quote.used_by:
        return _gone(request, context, _("Ce prix a déjà servi : l'option est posée. Regardez vos mails."))
    if context["over"]:
        return _gone(request, context, _("Ce prix n'est plus garanti. Rien n'a été réservé."))
    return page(request, "choice", private=True, **context)


@router.get("/coordonnees")
async def show_person(request: Request, guest: Visiting, quote_id: str, origine: str = "") -> Response:
    """Second step: an empty form."""
    context = _context(guest, await _quoted(guest, quote_id), "widget" if origine == "widget" else "")
    if context["over"]:
        return _gone(request, context, _("Ce prix n'est plus garanti. Rien n'a été réservé."))
    form = Form({"pays": "FR", "langue": current_locale()})
    return page(request, "person", private=True, form=form, countries=person.countries(), **context)


@router.post("/coordonnees")
async def take_person(request: Request, guest: Visiting, quote_id: str) -> Response:
    """Takes the second step; shows it again with its errors, or the review."""
    check_origin(request, private=True)
    form = await Form.read(request)
    context = _context(guest, await _quoted(guest, quote_id), form.value("origine"))
    if context["over"]:
        return _gone(request, context, _("Ce prix n'est plus garanti. Rien n'a été réservé."))
    correcting = bool(form.value("corriger"))
    who = None if correcting else person.read(form)
    if who is None or not form.ok:
        status = 200 if correcting else 422
        return page(
            request, "person", status=status, private=True, form=form, countries=person.countries(), **context
        )
    return _review(request, form, who, context)


def _review(
    request: Request,
    form: Form,
    who: person.Person,
    context: dict[str, Any],
    *,
    status: int = 200,
    notice: str = "",
) -> Response:
    typed = {name: form.value(name) for name in person.FIELDS}
    country = dict(person.countries()).get(who.country, who.country)
    return page(
        request, "review", status=status, private=True, form=form, who=who, typed=typed, country=country,
        notice=notice, **context,
    )  # fmt: skip


@router.get("/option")
async def back_to_choice(guest: Visiting, quote_id: str) -> Response:
    """A reloaded address of a refused form, or another language of it, leads back to the choice."""
    quoted = await _quoted(guest, quote_id)
    return RedirectResponse(f"/devis/{quoted.quote.id}", status_code=303)


@router.post("/option")
async def place(request: Request, guest: Visiting, quote_id: str) -> Response:
    """Last step: holds the nights and mails the link that confirms the option."""
    check_origin(request, private=True)
    limit(request)
    form = await Form.read(request)
    quoted = await _quoted(guest, quote_id)
    context = _context(guest, quoted, form.value("origine"))
    who = person.read(form)
    if not form.ok:
        return page(
            request, "person", status=422, private=True, form=form, countries=person.countries(), **context
        )
    if not form.ticked("etat_descriptif"):
        form.fail("etat_descriptif", _("Ouvrez l'état descriptif, puis cochez cette case."))
    if not form.ticked("conditions"):
        form.fail("conditions", _("Lisez les conditions, puis cochez cette case."))
    if not form.ok:
        return _review(request, form, who, context, status=422)
    chosen = means.chosen(form, quoted.terms)
    if not form.ok:
        return _review(request, form, who, context, status=422)
    message = _message(request, guest, quoted, who, context["origin"], chosen)
    try:
        placed = await guest.gateway.services.bookings.PlaceBooking(message, timeout=PLACING_SECONDS)
    except ServiceError as error:
        return await _refused(request, guest, error, form=form, who=who, quoted=quoted, context=context)
    return RedirectResponse(_sent_address(guest, placed.booking, who.email), status_code=303)


def _message(
    request: Request,
    guest: Guest,
    quoted: Quoted,
    who: person.Person,
    origin: str,
    chosen: "booking.PaymentMeans.ValueType",
) -> bookings_pb.PlaceBookingRequest:
    answers = hashlib.sha256(f"{who!r} {int(chosen) or ''}".encode()).hexdigest()
    host = request.client.host if request.client else ""
    return bookings_pb.PlaceBookingRequest(
        request_id=str(uuid5(UUID(quoted.quote.id), answers)),
        quote_id=quoted.quote.id,
        new_client=who.client(),
        origin=booking.BOOKING_ORIGIN_WIDGET if origin else booking.BOOKING_ORIGIN_HOSTED_PAGE,
        expiry="DEFAULT",
        message=who.note(),
        payment_means=chosen,
        accepted={
            "description_version": conditions.description_version(quoted.quote.lines),
            "terms_version": str(quoted.quote.terms_revision),
        },
        needs_mail_confirmation=True,
        caller_key=caller_key(guest.gateway, host),
    )


async def _refused(
    request: Request,
    guest: Guest,
    error: ServiceError,
    *,
    form: Form,
    who: person.Person,
    quoted: Quoted,
    context: dict[str, Any],
) -> Response:
    """Says why nothing was held: other stays for a lost race, a new price, or the review again."""
    sentence = problems.sentence(error)
    if error.reason in {"NIGHTS_TAKEN", "NIGHTS_NOT_OPEN"}:
        others = await others_of(guest, _wanted(quoted), _asked(quoted, context["origin"]))
        return page(request, "taken", status=409, private=True, others=others, **context)
    if error.reason in _GONE:
        return _gone(request, context, sentence)
    form.set("etat_descriptif", False)
    form.set("conditions", False)
    status = error.kind.http_status if error.kind.http_status != 500 else 503
    return _review(request, form, who, context, status=status, notice=sentence)


def _sent_address(guest: Guest, made: booking.Booking, mail: str) -> str:
    line = made.lines[0] if made.lines else booking.BookingLine()
    content = {
        "reference": made.reference,
        "mail": person.masked(mail),
        "name": line.listing_name,
        "arrival": line.price.nights.arrival,
        "departure": line.price.nights.departure,
        "until": made.hold_expires_at.seconds,
        "confirmed": made.mail_confirmed,
    }
    now = guest.gateway.clock()
    token = signed.seal(_SENT, content, keys=guest.gateway.shared.keys, until=now + timedelta(days=1))
    return f"/envoye/{token}"


@sent_router.get("/envoye/{token}")
async def sent(request: Request, guest: Visiting, token: str) -> Response:
    """« Vérifiez votre boîte »: what was held, until when, and which mail to open."""
    gateway = guest.gateway
    content = signed.unseal(_SENT, token, keys=gateway.shared.keys, now=gateway.clock())
    if content is None:
        raise HTTPException(404)
    until = ask.instant(content["until"]) if content["until"] else None
    return page(request, "sent", private=True, sent=content, until=until)
