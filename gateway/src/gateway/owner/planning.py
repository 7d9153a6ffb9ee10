"""« Mon planning »: all listings over a month, one listing as a wall calendar on a phone."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.again import or_away
from gateway.formats import parse_month
from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.bars import Interval, interval, row_of, what_is_next
from gateway.owner.common import listing_options, nights, nights_form, owner_listings, page, today
from gateway.planning import Action, PlanningRow, draw, first_day_of
from gateway.settings import site_url
from gateway.visitor import Owner, Visitor, gateway_of
from gateway.wall import draw_wall

router = APIRouter()
COLUMNS = 32
_ASK_PRICES_UP_TO = 30
ACTIONS = (
    (N_("Créer une réservation"), "/reservations/nouvelle", "notebook", True),
    (N_("Créer un blocage propriétaire"), "/blocages/nouveau", "block", False),
    (N_("Ajouter une disponibilité"), "/disponibilites/ajouter", "open", False),
    (N_("Supprimer des disponibilités"), "/disponibilites/supprimer", "lock", False),
    (N_("Pourquoi pas réservable ?"), "/pourquoi", "info", False),
)
MORE_ACTIONS = (
    (N_("Ajouter des disponibilités"), "/disponibilites/ajouter?plusieurs=1", "plus"),
    (N_("Visualiser toutes les disponibilités"), "/disponibilites", "eye"),
)


def actions() -> list[Action]:
    """Returns what may be done with chosen nights, in the current language."""
    return [Action(_(label), href, icon, primary) for label, href, icon, primary in ACTIONS]


def month_asked(request: Request, now: date) -> date:
    """Returns the first day of the month asked (`mois=2011-01`, or `mois=1&annee=2011`), or of this one."""
    query = request.query_params
    text = query.get("mois", "")
    if re.fullmatch(r"[0-9]{1,2}", text):
        text = f"{query.get('annee', '')}-{int(text):02}"
    found = parse_month(text)
    return found if found and 2000 <= found.year <= 2100 else now.replace(day=1)


async def priced_nights(
    request: Request, listings: Sequence[catalog.Listing]
) -> Mapping[str, list[Interval]]:
    """Returns the priced nights of each listing, without those whose answer did not come."""
    if len(listings) > _ASK_PRICES_UP_TO:
        return {}
    prices = gateway_of(request).services.prices
    calls = [prices.GetReadiness(pricing_pb.GetReadinessRequest(listing_id=each.id)) for each in listings]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    return {
        each.id: [interval(one) for one in answer.priced_nights]
        for each, answer in zip(listings, answers, strict=True)
        if not isinstance(answer, BaseException)
    }


async def rows_of(
    request: Request, visitor: Visitor, listings: Sequence[catalog.Listing], window: Interval
) -> list[PlanningRow]:
    """Returns the rows of the planning over `window`; without names while the files do not answer."""
    gateway = gateway_of(request)
    if not listings:
        return []
    span = nights(*window)
    ids = [each.id for each in listings]
    query = bookings_pb.ListBookingsRequest(
        owner_id=visitor.owner_id, within=span, page=common.PageRequest(limit=500)
    )
    answer, files, priced = await asyncio.gather(
        gateway.services.planning.GetPlanning(planning_pb.GetPlanningRequest(listing_ids=ids, range=span)),
        or_away(gateway.services.bookings.ListBookings(query), None),
        priced_nights(request, listings),
    )
    if files is None:
        request.state.names_away = True
        files = bookings_pb.ListBookingsResponse()
    known = {file.id: file for file in files.bookings}
    plannings = {each.listing_id: each for each in answer.listings}
    empty = planning_pb.GetPlanningResponse().listings.add()
    return [
        row_of(
            each,
            plannings.get(each.id, empty),
            known,
            window=window,
            priced=priced.get(each.id),
            today=today(visitor),
            photo=photo_of(request, each),
        )
        for each in listings
    ]


def photo_of(request: Request, listing: catalog.Listing, size: int = 320) -> str:
    """Returns the address of a listing's cover, or nothing."""
    cover = next((photo for photo in listing.photos if not photo.source_url or photo.width), None)
    return site_url(gateway_of(request).shared, "files", f"/photos/{cover.id}/{size}.jpg") if cover else ""


