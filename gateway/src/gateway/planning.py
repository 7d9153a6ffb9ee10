"""The planning as a view model: which half days each bar covers; drawn by `templates/macros/planning.html`.

Each row is a grid of half days: the morning of day `i` (from 0) begins at line `2i + 1`, its noon is line
`2i + 2`. Nights `[arrival, departure)` go from noon to noon, so a Saturday of turnover shows two bars.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from gateway.formats import du_au, jour, lettre, mois, mois_court
from gateway.holidays import public_holiday
from gateway.i18n import gettext as _

MOST_DAYS = 124


class BarKind(StrEnum):
    """What takes the nights of a bar; also the class that draws it."""

    BOOKING = "booking"
    OPTION = "option"
    BLOCK = "block"
    FEED = "feed"


ICONS = {
    BarKind.BOOKING: "check-circle",
    BarKind.OPTION: "hourglass",
    BarKind.BLOCK: "block",
    BarKind.FEED: "calendar-sync",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Nights `[arrival, departure)` taken on one listing."""

    kind: BarKind
    arrival: date
    departure: date
    label: str
    """First line without its number: « Pré-réservation »."""
    detail: str = ""
    """Second line: « Dupond, 4 pers. », the reason of a block, the channel of a feed."""
    number: str = ""
    """The file's number; alone on a bar too short for words."""
    star: bool = False
    """Whether the file waits for an action of the owner."""
    clash: bool = False
    href: str = ""
    ends: str = ""
    """When an option ends: « 08/03/2026 à 23 h 59 »."""

    @property
    def title(self) -> str:
        """« Pré-réservation* n° 3 »: the star waits for an action of the owner."""
        starred = self.label + ("*" if self.star else "")
        return (
            _("%(label)s n° %(number)s") % {"label": starred, "number": self.number}
            if self.number
            else starred
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Nights `[arrival, departure)` in a state that is no bar: closed, or open without a price."""

    kind: str
    arrival: date
    departure: date


@dataclass(frozen=True, slots=True)
class PlanningRow:
    """One listing with what takes its nights."""

    code: str
    title: str
    href: str
    add_href: str
    bars: Sequence[Bar] = ()
    spans: Sequence[Span] = ()
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What may be done with chosen nights; `href` gets `hebergement`, `du` (arrival) and `au` (departure)."""

    label: str
    href: str
    icon: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A bar or span on the grid: from line `start` to line `end` (the first line is 1), in a lane from 1."""

    item: Bar | Span
    start: int
    end: int
    lane: int
    cut_left: bool
    cut_right: bool

    @property
    def classes(self) -> str:
        """The classes that place it."""
        cuts = (" cut-l" if self.cut_left else "") + (" cut-r" if self.cut_right else "")
        return f"s-{self.start} e-{self.end} l-{self.lane}{cuts}"


@dataclass(frozen=True, slots=True)
class Day:
    """One column."""

    day: date
    letter: str
    words: str
    weekend: bool
    today: bool
    holiday: str
    first_of_month: bool

    @property
    def classes(self) -> str:
        """The classes of its head."""
        flags = {
            "we": self.weekend,
            "today": self.today,
            "off": bool(self.holiday),
            "first": self.first_of_month,
        }
        return " ".join(["day", *(name for name, on in flags.items() if on)])


@dataclass(frozen=True, slots=True)
class Month:
    """A run of columns of one month."""

    label: str
    columns: int

    @property
    def tight(self) -> bool:
        """Whether the label must be set small, on two lines."""
        return self.columns < 4


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row ready to draw."""

    row: PlanningRow
    bars: list[Placed]
    spans: list[Placed]
    lanes: int


@dataclass(frozen=True, slots=True)
class Planning:
    """The whole table ready to draw."""

    first: date
    days: list[Day]
    months: list[Month]
    rows: list[DrawnRow]
    actions: Sequence[Action] = ()
    today_index: int | None = None
    month_lines: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.days)

    @property
    def offset(self) -> int:
        """Days since the Saturday before the first column: where the weekend's tint begins."""
        return (self.first.weekday() - 5) % 7


def place(items: Iterable[Bar | Span], first: date, days: int) -> list[Placed]:
    """Places items on the half days of `[first, first + days)`; what overlaps goes to a further lane.

    An item outside the window is left out; one that crosses its edge is cut there.
    """
    placed: list[Placed] = []
    lanes: list[int] = []
    for item in sorted(items, key=lambda each: (each.arrival, each.departure)):
        start, end = 2 * (item.arrival - first).days + 2, 2 * (item.departure - first).days + 2
        shown_start, shown_end = max(1, start), min(2 * days + 1, end)
        if shown_start >= shown_end:
            continue
        lane = next((number for number, free in enumerate(lanes) if free <= start), len(lanes))
        lanes[lane : lane + 1] = [end]
        placed.append(Placed(item, shown_start, shown_end, lane + 1, start < 1, end > 2 * days + 1))
    return placed


def months_of(first: date, days: int) -> list[Month]:
    """Returns the runs of months: « Déc. 2010 » over one column, « Janvier 2011 » over many."""
    runs: list[tuple[date, int]] = []
    for index in range(days):
        day = first + timedelta(days=index)
        if runs and (runs[-1][0].year, runs[-1][0].month) == (day.year, day.month):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return [Month(mois(day) if count >= 4 else mois_court(day), count) for day, count in runs]


def day_of_planning(day: date, today: date) -> Day:
    """Describes one column or one cell of the wall calendar."""
    holiday = public_holiday(day)
    words = jour(day) + (f" ({holiday})" if holiday else "")
    return Day(day, lettre(day), words, day.weekday() >= 5, day == today, holiday, day.day == 1)


def first_day_of(month: date) -> date:
    """Returns the first column of a month's view: the day before the 1st."""
    return month.replace(day=1) - timedelta(days=1)


def draw(
    rows: Sequence[PlanningRow], *, first: date, days: int, today: date, actions: Sequence[Action] = ()
) -> Planning:
    """Draws the planning of `days` columns (1 to 124) beginning with `first`."""
    days = max(1, min(MOST_DAYS, days))
    columns = [day_of_planning(first + timedelta(days=index), today) for index in range(days)]
    drawn = []
    for row in rows:
        bars = place(row.bars, first, days)
        lanes = max((bar.lane for bar in bars), default=1)
        drawn.append(DrawnRow(row, bars, [_flat(span) for span in place(row.spans, first, days)], lanes))
    index = (today - first).days
    return Planning(
        first=first,
        days=columns,
        months=months_of(first, days),
        rows=drawn,
        actions=actions,
        today_index=index if 0 <= index < days else None,
        month_lines=[number for number, column in enumerate(columns) if column.first_of_month and number],
    )


def _flat(placed: Placed) -> Placed:
    return Placed(placed.item, placed.start, placed.end, 1, placed.cut_left, placed.cut_right)


def words_of(item: Bar | Span) -> str:
    """Returns what a bar or span says to a screen reader, beginning with what is visible."""
    if isinstance(item, Span):
        what = _("fermé") if item.kind == "closed" else _("ouvert sans prix")
        return f"{what} {du_au(item.arrival, item.departure)}"
    parts = [item.title, item.detail, du_au(item.arrival, item.departure)]
    if item.ends:
        parts.append(_("finit le %(moment)s") % {"moment": item.ends})
    if item.star:
        parts.append(_("attend une action de votre part"))
    if item.clash:
        parts.append(_("conflit : ces nuits sont prises deux fois"))
    return ", ".join(part for part in parts if part)
