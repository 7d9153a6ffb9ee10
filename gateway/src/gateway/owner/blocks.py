"""Blocks of nights that the owner keeps for himself."""

from datetime import date, timedelta
from typing import Any, cast

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.common.v1 import common_pb2 as common
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import date_courte, du_au
from gateway.forms import Form, day_in_address
from gateway.i18n import gettext as _
from gateway.owner.bars import BLOCK_REASONS, interval
from gateway.owner.booking_words import short_name
from gateway.owner.common import (
    fail_from,
    form_key,
    listing_options,
    nights,
    nights_form,
    nights_of,
    owner_listings,
    page,
    planning_at,
)
from gateway.problems import sentence
from gateway.visitor import Owner, Visitor, gateway_of, redirect

router = APIRouter()


@router.get("/blocages/nouveau")
async def show_block_form(request: Request, visitor: Owner) -> Response:
    """Shows the form of a block."""
    return await _block_form(request, visitor, nights_form(request))


async def _block_form(request: Request, visitor: Visitor, form: Form, status: int = 200) -> Response:
    listings = await owner_listings(request, visitor)
    reasons = [(str(number), _(name)) for number, name in BLOCK_REASONS.items()]
    if not form.value("motif"):
        form.set("motif", str(availability.BLOCK_REASON_PERSONAL))
    context = {"form": form, "options": listing_options(listings), "reasons": reasons}
    return page(request, "block_form.html", status=status, page="planning", **context)


async def impossible(request: Request, error: RemoteError) -> str:
    """Returns « Impossible : réservation n° 3 de M. DUPOND du 31/12 au 05/01. » for nights that are taken."""
    arrival, departure = error.metadata.get("arrival", ""), error.metadata.get("departure", "")
    booking_id = error.metadata.get("booking_id", "")
    try:
        span = du_au(arrival, departure)
    except ValueError:
        return sentence(error)
    if booking_id:
        try:
            query = bookings_pb.GetBookingRequest(id=booking_id)
            file = (await gateway_of(request).services.bookings.GetBooking(query)).booking
        except ServiceError:
            pass
        else:
            values = {"number": file.number, "name": short_name(file.client), "span": span}
            return _("Impossible : réservation n° %(number)s de %(name)s %(span)s.") % values
    if error.metadata.get("kind") == "BLOCK":
        return _("Impossible : ces nuits sont déjà bloquées %(span)s.") % {"span": span}
    return _("Impossible : ces nuits sont déjà prises %(span)s.") % {"span": span}


@router.post("/blocages/nouveau")
async def add_block(request: Request, visitor: Owner) -> Response:
    """Blocks nights, or says what stands there."""
    form = await Form.read(request)
    listings = {each.code: each for each in await owner_listings(request, visitor)}
    code = form.choice("hebergement", list(listings))
    period = nights_of(form)
    reason = form.choice("motif", [str(number) for number in BLOCK_REASONS])
    note = form.text("note", most=500)
    if not form.ok or period is None:
        return await _block_form(request, visitor, form, 422)
    block = availability.Block(
        listing_id=listings[code].id,
        nights=nights(*period),
        reason=cast("availability.BlockReason.ValueType", int(reason)),
        note=note,
    )
    try:
        await gateway_of(request).services.planning.AddBlock(
            planning_pb.AddBlockRequest(request_id=form_key(form), block=block)
        )
    except RemoteError as error:
        if error.reason == "NIGHTS_TAKEN":
            fail_from(form, error, "du")
            form.errors["du"] = await impossible(request, error)
        else:
            fail_from(form, error)
        return await _block_form(request, visitor, form, error.kind.http_status)
    done = _("%(code)s est bloqué %(span)s.") % {"code": code, "span": du_au(*period)}
    return await redirect(request, planning_at(period[0], code), done)


@router.get("/blocages/{block_id}")
async def show_block(request: Request, visitor: Owner, block_id: str) -> Response:
    """Shows a block that stands on the night `du` of the listing `hebergement`."""
    listings = {each.code: each for each in await owner_listings(request, visitor)}
    listing = listings.get(request.query_params.get("hebergement", ""))
    try:
        day = day_in_address(request.query_params.get("du", ""))
    except ValueError:
        raise HTTPException(404) from None
    if listing is None:
        raise HTTPException(404)
    query = planning_pb.GetPlanningRequest(
        listing_ids=[listing.id],
        range=common.Nights(arrival=day.isoformat(), departure=str(day + timedelta(days=1))),
    )
    answer = await gateway_of(request).services.planning.GetPlanning(query)
    bars = answer.listings[0].bars if answer.listings else []
    bar = next((each for each in bars if each.block_id == block_id), None)
    if bar is None:
        raise HTTPException(404)
    reason = _(BLOCK_REASONS.get(bar.block_reason, ""))
    span = interval(bar.nights)
    context: dict[str, Any] = {
        "listing": listing,
        "bar": bar,
        "reason": reason,
        "span": span,
        "block_id": block_id,
    }
    return page(request, "block.html", page="planning", **context)


@router.post("/blocages/{block_id}/supprimer")
async def remove_block(request: Request, _visitor: Owner, block_id: str) -> Response:
    """Removes a block; a second click finds it removed."""
    form = await Form.read(request)
    day = _day_in(form)
    where = planning_at(day) if day else "/planning"
    try:
        await gateway_of(request).services.planning.RemoveBlock(
            planning_pb.RemoveBlockRequest(request_id=form_key(form), id=block_id)
        )
    except RemoteError as error:
        if error.reason != "BLOCK_NOT_FOUND":
            raise
        gone = _("Ce blocage n'existe pas, ou n'existe plus. Rien n'a été changé.")
        return await redirect(request, where, gone, "warn")
    if day is None:
        return await redirect(request, where, _("Le blocage est supprimé."))
    done = _("Le blocage est supprimé : les nuits à partir du %(day)s sont libres.") % {
        "day": date_courte(day)
    }
    return await redirect(request, where, done)


def _day_in(form: Form) -> date | None:
    try:
        return day_in_address(form.value("du"))
    except ValueError:
        return None
