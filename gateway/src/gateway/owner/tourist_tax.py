"""« Taxe de séjour »: the register by commune and period, on screen, as CSV and PDF, with the rules used."""

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import documents_service_pb2 as documents
from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.clients import DOCUMENT_SECONDS
from gateway.formats import nombre
from gateway.forms import Form
from gateway.i18n import current_locale
from gateway.i18n import gettext as _
from gateway.owner.bookings import safe_cell
from gateway.owner.common import owner_listings, page, today
from gateway.owner.papers import pdf
from gateway.owner.tax_register import (
    CATEGORIES,
    OWN_DATES,
    Commune,
    Rule,
    category_of,
    csv_rows,
    period_of,
    periods,
    register,
    rule_words,
    to_print,
)
from gateway.visitor import Owner, Visitor, gateway_of

router = APIRouter()
_PAGE = 500
_MOST_STAYS = 20_000
"""Of one period on the screen: beyond it a shorter one is asked for, and nothing is cut."""
_MOST_PRINTED = 2000
"""What documents prints in one go."""
_MOST_DAYS = 731


async def _lines(
    request: Request, visitor: Visitor, first: date, last: date
) -> list[bookings_pb.TaxLine] | None:
    """The stays that end in the period with their tax; None where they are too many."""
    bookings = gateway_of(request).services.bookings
    query = bookings_pb.ListTaxLinesRequest(
        owner_id=visitor.owner_id,
        first=first.isoformat(),
        last=last.isoformat(),
        page=common.PageRequest(limit=_PAGE),
    )
    found: list[bookings_pb.TaxLine] = []
    while len(found) <= _MOST_STAYS:
        answer = await bookings.ListTaxLines(query)
        found += answer.lines
        if not answer.next_cursor:
            return found
        query.page.cursor = answer.next_cursor
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """The period on the screen: `first` and `last` are departures, both included."""

    form: Form
    first: date
    last: date

    @property
    def year(self) -> int:
        """The year whose rules are shown."""
        return self.last.year

    @property
    def query(self) -> str:
        """The period that is shown, in an address."""
        if not self.form.ok:
            return urlencode({"annee": self.form.value("annee"), "periode": "annee"})
        return urlencode({name: self.form.value(name) for name in ("annee", "periode", "du", "au")})


def _asked(request: Request, visitor: Visitor) -> Asked:
    """Reads the period; own dates that cannot be taken show their sentence, and the year instead."""
    told = request.query_params
    text = told.get("annee", "")
    year = int(text) if re.fullmatch(r"20[0-9]{2}", text) else today(visitor).year
    name = told.get("periode", "annee")
    name = name if name in dict(periods()) else "annee"
    first, last = period_of(year, name)
    form = Form({"annee": str(year), "periode": name, "du": first, "au": last})
    if name == OWN_DATES and told.get("du") is not None:
        form.set("du", told["du"])
        form.set("au", told.get("au", ""))
        typed = (form.day("du", required=True), form.day("au", required=True))
        if typed[0] is not None and typed[1] is not None:
            if typed[0] <= typed[1] < typed[0] + timedelta(days=_MOST_DAYS):
                first, last = typed[0], typed[1]
            else:
                form.fail("au", _("Le dernier jour doit suivre le premier, de deux ans au plus."))
    return Asked(form, first, last)


@dataclass(frozen=True, slots=True)
class _Register:
    """What a period holds; `too_many` stays leave it empty."""

    asked: Asked
    communes: list[Commune]
    listings: Sequence[catalog.Listing]
    too_many: bool

    @property
    def stays(self) -> int:
        """How many stays it has."""
        return sum(len(each.rows) for each in self.communes)


async def _register(request: Request, visitor: Visitor, asked: Asked) -> _Register:
    listings, lines = await asyncio.gather(
        owner_listings(request, visitor, withdrawn=True), _lines(request, visitor, asked.first, asked.last)
    )
    communes = register(lines or (), {each.id: each for each in listings})
    return _Register(asked, communes, listings, lines is None)


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


def _too_many(most: int) -> str:
    text = _(
        "Cette période a plus de %(most)s séjours : choisissez un trimestre, un mois ou vos dates. Rien n'est"
        " montré plutôt qu'un registre incomplet."
    )
    return text % {"most": nombre(most)}


@router.get("/taxe")
async def show_register(request: Request, visitor: Owner) -> Response:
    """Shows the register of a period, and the rules of its year."""
    found = await _register(request, visitor, _asked(request, visitor))
    return await _show(request, visitor, found, _too_many(_MOST_STAYS) if found.too_many else "")


async def _show(
    request: Request, visitor: Visitor, found: _Register, failure: str, status: int = 200
) -> Response:
    asked, now = found.asked, today(visitor)
    context: dict[str, Any] = {
        "form": asked.form,
        "years": [
            (str(each), str(each))
            for each in sorted(
                {*range(now.year - 4, now.year + 2), int(asked.form.value("annee"))}, reverse=True
            )
        ],
        "periods": periods(),
        "own_dates": asked.form.has("periode", OWN_DATES),
        "communes": found.communes,
        "failure": failure,
        "too_many": found.too_many,
        "rules": await _rules(request, found.listings, asked.year),
        "year": asked.year,
        "query": asked.query,
        "span": (asked.first, asked.last),
        "total": sum(each.amount for each in found.communes),
    }
    return page(request, "tourist_tax.html", status=status, page="tourist_tax", **context)


@router.get("/taxe.csv")
async def export_register(request: Request, visitor: Owner) -> Response:
    """Gives the register of a period as CSV."""
    asked = _asked(request, visitor)
    found = await _register(request, visitor, asked)
    if found.too_many:
        return await _show(request, visitor, found, _too_many(_MOST_STAYS), 422)
    out = io.StringIO()
    rows = ([safe_cell(cell) for cell in row] for row in csv_rows(found.communes))
    csv.writer(out, delimiter=";").writerows(rows)
    file = _("taxe-de-sejour") + f"-{asked.first}-{asked.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/taxe.pdf")
async def print_register(request: Request, visitor: Owner) -> Response:
    """Shows the register of a period as PDF."""
    asked = _asked(request, visitor)
    found = await _register(request, visitor, asked)
    if found.too_many or found.stays > _MOST_PRINTED:
        text = _(
            "Cette période a plus de %(most)s séjours, trop pour un PDF : choisissez un trimestre, un mois ou"
            " vos dates, ou prenez le CSV."
        )
        failure = text % {"most": nombre(_MOST_PRINTED)}
        return await _show(request, visitor, found, failure, 422)
    query = documents.PrintTaxRegisterRequest(
        owner_id=visitor.owner_id,
        first=asked.first.isoformat(),
        last=asked.last.isoformat(),
        communes=to_print(found.communes),
        language=current_locale(),
    )
    services = gateway_of(request).services
    return pdf(await services.documents.PrintTaxRegister(query, timeout=DOCUMENT_SECONDS))
