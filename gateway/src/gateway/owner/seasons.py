"""Seasons: a name, a colour, dates; copied to the next year on the same weekdays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import origin_of
from gateway.formats import date_courte, du_au_court
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.bars import Interval, interval
from gateway.owner.common import fail_from, form_key, nights, owner_listings, page
from gateway.owner.saving import NOTHING, Held, Sheet, effect_part, is_part, save_when_seen, two_versions
from gateway.owner.tariff_words import COLOURS
from gateway.owner.tariffs import all_of, one_of, one_to_save
from gateway.owner.year_strip import year_strip
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()
FEWEST_PERIODS, MOST_PERIODS = 4, 24


def _suffix(number: int) -> str:
    return "" if number == 1 else str(number)


def season_form(season: pricing.Season | None) -> Form:
    """Returns the form of a season; each period is `du<n>` and `jusquau<n>`, the last night included."""
    if season is None:
        return Form({"couleur": "s1"})
    form = Form({"nom": season.name, "couleur": season.color or "s1", "revision": season.revision})
    for number, each in enumerate(season.periods[:MOST_PERIODS], 1):
        first, after = interval(each)
        form.set(f"du{_suffix(number)}", first)
        form.set(f"jusquau{_suffix(number)}", after - timedelta(days=1))
    return form


def next_year(day: date) -> date:
    """Returns the same weekday of the same week a year later: 364 days on."""
    return day + timedelta(days=364)


def count_of(form: Form) -> int:
    """Returns how many periods the form shows: those filled and one more, at least four."""
    filled = [n for n in range(1, MOST_PERIODS + 1) if form.value(f"du{_suffix(n)}").strip()]
    return min(MOST_PERIODS, max(FEWEST_PERIODS, max(filled, default=0) + 1))


def season_periods(form: Form) -> list[Interval]:
    """Reads the periods; one that is reversed, or shares nights with another, is refused on its field."""
    found: list[tuple[date, date, int]] = []
    for number in range(1, MOST_PERIODS + 1):
        first_name, last_name = f"du{_suffix(number)}", f"jusquau{_suffix(number)}"
        typed = bool(form.value(first_name).strip() or form.value(last_name).strip())
        first = form.day(first_name, required=typed or number == 1)
        last = form.day(last_name, required=typed or number == 1)
        if first is None or last is None:
            continue
        if last < first:
            values = {"first": date_courte(first), "last": date_courte(last)}
            text = _("La dernière nuit (%(last)s) est avant la première (%(first)s). Corrigez.")
            form.fail(last_name, text % values)
            continue
        found.append((first, last + timedelta(days=1), number))
    found.sort()
    for (start, after, _before), (other, _end, number) in pairwise(found):
        if other < after:
            # In nights, as they were typed.
            span = du_au_court(start, after - timedelta(days=1))
            text = _("Cette période recouvre celle %(span)s de la même saison.")
            form.fail(f"du{_suffix(number)}", text % {"span": span})
    return [(start, after) for start, after, _number in found]


def _overlap_field(form: Form, day: str) -> str:
    """The field of the period that holds a night, else the first."""
    for number in range(1, MOST_PERIODS + 1):
        name = f"du{_suffix(number)}"
        first, last = form.day(name), form.day(f"jusquau{_suffix(number)}")
        if first and last and day and first <= date.fromisoformat(day) <= last:
            return name
    return "du"


@dataclass(frozen=True, slots=True)
class _Season:
    """What a season's page needs: the season, and everything typed beside it."""

    season: pricing.Season | None
    known: dict[str, Any]
    year: int


def _free_colour(seasons: Sequence[pricing.Season]) -> str:
    """The first colour that no season has; where all are taken, the first."""
    taken = {each.color for each in seasons}
    return next((each for each in COLOURS if each not in taken), COLOURS[0])


def _nights_of(season: pricing.Season) -> int:
    return sum((after - first).days for first, after in map(interval, season.periods))


def _labels() -> dict[str, str]:
    found = {"nom": _("Nom de la saison"), "couleur": _("Couleur")}
    for number in range(1, MOST_PERIODS + 1):
        found[f"du{_suffix(number)}"] = _("Période %(n)s, première nuit") % {"n": number}
        found[f"jusquau{_suffix(number)}"] = _("Période %(n)s, dernière nuit") % {"n": number}
    return found


