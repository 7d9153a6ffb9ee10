"""The guest's calendar: months as tables, each day with what an arrival on it costs; pure view logic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gateway.formats import euros, jour, mois
from gateway.i18n import gettext as _

SHOWN_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `state`: `bookable`, `free` (no arrival sold), `taken`, `closed`, `past`."""

    day: date
    state: str
    price: str
    label: str
    href: str
    chosen: bool

    @property
    def number(self) -> int:
        """Day of the month."""
        return self.day.day


@dataclass(frozen=True, slots=True)
class Month:
    """A month of weeks from Monday to Sunday; days of other months are None."""

    title: str
    weeks: tuple[tuple[Day | None, ...], ...]
    holds_chosen: bool
    cheapest: str


def _label(day: date, shown: str, state: str, price: str) -> str:
    words = {
        "bookable": _("arrivée possible, %(price)s") % {"price": price},
        "free": _("libre, pas d'arrivée pour cette durée"),
        "taken": _("pris"),
        "closed": _("fermé"),
        "past": _("passé"),
    }[state]
    return f"{shown} — {jour(day)}, {words}"


def _whole(amount: int) -> str:
    """« 740 € »: the cell is narrow, the exact price stands in its label and on the page of the stay."""
    return euros((amount + 50) // 100 * 100).replace(",00", "").replace(".00", "")


def draw(
    days: Sequence[Mapping[str, Any]],
    *,
    today: date,
    chosen: tuple[date, date] | None,
    address: Callable[[date], str],
) -> list[Month]:
    """Draws the months that the days (as `api.reading.calendar_days` gives them) fall in."""
    by_day = {date.fromisoformat(each["date"]): each for each in days}
    months: list[Month] = []
    if not by_day:
        return months
    first = min(by_day).replace(day=1)
    while first <= max(by_day):
        following = (first + timedelta(days=32)).replace(day=1)
        months.append(_month(first, following, by_day, today=today, chosen=chosen, address=address))
        first = following
    return months


def _month(
    first: date,
    following: date,
    by_day: Mapping[date, Mapping[str, Any]],
    *,
    today: date,
    chosen: tuple[date, date] | None,
    address: Callable[[date], str],
) -> Month:
    cells: list[Day | None] = [None] * first.weekday()
    cheapest: int | None = None
    for offset in range((following - first).days):
        day = first + timedelta(days=offset)
        known = by_day.get(day)
        state = _state(known, past=day < today)
        price = exact = ""
        if state == "bookable" and known:
            amount = int(known["price"]["amount"])
            price, exact = _whole(amount).strip("€\u00a0\u202f "), euros(amount)
            cheapest = amount if cheapest is None else min(cheapest, amount)
        shown = f"{day.day} {price}".strip()
        in_stay = bool(chosen and chosen[0] <= day < chosen[1])
        href = address(day) if state == "bookable" else ""
        cells.append(Day(day, state, price, _label(day, shown, state, exact), href, in_stay))
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))
    holds = any(each is not None and each.chosen for each in cells)
    return Month(mois(first), weeks, holds, _whole(cheapest) if cheapest is not None else "")


def _state(known: Mapping[str, Any] | None, *, past: bool) -> str:
    if past:
        return "past"
    if known is None:
        return "closed"
    if known["bookable"] and known["arrival_allowed"]:
        return "bookable"
    return str(known["state"])
