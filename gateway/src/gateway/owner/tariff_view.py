"""« Visualisation de mes tarifs »: read only, by season as guests see it, as a year, and a stay to try."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import rate_table_service_pb2 as rate_table_pb
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.clients import DOCUMENT_SECONDS
from gateway.formats import euros, nuits, personnes
from gateway.forms import Form, day_in_address
from gateway.guest import ask
from gateway.guest.stay import choices_of
from gateway.i18n import current_locale
from gateway.i18n import gettext as _
from gateway.owner import tariff_grid
from gateway.owner.bars import interval
from gateway.owner.common import (
    listing_options,
    nights,
    own_listing,
    owner_listings,
    page,
    party_of,
    stay_of,
    today,
)
from gateway.owner.quote_words import tried_plan
from gateway.owner.tariff_words import DISCOUNT_KINDS
from gateway.owner.tariff_year import NOT_SOLD, season_of, year_of
from gateway.owner.tariffs import all_of
from gateway.texts import WEEKDAYS, package_name, supplement_price, weekdays
from gateway.visitor import Owner, Visitor, gateway_of

__all__ = ["grid_of", "router", "season_of", "year_of"]

router = APIRouter()
_YEAR = re.compile(r"20[0-9]{2}")
_WEEK, _LONGEST = 7, 35
_MOST_PERSONS = 50
_USUAL = (1, 2, 3, 4, 7, 14)


def grid_of(tariff: pricing.Tariff, seasons: Sequence[pricing.Season]) -> dict[str, Any]:
    """Returns a tariff as a table: lengths and named packages in columns, seasons that have prices in rows.

    Prices for another number of persons are rows of their own below their season's.
    """
    names = {season.id: season for season in seasons}
    grids: list[tuple[pricing.TariffRow, tariff_grid.Grid]] = []
    for row in tariff.rows:
        if row.season_id in names:
            grids += [(row, row), *((row, other) for other in row.occupancies)]
    lengths = sorted({length for _row, grid in grids for length in grid.packages})
    named = tariff_grid.named_of(tariff)
    rows = [
        {
            "season": names[row.season_id],
            "persons": personnes(grid.persons) if isinstance(grid, pricing.OccupancyPrices) else "",
            "cells": [grid.packages.get(length) for length in lengths]
            + [_named(grid, each) for each in named],
            "by_day": _by_day(grid.weekday_prices),
            "extra_night": grid.extra_night or None,
            **_rules(row if grid is row else pricing.TariffRow()),
        }
        for row, grid in grids
    ]
    return {
        "tariff": tariff,
        "columns": [*map(package_name, lengths), *map(tariff_grid.named_words, named)],
        "has_days": any(grid.weekday_prices for _row, grid in grids),
        "rows": rows,
    }


def _named(grid: tariff_grid.Grid, column: tariff_grid.Special) -> int | None:
    return next((one.price for one in grid.named_packages if column.is_of(one)), None)


def _by_day(prices: Mapping[int, int]) -> str:
    """« ven. 120,00 €, sam. 125,00 € »."""
    return ", ".join(f"{_(WEEKDAYS[day - 1])[:3]}. {euros(prices[day])}" for day in sorted(prices))


def _rules(row: pricing.TariffRow) -> dict[str, Any]:
    """What a season says once, whatever the number of persons."""
    least = row.rules.min_by_arrival_day
    return {
        "extra_adult": row.extra_adult or None,
        "children": [(band.max_age, band.price) for band in row.child_bands],
        "arrivals": weekdays(",".join(map(str, row.rules.arrival_days))),
        "departures": weekdays(",".join(map(str, row.rules.departure_days))),
        "min_nights": row.rules.min_nights,
        "max_nights": row.rules.max_nights,
        "least": [
            _("%(nights)s au moins en arrivant le %(day)s")
            % {"nights": nuits(least[day]), "day": _(WEEKDAYS[day - 1])}
            for day in sorted(least)
        ],
    }


def year_asked(request: Request, visitor: Visitor) -> int:
    """Returns the year of the address, else this one."""
    text = request.query_params.get("annee", "")
    return int(text) if _YEAR.fullmatch(text) else today(visitor).year


def _length_asked(request: Request, tariffs: Sequence[pricing.Tariff]) -> int:
    text = request.query_params.get("duree", "")
    if re.fullmatch(r"[1-9][0-9]?", text) and int(text) <= _LONGEST:
        return int(text)
    sold = {length for tariff in tariffs for row in tariff.rows for length in row.packages}
    return _WEEK if _WEEK in sold or not sold else min(sold)


async def _totals(request: Request, listing: catalog.Listing, year: int, length: int) -> Mapping[date, int]:
    """Returns the price of a stay of `length` nights for each arrival of a year, for the base persons."""
    first = date(year, 1, 1)
    query = pricing_pb.PriceCalendarRequest(
        listing_id=listing.id, arrivals=nights(first, date(year + 1, 1, 1)), nights=length
    )
    answer = await gateway_of(request).services.prices.PriceCalendar(query)
    return {first + timedelta(days=number): day.price for number, day in enumerate(answer.days)}


def _same(known: Mapping[str, Any], listing: catalog.Listing) -> dict[str, Any]:
    """What concerns one listing of all that its owner typed."""
    tariffs = [each for each in known["tariffs"] if listing.id in each.listing_ids]
    used = {row.season_id for tariff in tariffs for row in tariff.rows}
    mine = [each for each in known["supplements"] if not each.listing_ids or listing.id in each.listing_ids]
    rebates = [each for each in known["discounts"] if not each.listing_ids or listing.id in each.listing_ids]
    return {
        "tariffs": tariffs,
        "all_seasons": [season for season in known["seasons"] if season.id in used],
        "prices": [price for price in known["prices"] if price.listing_id == listing.id],
        "supplements": [(each, supplement_price(each)) for each in mine],
        "discounts": [
            (each, _(DISCOUNT_KINDS[str(int(each.kind))][1]) if str(int(each.kind)) in DISCOUNT_KINDS else "")
            for each in rebates
        ],
    }


async def _tried(request: Request, form: Form, listing: catalog.Listing) -> dict[str, Any]:
    """« Essayer un séjour »: what each formule answers."""
    if "du" not in request.query_params:
        return {"tried": None}
    stay, party = stay_of(form), party_of(form)
    if stay is None or not form.ok:
        return {"tried": None}
    if not party.adults:
        party = common.Party(adults=max(1, min(listing.base_persons or 2, listing.max_persons or 2)))
    query = pricing_pb.PriceStayRequest(
        listing_id=listing.id,
        nights=nights(*stay),
        party=party,
        supplements=[
            pricing.ChosenSupplement(code=code, quantity=count) for code, count in ask.supplements_of(form)
        ],
        promo_code=form.text(ask.PROMO, most=ask.MOST_PROMO),
    )
    answer = await gateway_of(request).services.prices.PriceStay(query)
    return {"tried": [tried_plan(each) for each in answer.plans], "stay": stay, "party": party}


def _form(request: Request, listing: catalog.Listing | None, year: int) -> Form:
    asked = request.query_params
    form = Form({name: asked.get(name, "") for name in ("adultes", "enfants", ask.PROMO)})
    for name in asked:
        if name.startswith(ask.SUPPLEMENT):
            form.set(name, asked[name])
    for name in ("du", "au"):
        try:
            form.set(name, day_in_address(asked.get(name, "")))
        except ValueError:
            form.set(name, asked.get(name, ""))
    form.set("hebergement", listing.code if listing else "")
    form.set("annee", year)
    return form


@router.get("/tarifs-vue")
async def show(request: Request, visitor: Owner) -> Response:
    """Shows the prices of one listing over a year."""
    listings = await owner_listings(request, visitor)
    code, year, now = request.query_params.get("hebergement"), year_asked(request, visitor), today(visitor)
    chosen = next((each for each in listings if each.code == code), listings[0] if listings else None)
    form = _form(request, chosen, year)
    context: dict[str, Any] = {
        "form": form,
        "chosen": chosen,
        "options": listing_options(listings),
        "years": [(str(y), str(y)) for y in range(now.year - 1, now.year + 3)],
        "year": year,
        "tried": None,
        "grids": [],
        "prices": [],
    }
    if chosen is not None:
        context |= await _of_listing(request, visitor, chosen, form)
    return page(request, "tariff_view.html", page="tariff_view", **context)


async def _of_listing(
    request: Request, visitor: Visitor, listing: catalog.Listing, form: Form
) -> dict[str, Any]:
    known, year = await all_of(request, visitor), int(form.value("annee"))
    own = _same(known, listing)
    seasons, length = own["all_seasons"], _length_asked(request, own["tariffs"])
    form.set("duree", length)
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    totals = await _totals(request, listing, year, length)
    sold = {each for tariff in own["tariffs"] for row in tariff.rows for each in row.packages}
    return {
        **own,
        "plans": {plan.id: plan.name for plan in known["plans"]},
        "grids": [grid_of(each, seasons) for each in own["tariffs"]],
        "months": year_of(year, seasons, prices=own["prices"], totals=totals, length=length),
        "any_price": any(total != NOT_SOLD for total in totals.values()),
        "length": package_name(length),
        "lengths": [(each, package_name(each)) for each in sorted({*_USUAL, *sold, length})],
        "seasons": [s for s in seasons if any(a < after and d > first for a, d in map(interval, s.periods))],
        "choices": choices_of(known["supplements"], listing.id, (), listing.max_persons or _MOST_PERSONS),
        **await _tried(request, form, listing),
    }


@router.get("/tarifs-vue/{code}.pdf")
async def show_paper(request: Request, visitor: Owner, code: str) -> Response:
    """Answers « Tarifs 2026 », one page, as it is now."""
    listing = await own_listing(request, visitor, code)
    if listing.owner_id != visitor.owner_id:
        raise HTTPException(404)
    query = rate_table_pb.GetRateTableRequest(
        listing_id=listing.id, year=year_asked(request, visitor), language=current_locale()
    )
    answer = await gateway_of(request).services.rate_tables.GetRateTable(query, timeout=DOCUMENT_SECONDS)
    headers = {"Content-Disposition": f'inline; filename="{answer.document.file_name}"'}
    return Response(answer.content, media_type="application/pdf", headers=headers)
