"""A year as a strip of weeks: which season each night belongs to, gaps and overlaps; pure."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte, mois_court
from gateway.i18n import gettext as _
from gateway.owner.bars import interval

_ONE = timedelta(days=1)


def year_strip(year: int, seasons: Sequence[pricing.Season]) -> dict[str, Any]:
    """Returns the months of a year, each with its runs of nights, and what is wrong in words.

    A run has `kind` (a colour, `gap`, `overlap`, `none`), `days` and `words`; a gap lies between two seasons.
    """
    periods = [(*interval(period), season) for season in seasons for period in season.periods]
    known = (min((p[0] for p in periods), default=None), max((p[1] for p in periods), default=None))
    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        days = [first + timedelta(days=n) for n in range(calendar.monthrange(year, number)[1])]
        runs: list[dict[str, Any]] = []
        for day in days:
            kind, words = _kind(day, periods, known)
            if runs and runs[-1]["kind"] == kind and runs[-1]["words"] == words:
                runs[-1]["days"] += 1
            else:
                runs.append({"kind": kind, "words": words, "days": 1})
        months.append({"label": mois_court(first), "runs": runs, "days": len(days)})
    return {"year": year, "months": months, "seasons": list(seasons), "faults": _faults(year, periods, known)}


def _kind(
    day: date, periods: Sequence[tuple[date, date, pricing.Season]], known: tuple[date | None, date | None]
) -> tuple[str, str]:
    there = [season for first, after, season in periods if first <= day < after]
    if len(there) > 1:
        return "overlap", " + ".join(season.name for season in there)
    if there:
        return there[0].color or "s1", there[0].name
    inside = known[0] is not None and known[1] is not None and known[0] <= day < known[1]
    return ("gap", _("aucune saison")) if inside else ("none", "")


def _faults(
    year: int,
    periods: Sequence[tuple[date, date, pricing.Season]],
    known: tuple[date | None, date | None],
) -> list[str]:
    found: list[str] = []
    start: date | None = None
    seen = ("", "")
    day, end = date(year, 1, 1), date(year + 1, 1, 1)
    while day <= end:
        now = _kind(day, periods, known) if day < end else ("", "")
        if now != seen:
            if seen[0] in {"gap", "overlap"} and start is not None:
                found.append(_fault(seen, start, day - _ONE))
            start, seen = day, now
        day += _ONE
    return found


def _fault(kind: tuple[str, str], first: date, last: date) -> str:
    span = {"first": date_courte(first), "last": date_courte(last), "names": kind[1]}
    if kind[0] == "gap":
        return _("Du %(first)s au %(last)s : aucune saison, donc aucun prix.") % span
    return _("Du %(first)s au %(last)s : deux saisons à la fois (%(names)s).") % span
