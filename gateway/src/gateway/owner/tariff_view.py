"""« Visualisation de mes tarifs »: read only, by season as guests see it, and as a year."""

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import mois
from gateway.forms import Form
from gateway.owner.bars import interval
from gateway.owner.common import listing_options, owner_listings, page, today
from gateway.owner.tariffs import all_of
from gateway.texts import package_name, weekdays
from gateway.visitor import Owner

router = APIRouter()


def season_of(day: date, seasons: Sequence[pricing.Season]) -> pricing.Season | None:
    """Returns the season to which a night belongs."""
    for season in seasons:
        if any(first <= day < after for first, after in map(interval, season.periods)):
            return season
    return None


def year_of(year: int, seasons: Sequence[pricing.Season]) -> list[dict[str, Any]]:
    """Returns twelve months of weeks; each day has its number and its season's colour and name."""
    months = []
    for number in range(1, 13):
        weeks = []
        for week in calendar.Calendar().monthdatescalendar(year, number):
            cells = []
            for day in week:
                season = season_of(day, seasons) if day.month == number else None
                shown = day.day if day.month == number else ""
                cells.append(
                    (shown, season.color or "s1" if season else "none", season.name if season else "")
                )
            weeks.append(cells)
        months.append({"label": mois(date(year, number, 1)), "weeks": weeks})
    return months


def grid_of(tariff: pricing.Tariff, seasons: Sequence[pricing.Season]) -> dict[str, Any]:
    """Returns a tariff as a table: lengths in columns, the seasons that have prices in rows."""
    names = {season.id: season for season in seasons}
    lengths = sorted({length for row in tariff.rows for length in row.packages})
    rows = [
        {
            "season": names[row.season_id],
            "cells": [row.packages.get(length) for length in lengths],
            "extra_night": row.extra_night or None,
            "extra_adult": row.extra_adult or None,
            "arrivals": weekdays(",".join(map(str, row.rules.arrival_days))),
            "min_nights": row.rules.min_nights,
        }
        for row in tariff.rows
        if row.season_id in names
    ]
    return {"tariff": tariff, "lengths": [package_name(length) for length in lengths], "rows": rows}


@router.get("/tarifs-vue")
async def show(request: Request, visitor: Owner) -> Response:
    """Shows the prices of one listing over a year."""
    listings = await owner_listings(request, visitor)
    known = await all_of(request, visitor)
    now = today(visitor)
    asked = request.query_params
    chosen = next(
        (each for each in listings if each.code == asked.get("hebergement")),
        listings[0] if listings else None,
    )
    text = asked.get("annee", "")
    year = int(text) if re.fullmatch(r"20[0-9]{2}", text) else now.year
    tariffs = [each for each in known["tariffs"] if chosen is not None and chosen.id in each.listing_ids]
    used = {row.season_id for tariff in tariffs for row in tariff.rows}
    seasons = [season for season in known["seasons"] if season.id in used]
    first, after = date(year, 1, 1), date(year + 1, 1, 1) - timedelta(days=0)
    this_year = [s for s in seasons if any(a < after and d > first for a, d in map(interval, s.periods))]
    context: dict[str, Any] = {
        "form": Form({"hebergement": chosen.code if chosen else "", "annee": str(year)}),
        "chosen": chosen,
        "options": listing_options(listings),
        "years": [(str(y), str(y)) for y in range(now.year - 1, now.year + 3)],
        "plans": {plan.id: plan.name for plan in known["plans"]},
        "year": year,
        "grids": [grid_of(each, seasons) for each in tariffs],
        "months": year_of(year, seasons),
        "seasons": this_year,
        "prices": [p for p in known["prices"] if chosen is not None and p.listing_id == chosen.id],
    }
    return page(request, "tariff_view.html", page="tariff_view", **context)
