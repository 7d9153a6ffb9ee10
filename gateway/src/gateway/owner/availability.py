"""Opening, closing and blocking nights."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import date_courte, du_au
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext
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
)  # fmt: skip
from gateway.problems import sentence
from gateway.visitor import Owner, Visitor, gateway_of, redirect

router = APIRouter()
MOST_PERIODS = 4


def _days(count: int) -> str:
    return ngettext("%(num)s nuit", "%(num)s nuits", count) % {"num": count}


def opened_sentence(answer: planning_pb.OpenNightsResponse, *, preview: bool) -> str:
    """Returns « 3 hébergements, 412 nuits ouvertes, 7 déjà occupées laissées telles quelles »."""
    count = answer.listings
    listings = ngettext("%(num)s hébergement", "%(num)s hébergements", count) % {"num": count}
    opened = answer.nights_opened
    what = (
        ngettext("%(num)s nuit serait ouverte", "%(num)s nuits seraient ouvertes", opened)
        if preview
        else ngettext("%(num)s nuit ouverte", "%(num)s nuits ouvertes", opened)
    ) % {"num": opened}
    parts = [listings, what]
    if answer.nights_already_open:
        parts.append(_("%(nights)s déjà ouvertes") % {"nights": _days(answer.nights_already_open)})
    if answer.nights_occupied:
        parts.append(_("%(num)s déjà occupées laissées telles quelles") % {"num": answer.nights_occupied})
    return ", ".join(parts) + "."


def closed_sentence(answer: planning_pb.CloseNightsResponse, *, preview: bool) -> str:
    """Returns « 19 nuits fermées. 2 réservations gardées. »."""
    count = answer.nights_closed
    what = (
        ngettext("%(num)s nuit serait fermée.", "%(num)s nuits seraient fermées.", count)
        if preview
        else ngettext("%(num)s nuit fermée.", "%(num)s nuits fermées.", count)
    ) % {"num": count}
    kept = len(answer.kept_booking_ids)
    if not kept:
        return what
    return (
        what
        + " "
        + ngettext("%(num)s réservation gardée.", "%(num)s réservations gardées.", kept) % {"num": kept}
    )


def periods_of(form: Form) -> list[tuple[date, date]]:
    """Reads up to four periods `du`/`jusquau`, `du2`/`jusquau2`...; the first is obligatory."""
    found = []
    for number in range(1, MOST_PERIODS + 1):
        suffix = "" if number == 1 else str(number)
        first = form.day(f"du{suffix}", required=number == 1)
        last = form.day(f"jusquau{suffix}", required=number == 1 or first is not None)
        if first is None or last is None:
            continue
        if last < first:
            form.fail(f"jusquau{suffix}", _("La dernière nuit doit être la première ou une suivante."))
            continue
        found.append((first, last + timedelta(days=1)))
    return found


def chosen_listings(form: Form, listings: Sequence[catalog.Listing]) -> list[str]:
    """Returns the ids of the ticked listings."""
    codes = {each.code: each.id for each in listings}
    return [codes[code] for code in form.choices("hebergement", list(codes), required=True)]


async def _show(
    request: Request, visitor: Visitor, form: Form, deed: str, note: str = "", status: int = 200
) -> Response:
    listings = await owner_listings(request, visitor)
    if len(listings) == 1 and not form.value("hebergement"):
        form.set("hebergement", listings[0].code)
    several = bool(form.value("plusieurs") or request.query_params.get("plusieurs"))
    context = {
        "form": form,
        "options": listing_options(listings),
        "deed": deed,
        "note": note,
        "several": several,
    }
    return page(request, "availability_form.html", status=status, page="planning", **context)


@router.get("/disponibilites/{deed}")
async def show_form(request: Request, visitor: Owner, deed: str) -> Response:
    """Shows the form that opens or closes nights."""
    if deed not in {"ajouter", "supprimer"}:
        raise HTTPException(404)
    return await _show(request, visitor, nights_form(request), deed)


@router.post("/disponibilites/{deed}")
async def change(request: Request, visitor: Owner, deed: str) -> Response:
    """Counts (« Aperçu »), or opens or closes."""
    if deed not in {"ajouter", "supprimer"}:
        raise HTTPException(404)
    form = await Form.read(request)
    listings = await owner_listings(request, visitor)
    ids, periods = chosen_listings(form, listings), periods_of(form)
    if not form.ok:
        return await _show(request, visitor, form, deed, status=422)
    preview = form.value("etape") == "apercu"
    spans = [nights(*period) for period in periods]
    planning = gateway_of(request).services.planning
    try:
        if deed == "ajouter":
            weekdays = [int(each) for each in form.choices("jours", [str(day) for day in range(1, 8)])]
            opened = await planning.OpenNights(
                planning_pb.OpenNightsRequest(
                    request_id=form_key(form), listing_ids=ids, nights=spans, rolling=form.ticked("sans_fin"),
                    weekdays=[] if len(weekdays) == 7 else weekdays, preview=preview,
                )
            )  # fmt: skip
            note = opened_sentence(opened, preview=preview)
        else:
            closed = await planning.CloseNights(
                planning_pb.CloseNightsRequest(
                    request_id=form_key(form), listing_ids=ids, nights=spans, preview=preview
                )
            )
            note = closed_sentence(closed, preview=preview)
    except ServiceError as error:
        fail_from(form, error)
        return await _show(request, visitor, form, deed, status=error.kind.http_status)
    if preview:
        return await _show(request, visitor, form, deed, note)
    return await redirect(request, planning_at(periods[0][0]), note)


@router.get("/disponibilites")
async def list_periods(request: Request, visitor: Owner) -> Response:
    """Shows all open periods, listing by listing."""
    listings = await owner_listings(request, visitor)
    code = request.query_params.get("hebergement", "")
    wanted = [each for each in listings if not code or each.code == code]
    planning = gateway_of(request).services.planning
    query = planning_pb.ListOpenPeriodsRequest(listing_ids=[each.id for each in wanted])
    periods = (await planning.ListOpenPeriods(query)).periods if wanted else []
    names = {each.id: each for each in listings}
    form = Form({"hebergement": code})
    rows = [
        (names[each.listing_id], each, *interval(each.nights)) for each in periods if each.listing_id in names
    ]
    context: dict[str, Any] = {"rows": rows, "form": form, "options": listing_options(listings)}
    return page(request, "availability_list.html", page="planning", **context)


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
        day = date.fromisoformat(request.query_params.get("du", ""))
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
    """Removes a block."""
    form = await Form.read(request)
    try:
        await gateway_of(request).services.planning.RemoveBlock(
            planning_pb.RemoveBlockRequest(request_id=form_key(form), id=block_id)
        )
    except RemoteError as error:
        if error.reason != "BLOCK_NOT_FOUND":
            raise
    try:
        day = date.fromisoformat(form.value("du"))
    except ValueError:
        return await redirect(request, "/planning", _("Le blocage est supprimé."))
    done = _("Le blocage est supprimé : les nuits à partir du %(day)s sont libres.") % {
        "day": date_courte(day)
    }
    return await redirect(request, planning_at(day), done)
