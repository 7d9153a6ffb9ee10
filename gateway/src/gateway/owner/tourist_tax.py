"""« Taxe de séjour »: the register by commune and period, on the screen and as CSV, with the rules used."""

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.bookings import safe_cell
from gateway.owner.common import nights, owner_listings, page, today
from gateway.owner.tax_register import (
    CATEGORIES,
    STANDS,
    Commune,
    Rule,
    category_of,
    csv_rows,
    period_of,
    periods,
    register,
    rule_words,
)
from gateway.visitor import Owner, Visitor, gateway_of

router = APIRouter()
_AT_ONCE = 8
_MOST_FILES = 2000


async def _files(request: Request, visitor: Visitor, first: date, last: date) -> list[booking.Booking]:
    """The files with a stay that ends in the period, each with its explained price."""
    bookings = gateway_of(request).services.bookings
    query = bookings_pb.ListBookingsRequest(
        owner_id=visitor.owner_id,
        states=list(STANDS),
        within=nights(first - timedelta(days=1), last),
        page=common.PageRequest(limit=500),
    )
    listed: list[booking.Booking] = []
    while len(listed) < _MOST_FILES:
        answer = await bookings.ListBookings(query)
        listed += answer.bookings
        if not answer.next_cursor:
            break
        query.page.cursor = answer.next_cursor
    room = asyncio.Semaphore(_AT_ONCE)

    async def whole(file: booking.Booking) -> booking.Booking:
        async with room:
            answer = await bookings.GetBooking(bookings_pb.GetBookingRequest(id=file.id))
            found: booking.Booking = answer.booking
            return found

    return list(await asyncio.gather(*map(whole, listed)))


def _asked(request: Request, visitor: Visitor) -> tuple[int, str]:
    text = request.query_params.get("annee", "")
    year = int(text) if re.fullmatch(r"20[0-9]{2}", text) else today(visitor).year
    name = request.query_params.get("periode", "annee")
    return year, name if name in dict(periods()) else "annee"


async def _communes(
    request: Request, visitor: Visitor
) -> tuple[list[Commune], Sequence[catalog.Listing], tuple[date, date]]:
    first, last = period_of(*_asked(request, visitor))
    listings, files = await asyncio.gather(
        owner_listings(request, visitor, withdrawn=True), _files(request, visitor, first, last)
    )
    return register(files, {each.id: each for each in listings}, first, last), listings, (first, last)


async def _rules(request: Request, listings: Sequence[catalog.Listing], year: int) -> list[dict[str, Any]]:
    """For each commune and category of the owner: the rule of the year, or none."""
    wanted = sorted(
        {
            (each.address.insee, each.address.city, category_of(each))
            for each in listings
            if each.state != catalog.LISTING_STATE_WITHDRAWN and each.address.insee
        }
    )
    tariffs = gateway_of(request).services.tariffs
    codes = sorted({insee for insee, _city, _category in wanted})
    answers = await asyncio.gather(
        *(tariffs.ListTaxRules(tariffs_pb.ListTaxRulesRequest(insee=insee)) for insee in codes)
    )
    known: dict[tuple[str, str], Rule] = {
        (rule.insee, rule.category): rule_words(rule)
        for answer in answers
        for rule in answer.rules
        if rule.year == year
    }
    return [
        {"city": city, "category": _(CATEGORIES[category]), "rule": known.get((insee, category))}
        for insee, city, category in wanted
    ]


@router.get("/taxe")
async def show_register(request: Request, visitor: Owner) -> Response:
    """Shows the register of a period, and the rules of its year."""
    year, name = _asked(request, visitor)
    communes, listings, span = await _communes(request, visitor)
    now = today(visitor)
    context: dict[str, Any] = {
        "form": Form({"annee": str(year), "periode": name}),
        "years": [
            (str(each), str(each))
            for each in sorted({*range(now.year - 4, now.year + 2), year}, reverse=True)
        ],
        "periods": periods(),
        "communes": communes,
        "rules": await _rules(request, listings, year),
        "year": year,
        "span": span,
        "total": sum(each.amount for each in communes),
    }
    return page(request, "tourist_tax.html", page="tourist_tax", **context)


@router.get("/taxe.csv")
async def export_register(request: Request, visitor: Owner) -> Response:
    """Gives the register of a period as CSV."""
    year, name = _asked(request, visitor)
    communes, _listings, _span = await _communes(request, visitor)
    out = io.StringIO()
    rows = ([safe_cell(cell) for cell in row] for row in csv_rows(communes))
    csv.writer(out, delimiter=";").writerows(rows)
    file = _("taxe-de-sejour") + f"-{year}-{name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