async def _coming(request: Request, visitor: Visitor) -> list[booking.Booking] | None:
    """Returns the living files of the coming weeks; None while the files do not answer."""
    query = bookings_pb.ListBookingsRequest(
        owner_id=visitor.owner_id,
        within=nights(today(visitor) - timedelta(days=1), today(visitor) + timedelta(days=60)),
        page=common.PageRequest(limit=100),
    )
    answer = await or_away(gateway_of(request).services.bookings.ListBookings(query), None)
    if answer is None:
        return None
    alive = {
        booking.BOOKING_STATE_OPTION,
        booking.BOOKING_STATE_CONFIRMED,
        booking.BOOKING_STATE_AWAITING_PAYMENT,
    }
    return [file for file in answer.bookings if file.state in alive]


def _months() -> list[tuple[str, str]]:
    from babel.dates import get_month_names  # noqa: PLC0415

    from gateway.i18n import current_locale  # noqa: PLC0415

    names = get_month_names("wide", context="stand-alone", locale=current_locale())
    return [(str(number), names[number].capitalize()) for number in range(1, 13)]


@router.get("/planning")
async def show_planning(request: Request, visitor: Owner) -> Response:
    """Shows the planning of a month, from the day before the 1st."""
    now = today(visitor)
    month = month_asked(request, now)
    first = first_day_of(month)
    window = (first, first + timedelta(days=COLUMNS))
    listings = await owner_listings(request, visitor)
    code = request.query_params.get("hebergement", "")
    chosen = next((each for each in listings if each.code == code), None)
    shown = [chosen] if chosen is not None and request.query_params.get("seul") else listings
    # The wall calendar shows whole weeks: a few days more than the table.
    wide = (window[0] - timedelta(days=7), window[1] + timedelta(days=10))
    rows, coming = await asyncio.gather(rows_of(request, visitor, shown, wide), _coming(request, visitor))
    wall_row = next(
        (row for row in rows if chosen is not None and row.code == chosen.code), rows[0] if rows else None
    )
    offered = actions()
    following = (month + timedelta(days=32)).replace(day=1)
    previous = (month - timedelta(days=1)).replace(day=1)
    context: dict[str, Any] = {
        "listings": listings,
        "view": draw(rows, first=first, days=COLUMNS, today=now, actions=offered),
        "wall": draw_wall(wall_row, month=month, today=now, actions=offered) if wall_row else None,
        "next_items": None if coming is None else what_is_next(coming, now)[:8],
        "form": Form(
            {
                "mois": str(month.month),
                "annee": str(month.year),
                "hebergement": wall_row.code if wall_row else "",
            }
        ),
        "months": _months(),
        "years": [
            (str(year), str(year)) for year in sorted({*range(now.year - 2, now.year + 3), month.year})
        ],
        "previous": previous,
        "following": following,
        "month": month,
        "nothing_open": bool(rows) and all(not _opens(row, wide) and not row.bars for row in rows),
        "names_away": getattr(request.state, "names_away", False),
        "more_actions": [(_(label), href, icon) for label, href, icon in MORE_ACTIONS],
        "options": listing_options(listings),
    }
    return page(request, "planning.html", page="planning", **context)


def _opens(row: PlanningRow, window: Interval) -> bool:
    closed = sum((span.departure - span.arrival).days for span in row.spans if span.kind == "closed")
    return closed < (window[1] - window[0]).days


@router.get("/planning/ajouter")
async def choose_action(request: Request, visitor: Owner) -> Response:
    """Offers, without script, what may be done on a listing and day."""
    form = nights_form(request)
    listings = await owner_listings(request, visitor)
    chosen = next((each for each in listings if each.code == form.value("hebergement")), None)
    query = f"?{request.url.query}" if request.url.query else ""
    return page(
        request, "planning_action.html", page="planning", listing=chosen, actions=actions(), query=query
    )
