"""One listing as a wall calendar by month, for phones; drawn by `templates/macros/planning.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.formats import mois
from gateway.planning import Action, Day, Placed, PlanningRow, day_of_planning, place


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday."""

    days: list[Day]
    outside: list[bool]
    """For each day, whether it belongs to a neighbouring month."""
    bars: list[Placed]
    spans: list[Placed]
    lanes: int


@dataclass(frozen=True, slots=True)
class Wall:
    """A month of one listing, ready to draw."""

    row: PlanningRow
    month: date
    label: str
    weeks: list[Week]
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """A line of « Ensuite »: an arrival, a departure, an option that ends."""

    day: date
    text: str
    icon: str
    href: str


def draw_wall(row: PlanningRow, *, month: date, today: date, actions: Sequence[Action] = ()) -> Wall:
    """Draws the weeks that contain the month of `month`."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday < after:
        days = [day_of_planning(monday + timedelta(days=index), today) for index in range(7)]
        bars = place(row.bars, monday, 7)
        lanes = max((bar.lane for bar in bars), default=1)
        outside = [not first <= each.day < after for each in days]
        weeks.append(Week(days, outside, bars, place(row.spans, monday, 7), lanes))
        monday += timedelta(days=7)
    return Wall(row, first, mois(first), weeks, actions)
