"""Seasons: a name, a colour, dates; copied to the next year on the same weekdays."""

from datetime import date, timedelta

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.owner.availability import periods_of
from gateway.owner.bars import interval
from gateway.owner.common import (
    fail_from,
    form_key,
    nights,
    page,
)
from gateway.owner.tariff_words import COLOURS
from gateway.owner.tariffs import one_of, revision_of
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()


def _season_form(season: pricing.Season | None) -> Form:
    if season is None:
        return Form({"couleur": "s1"})
    form = Form({"nom": season.name, "couleur": season.color or "s1", "revision": season.revision})
    for number, each in enumerate(season.periods[:4], 1):
        suffix = "" if number == 1 else str(number)
        first, after = interval(each)
        form.set(f"du{suffix}", first)
        form.set(f"jusquau{suffix}", after - timedelta(days=1))
    return form


def next_year(day: date) -> date:
    """Returns the same weekday of the same week a year later: 364 days on."""
    return day + timedelta(days=364)


async def _show_season(
    request: Request, season: pricing.Season | None, form: Form, status: int = 200
) -> Response:
    return page(
        request, "season.html", status=status, page="tariffs", season=season, form=form, colours=COLOURS
    )


@router.get("/saisons/{key}")
async def show_season(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a season; `copier=1` proposes next year's dates, shifted to the same weekday."""
    season = await one_of(request, visitor, "seasons", key)
    form = _season_form(season)
    if season is not None and request.query_params.get("copier"):
        for number, each in enumerate(season.periods[:4], 1):
            suffix = "" if number == 1 else str(number)
            first, after = interval(each)
            form.set(f"du{suffix}", next_year(first))
            form.set(f"jusquau{suffix}", next_year(after) - timedelta(days=1))
        form.set(
            "nom",
            f"{season.name} {next_year(interval(season.periods[0])[0]).year}"
            if season.periods
            else season.name,
        )
        return await _show_season(request, None, form)
    return await _show_season(request, season, form)


@router.post("/saisons/{key}")
async def save_season(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a season."""
    form, season = await Form.read(request), await one_of(request, visitor, "seasons", key)
    new = pricing.Season(
        id=season.id if season else "",
        owner_id=visitor.owner_id,
        name=form.text("nom", required=True, most=60),
        color=form.choice("couleur", COLOURS),
        periods=[nights(*each) for each in sorted(periods_of(form))],
        revision=revision_of(form),
    )
    if season is not None and len(season.periods) > 4:
        new.periods.extend(season.periods[4:])
    if form.ok:
        query = pricing_pb.SaveSeasonRequest(request_id=form_key(form), season=new)
        try:
            await gateway_of(request).services.tariffs.SaveSeason(query)
        except RemoteError as error:
            fail_from(form, error, "du" if error.reason in {"PERIOD_REVERSED", "SEASONS_OVERLAP"} else "")
    if not form.ok:
        return await _show_season(request, season, form, 422)
    return await saved(request, "/tarifs")
