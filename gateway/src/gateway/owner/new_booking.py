"""« Créer une réservation »: stay, price, client and type on one page; written by « Enregistrer » only."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import RemoteError
from fastapi import APIRouter
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import moment
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.blocks import impossible
from gateway.owner.clients import client_of, countries
from gateway.owner.common import (
    ZONE,
    child_request,
    fail_from,
    form_key,
    listing_options,
    nights_form,
    or_none,
    owner_listings,
    page,
    today,
)
from gateway.owner.drafts import Draft, read_draft
from gateway.owner.quote_words import price_failure, shown_price
from gateway.texts import refusal
from gateway.visitor import Owner, Visitor, gateway_of, redirect

router = APIRouter()


async def _plans(request: Request, visitor: Visitor) -> list[pricing.RatePlan]:
    query = pricing_pb.OwnerRequest(owner_id=visitor.owner_id)
    return list((await gateway_of(request).services.tariffs.ListRatePlans(query)).rate_plans)


async def _terms(request: Request, visitor: Visitor) -> booking.SalesTerms | None:
    query = bookings_pb.GetTermsRequest(owner_id=visitor.owner_id)
    answer = await or_none(gateway_of(request).services.terms.GetTerms(query))
    return answer.terms if answer else None


async def _quote(request: Request, draft: Draft, form: Form, terms: booking.SalesTerms) -> pricing.Quote:
    """Stores the price; the same form and the same answers give the same quote.

    A devis has a quote of its own: a file made from the same form uses the other.
    """
    query = pricing_pb.CreateQuoteRequest(lines=[draft.line()], terms_revision=terms.revision)
    part = "devis" if form.value("etape") == "devis" else "quote"
    query.request_id = child_request(form_key(form), part, query)
    found: pricing.Quote = (await gateway_of(request).services.prices.CreateQuote(query)).quote
    return found


def _end_of(form: Form, visitor: Visitor) -> tuple[str, Timestamp | None]:
    """Returns how the option ends: `DEFAULT`, `NONE` (without end) or `AT` the end of a day."""
    choice = form.value("echeance") or "DEFAULT"
    if choice != "AT":
        return ("NONE" if choice == "NONE" else "DEFAULT"), None
    day = form.day("jusqua", required=True)
    if day is None:
        return "AT", None
    if day < today(visitor):
        form.fail("jusqua", _("Cette date est passée."))
    at = Timestamp()
    at.FromDatetime(datetime.combine(day, time(23, 59), ZoneInfo(ZONE)))
    return "AT", at


async def _search_clients(request: Request, visitor: Visitor, text: str) -> list[booking.Client]:
    query = bookings_pb.ListClientsRequest(
        owner_id=visitor.owner_id, query=text, page=common.PageRequest(limit=10)
    )
    return list((await gateway_of(request).services.clients.ListClients(query)).clients)


async def _show(
    request: Request, visitor: Visitor, form: Form, *, status: int = 200, **more: Any
) -> Response:
    listings = more.pop("listings", None) or {
        each.code: each for each in await owner_listings(request, visitor)
    }
    if len(listings) == 1 and not form.value("hebergement"):
        form.set("hebergement", next(iter(listings)))
    plans = more.pop("plans", None)
    plans = await _plans(request, visitor) if plans is None else plans
    terms = await _terms(request, visitor)
    found = more.pop("found", None)
    for name, value in (
        ("genre", "option"),
        ("echeance", "DEFAULT"),
        ("qui", "nouveau"),
        ("pays", "FR"),
        ("langue", "fr"),
    ):
        if not form.value(name):
            form.set(name, value)
    ends = None
    if terms is not None:
        day = today(visitor) + timedelta(days=terms.option_days)
        ends = moment(datetime.combine(day, time(23, 59), ZoneInfo(ZONE)))
    context = {
        "form": form,
        "listings": listings,
        "options": listing_options(list(listings.values())),
        "plans": [(plan.id, plan.name) for plan in plans],
        "terms": terms,
        "option_ends": ends,
        "found": found,
        "countries": countries(),
        "price": None,
        "problem": "",
    }
    return page(request, "booking_new.html", status=status, page="bookings", **(context | more))


@router.get("/reservations/nouvelle")
async def show_form(request: Request, visitor: Owner) -> Response:
    """Shows the empty form, or the nights chosen on the planning."""
    form = nights_form(request)
    found = None
    if client := request.query_params.get("client", ""):
        query = bookings_pb.GetClientRequest(id=client)
        answer = await or_none(gateway_of(request).services.clients.GetClient(query))
        if answer is not None:
            found = [answer.client]
            form.set("qui", "existant")
            form.set("client", client)
    return await _show(request, visitor, form, found=found)


@router.post("/reservations/nouvelle")
async def take_form(request: Request, visitor: Owner) -> Response:
    """Shows the price, searches a client, or makes the file."""
    form = await Form.read(request)
    listings = {each.code: each for each in await owner_listings(request, visitor)}
    plans = await _plans(request, visitor)
    step = form.value("etape")
    found = None
    if form.value("qui") == "existant" or step == "chercher":
        found = await _search_clients(request, visitor, form.value("q_client"))
    kept: dict[str, Any] = {"listings": listings, "plans": plans, "found": found}
    if step == "chercher":
        form.set("qui", "existant")
        return await _show(request, visitor, form, **kept)
    draft = read_draft(form, listings, plans)
    terms = await _terms(request, visitor)
    if not form.ok or terms is None:
        problem = "" if terms else "TERMS_NOT_FOUND"
        return await _show(request, visitor, form, status=422, problem=problem, **kept)
    return await _price_and_place(request, visitor, form, draft, terms, **kept)


async def _price_and_place(
    request: Request, visitor: Visitor, form: Form, draft: Draft, terms: booking.SalesTerms, **kept: Any
) -> Response:
    try:
        quote = await _quote(request, draft, form, terms)
    except RemoteError as error:
        form.fail("hebergement" if error.reason == "STAY_REFUSED" else "", price_failure(error))
        return await _show(request, visitor, form, status=error.kind.http_status, **kept)
    price = shown_price(quote)
    if form.value("etape") == "prix":
        return await _show(request, visitor, form, price=price, **kept)
    if form.value("etape") == "devis":
        return await _propose(request, visitor, form, quote, price=price, **kept)
    placing = await _placing(form, visitor, quote)
    if not form.ok:
        return await _show(request, visitor, form, status=422, price=price, **kept)
    return await _place(request, visitor, form, placing, price=price, **kept)


async def _placing(form: Form, visitor: Visitor, quote: pricing.Quote) -> bookings_pb.PlaceBookingRequest:
    genre = form.choice("genre", ["option", "reservation"])
    expiry, at = _end_of(form, visitor) if genre == "option" else ("DEFAULT", None)
    query = bookings_pb.PlaceBookingRequest(
        request_id=form_key(form),
        quote_id=quote.id,
        origin=booking.BOOKING_ORIGIN_OWNER,
        confirm=genre == "reservation",
        expiry=expiry,
        client_note=form.text("note_client", most=2000),
        internal_note=form.text("note_interne", most=2000),
    )
    if at is not None:
        query.expires_at.CopyFrom(at)
    _client_into(form, query)
    return query


def _client_into(
    form: Form, query: bookings_pb.PlaceBookingRequest | proposals_pb.CreateProposalRequest
) -> None:
    if form.value("qui") == "existant":
        if form.value("client"):
            query.client_id = form.value("client")
        else:
            form.fail("q_client", _("Cherchez puis choisissez un client, ou saisissez-en un nouveau."))
    else:
        query.new_client.CopyFrom(client_of(form))


async def _propose(
    request: Request, visitor: Visitor, form: Form, quote: pricing.Quote, **kept: Any
) -> Response:
    """Makes a devis of the price; no night is held."""
    query = proposals_pb.CreateProposalRequest(
        request_id=form_key(form), quote_id=quote.id, note=form.text("note_client", most=2000)
    )
    _client_into(form, query)
    if not quote.lines[0].party.adults:
        form.fail("adultes", _("Un devis dit pour combien de personnes il vaut : indiquez les adultes."))
    if not form.ok:
        return await _show(request, visitor, form, status=422, **kept)
    try:
        answer = await gateway_of(request).services.proposals.CreateProposal(query)
    except RemoteError as error:
        fail_from(form, error)
        return await _show(request, visitor, form, status=error.kind.http_status, **kept)
    done = _("Devis prêt. Relisez le message, puis envoyez-le.")
    return await redirect(request, f"/devis/{answer.proposal.id}", done)


async def _place(
    request: Request, visitor: Visitor, form: Form, query: bookings_pb.PlaceBookingRequest, **kept: Any
) -> Response:
    try:
        answer = await gateway_of(request).services.bookings.PlaceBooking(query)
    except RemoteError as error:
        fail_from(form, error, "du" if error.reason == "NIGHTS_TAKEN" else "")
        if error.reason == "NIGHTS_TAKEN":
            form.errors["du"] = await impossible(request, error)
        return await _show(request, visitor, form, status=error.kind.http_status, **kept)
    file = answer.booking
    if file.state == booking.BOOKING_STATE_FAILED:
        form.fail("du", _("Ces dates viennent d'être prises. Rien n'a été enregistré."))
        form.set("request_id", None)
        return await _show(request, visitor, form, status=409, **kept)
    notes = [refusal(each, {}) for each in answer.warnings if each == "NIGHTS_NOT_OPEN"]
    done = _("Dossier n° %(number)s enregistré.") % {"number": file.number}
    if file.HasField("hold_expires_at"):
        done += " " + _("L'option finit le %(moment)s.") % {"moment": moment(file.hold_expires_at)}
    return await redirect(request, f"/reservations/{file.number}", " ".join([done, *notes]))
