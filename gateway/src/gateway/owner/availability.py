"""Opening, closing and blocking nights."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from chassis.errors import ServiceError
from fastapi import APIRouter
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext
from gateway.owner.bars import interval
from gateway.owner.common import (
    fail_from,
    form_key,
    listing_options,
    nights,
    nights_form,
    owner_listings,
    page,
    planning_at,
)
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
    request: Request, visitor: Visitor, form: Form, deed: str, *, note: str = "", status: int = 200
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
                    request_id=form_key(form),
                    listing_ids=ids,
                    nights=spans,
                    rolling=form.ticked("sans_fin"),
                    weekdays=[] if len(weekdays) == 7 else weekdays,
                    preview=preview,
                )
            )
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
        return await _show(request, visitor, form, deed, note=note)
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
