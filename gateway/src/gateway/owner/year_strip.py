"""A year as a strip of weeks: which season each night belongs to, gaps and overlaps; pure."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte, mois_court
from gateway.i18n import gettext as _
from gateway.owner.bars import interval

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Periods:
    """Periods `[first, after)` with their seasons; `top` is drawn over the others, where it is given."""

    rows: Sequence[tuple[date, date, pricing.Season]]
    top: pricing.Season | None

    def on(self, day: date) -> list[pricing.Season]:
        """The seasons of a night, as often as they have it."""
        there = [season for first, after, season in self.rows if first <= day < after]
        if self.top is None:
            return there
        return [season for season in there if season is self.top] or there[:1]

    def is_between(self, day: date) -> bool:
        """Whether seasons that belong together lie before and behind a night."""
        return (
            self.top is None
            and any(first <= day for first, _after, _season in self.rows)
            and any(after > day for _first, after, _season in self.rows)
        )


def year_strip(year: int, seasons: Sequence[pricing.Season], *, top: bool = False) -> dict[str, Any]:
    """Returns the months of a year, each with its runs of nights, and what is wrong in words.

    A run has `kind` (a colour, `gap`, `overlap`, `none`), `days` and `words`; a gap lies between two seasons.
    `top`: no tariff has these seasons together, so the first is drawn over the others, and only what it does
    to itself is wrong.
    """
    rows = [(*interval(period), season) for season in seasons for period in season.periods]
    periods = _Periods(rows, seasons[0] if top else None)
    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        days = [first + timedelta(days=n) for n in range(calendar.monthrange(year, number)[1])]
        runs: list[dict[str, Any]] = []
        for day in days:
            kind, words = _kind(day, periods)
            if runs and runs[-1]["kind"] == kind and runs[-1]["words"] == words:
                runs[-1]["days"] += 1
            else:
                runs.append({"kind": kind, "words": words, "days": 1})
        months.append({"label": mois_court(first), "runs": runs, "days": len(days)})
    faults = _faults(year, periods)
    return {"year": year, "months": months, "seasons": list(seasons), "faults": faults, "top": top}


def _kind(day: date, periods: _Periods) -> tuple[str, str]:
    there = periods.on(day)
    if len(there) > 1:
        return "overlap", " + ".join(season.name for season in there)
    if there:
        return there[0].color or "s1", there[0].name
    return ("gap", _("aucune saison")) if periods.is_between(day) else ("none", "")


def _faults(year: int, periods: _Periods) -> list[str]:
    found: list[str] = []
    start: date | None = None
    seen = ("", "")
    day, end = date(year, 1, 1), date(year + 1, 1, 1)
    while day <= end:
        now = _kind(day, periods) if day < end else ("", "")
        if now != seen:
            if seen[0] in {"gap", "overlap"} and start is not None:
                found.append(_fault(seen[0], periods.on(start), start, day - _ONE))
            start, seen = day, now
        day += _ONE
    return found


def _fault(kind: str, there: Sequence[pricing.Season], first: date, last: date) -> str:
    span = {"first": date_courte(first), "last": date_courte(last)}
    if kind == "gap":
        return _("Du %(first)s au %(last)s : aucune saison, donc aucun prix.") % span
    names = list(dict.fromkeys(season.name for season in there))
    told = span | {"names": " + ".join(names), "count": str(len(names))}
    if len(names) == 1:
        return _("Du %(first)s au %(last)s : deux périodes de « %(names)s » à la fois.") % told
    if len(names) == 2:
        return _("Du %(first)s au %(last)s : deux saisons à la fois (%(names)s).") % told
    return _("Du %(first)s au %(last)s : %(count)s saisons à la fois (%(names)s).") % told