def _strip(form: Form, about: _Season) -> dict[str, Any]:
    """The year with the season as typed among those of the tariffs that use it; over all where none does."""
    typed = Form({name: values for name, values in form.values.items() if name != "revision"})
    periods = [nights(*each) for each in season_periods(typed)]
    own = pricing.Season(id=about.season.id if about.season else "", color=form.value("couleur") or "s1")
    own.name = form.value("nom").strip() or _("Cette saison")
    own.periods.extend(periods)
    others = [each for each in about.known["seasons"] if not own.id or each.id != own.id]
    mates = {
        row.season_id
        for tariff in about.known["tariffs"]
        if own.id in {row.season_id for row in tariff.rows}
        for row in tariff.rows
    }
    # Of many that no tariff has together the shorter is seen over the longer.
    shown = [each for each in others if each.id in mates] if mates else sorted(others, key=_nights_of)
    year = int(periods[0].arrival[:4]) if periods else about.year
    return year_strip(year, [own, *shown], top=not mates)


def _show(
    request: Request, about: _Season, form: Form, held: Held = NOTHING, *, copied: bool = False
) -> Response:
    context = {
        "season": None if copied else about.season,
        "form": form,
        "colours": COLOURS,
        "numbers": list(range(2, count_of(form) + 1)),
        "labels": _labels(),
        "strip": _strip(form, _Season(None if copied else about.season, about.known, about.year)),
        "origin_of": origin_of,
        **held.context(),
    }
    return page(request, "season.html", status=held.status(form), page="tariffs", **context)


@router.get("/saisons/{key}")
async def show_season(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a season; `copier=1` proposes a new one with next year's dates, shifted to the same weekday.

    `copier=ajouter` proposes them as more periods of the same season, so at its prices.
    """
    season = await one_of(request, visitor, "seasons", key)
    about = _Season(season, await all_of(request, visitor), visitor.now.year)
    asked = request.query_params.get("copier")
    if season is None:
        form = season_form(None)
        form.set("couleur", _free_colour(about.known["seasons"]))
        return _show(request, about, form)
    if not asked:
        return _show(request, about, season_form(season))
    copy = pricing.Season()
    copy.CopyFrom(season)
    shifted = [nights(*map(next_year, interval(each))) for each in season.periods]
    if asked == "ajouter":
        last = max((each.arrival[:4] for each in season.periods), default="")
        periods = [each for each, old in zip(shifted, season.periods, strict=True) if old.arrival[:4] == last]
        copy.periods.extend(periods[: MOST_PERIODS - len(season.periods)])
        return _show(request, about, season_form(copy))
    del copy.periods[:]
    copy.periods.extend(shifted)
    if copy.periods:
        copy.name = f"{season.name} {copy.periods[0].arrival[:4]}"
    form = season_form(copy)
    form.set("revision", None)
    return _show(request, about, form, copied=True)


@router.post("/saisons/{key}")
async def save_season(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a season once its effect was read; two versions are shown side by side."""
    form = await Form.read(request)
    season, is_gone = await one_to_save(request, visitor, "seasons", key, form)
    about = _Season(season, await all_of(request, visitor), visitor.now.year)
    sheet = Sheet(season_form(season) if season else None, _labels(), {"couleur": _colour_names()})
    meeting = await two_versions(request, form, sheet)
    new = pricing.Season(
        id=season.id if season else "",
        owner_id=visitor.owner_id,
        name=form.text("nom", required=True, most=60),
        color=form.choice("couleur", COLOURS),
        periods=[nights(*each) for each in sorted(season_periods(form))],
        revision=form.revision(),
    )

    async def save() -> None:
        query = pricing_pb.SaveSeasonRequest(request_id=form_key(form), season=new)
        await gateway_of(request).services.tariffs.SaveSeason(query)

    def fail(error: RemoteError) -> None:
        field = "du" if error.reason in {"PERIOD_REVERSED", "SEASONS_OVERLAP"} else ""
        if error.reason == "SEASONS_OVERLAP":
            field = _overlap_field(form, error.metadata.get("from", ""))
        fail_from(form, error, field)

    effect = None
    if form.ok and meeting is None and not is_gone:
        codes = {each.id: each.code for each in await owner_listings(request, visitor)}
        effect = await save_when_seen(request, form, codes, save, fail, season=new)
    held = Held(meeting, effect, is_gone)
    if is_part(request):
        return effect_part(request, held)
    if held != NOTHING or not form.ok:
        return _show(request, about, form, held)
    return await saved(request, "/tarifs")


def _colour_names() -> dict[str, str]:
    return {colour: _("couleur %(n)s") % {"n": number} for number, colour in enumerate(COLOURS, 1)}
