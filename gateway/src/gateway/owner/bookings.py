"""« Mes réservations »: the list with its chips, and the same as CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import date_courte, typed_euros
from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.booking_words import ORIGINS, STATES, client_name
from gateway.owner.common import listing_options, owner_listings, page, persons
from gateway.visitor import Owner, gateway_of

router = APIRouter()
CHIPS = (
    ("UPCOMING", N_("À venir")),
    ("CURRENT", N_("En cours")),
    ("OPTIONS", N_("Options")),
    ("BALANCE_DUE", N_("Solde dû")),
    ("PAST", N_("Passées")),
    ("CANCELLED", N_("Annulées")),
    ("ALL", N_("Toutes")),
)
_MOST_ROWS = 5000


_NOTHING_DUE = {
    booking.BOOKING_STATE_EXPIRED,
    booking.BOOKING_STATE_FAILED,
    booking.BOOKING_STATE_DECLINED,
}


def row_of(file: booking.Booking) -> dict[str, Any]:
    """Returns one row of the list."""
    stays = [line.price.nights for line in file.lines]
    words, kind, sign = STATES.get(file.state, ("", "", ""))
    return {
        "number": file.number,
        "booked_on": file.booked_on,
        "client": client_name(file.client),
        "code": file.client.code,
        "listings": list(dict.fromkeys(line.listing_code for line in file.lines)),
        "arrival": min((each.arrival for each in stays), default=""),
        "departure": max((each.departure for each in stays), default=""),
        "persons": sum(persons(line.price.party) for line in file.lines),
        "state": _(words) if words else "",
        "kind": kind,
        "sign": sign,
        "star": file.needs_action,
        "total": file.totals.total,
        "paid": file.totals.paid,
        "balance": None if file.state in _NOTHING_DUE else file.totals.balance,
        "origin": _(ORIGINS[file.origin]) if file.origin in ORIGINS else "",
    }


def _query(
    visitor: Owner, form: Form, ids: list[str], *, limit: int, cursor: str
) -> bookings_pb.ListBookingsRequest:
    chip = form.value("vue") or ("ALL" if form.value("q") else "UPCOMING")
    return bookings_pb.ListBookingsRequest(
        owner_id=visitor.owner_id,
        listing_ids=ids,
        query=form.value("q"),
        chip="" if chip == "ALL" else chip,
        page=common.PageRequest(limit=limit, cursor=cursor),
    )


@router.get("/reservations")
async def list_bookings(request: Request, visitor: Owner) -> Response:
    """Shows the files of a chip, by search and listing, 50 a page."""
    form = await Form.read(request)
    listings = await owner_listings(request, visitor, withdrawn=True)
    ids = [each.id for each in listings if each.code == form.value("hebergement")]
    services = gateway_of(request).services
    answer = await services.bookings.ListBookings(
        _query(visitor, form, ids, limit=50, cursor=form.value("suite"))
    )
    todo = []
    if not form.value("q") and not form.value("suite"):
        options = _query(visitor, Form({"vue": "OPTIONS"}), [], limit=50, cursor="")
        todo = [
            file for file in (await services.bookings.ListBookings(options)).bookings if file.needs_action
        ]
    chosen = form.value("vue") or ("ALL" if form.value("q") else "UPCOMING")
    base = f"/reservations?hebergement={form.value('hebergement')}" if ids else "/reservations?"
    context = {
        "form": form,
        "rows": [row_of(file) for file in answer.bookings],
        "answer": answer,
        "listings": listings,
        "todo": [row_of(file) for file in todo],
        "options": listing_options(listings),
        "chips_list": [(_(label), f"{base}&vue={key}", key == chosen) for key, label in CHIPS],
        "chosen": chosen,
    }
    return page(request, "bookings.html", page="bookings", **context)


def safe_cell(text: str) -> str:
    """Returns a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _csv(files: list[booking.Booking]) -> Iterator[list[str]]:
    yield [
        _("N°"),
        _("Date"),
        _("Client"),
        _("Code"),
        _("Hébergements"),
        _("Arrivée"),
        _("Départ"),
        _("Personnes"),
        _("Type"),
        _("Total"),
        _("Versé"),
        _("Solde"),
        _("Origine"),
    ]
    for file in files:
        row = row_of(file)
        yield [
            str(row["number"]),
            date_courte(row["booked_on"]),
            safe_cell(row["client"]),
            row["code"],
            " ".join(row["listings"]),
            date_courte(row["arrival"]),
            date_courte(row["departure"]),
            str(row["persons"] or ""),
            row["state"],
            typed_euros(row["total"]),
            typed_euros(row["paid"]),
            typed_euros(row["balance"]),
            row["origin"],
        ]


@router.get("/reservations.csv")
async def export(request: Request, visitor: Owner) -> Response:
    """Gives exactly what is filtered as CSV, for a French spreadsheet."""
    form = await Form.read(request)
    listings = await owner_listings(request, visitor, withdrawn=True)
    ids = [each.id for each in listings if each.code == form.value("hebergement")]
    files: list[booking.Booking] = []
    cursor = ""
    while len(files) < _MOST_ROWS:
        query = _query(visitor, form, ids, limit=500, cursor=cursor)
        answer = await gateway_of(request).services.bookings.ListBookings(query)
        files += answer.bookings
        cursor = answer.next_cursor
        if not cursor:
            break
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(_csv(files))
    headers = {"Content-Disposition": 'attachment; filename="reservations.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
