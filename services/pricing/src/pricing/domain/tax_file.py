"""Tourist-tax rules from a CSV file, by our columns or those that a layout names; for `import_tax_rules`.

docs/tourist-tax.md explains the columns. A line gives one rule, or, with a layout of `wide` columns, one for
each category that has a value. A bad line is told with its number and a reason, and never stops the others.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from values import NightRange

from pricing.domain.errors import BadValue
from pricing.domain.taxes import CATEGORIES, UNCLASSIFIED, TaxRule, folded, whole_year

SPOKEN = {
    "palace": "palace", "5": "5", "4": "4", "3": "3", "2": "2", "1": "1",
    "5 etoiles": "5", "4 etoiles": "4", "3 etoiles": "3", "2 etoiles": "2", "1 etoile": "1",
    "guest_room": "guest_room", "chambre d'hotes": "guest_room", "chambres d'hotes": "guest_room",
    "unclassified": "unclassified", "non classe": "unclassified", "sans classement": "unclassified",
}  # fmt: skip
"""What a cell of `categorie` may say, folded."""
COLUMNS = (
    "insee", "commune", "categorie", "annee", "tarif", "taux", "plafond", "departementale", "regionale",
    "idfm", "lgv", "periodes", "perception_du", "perception_au", "arrondi", "source", "a_confirmer",
)  # fmt: skip
ADDITIONAL = {"departementale": "departmental", "regionale": "regional", "idfm": "idfm", "lgv": "lgv"}
MOST_NAME = 200
_INSEE = re.compile(r"([0-9]{5}|2[AB][0-9]{3})")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_YES = {"oui", "o", "1", "x", "true", "vrai", "yes"}
_NO = {"", "non", "n", "0", "false", "faux", "no"}

NewId = Callable[[], UUID]


class BadLine(ValueError):
    """A line that gives no rule: a stable reason, and what stood there; whoever shows it has the words."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = {name: str(value) for name, value in params.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where an official export has our columns: our column -> its header, and what all its lines mean."""

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    wide: Mapping[str, str] = field(default_factory=dict)
    """Header of a column of tariffs -> category."""
    categories: Mapping[str, str] = field(default_factory=dict)
    """What the export calls a category -> ours."""

    def check(self) -> None:
        """Names columns and categories of ours only."""
        for name in (*self.columns, *self.defaults):
            if name not in COLUMNS:
                raise BadValue(field="layout", why="unknown_column", name=name, columns=", ".join(COLUMNS))
        for name in (*self.wide.values(), *self.categories.values()):
            if name not in CATEGORIES:
                raise BadValue(field="layout", why="unknown_category", name=name)


@dataclass(frozen=True, slots=True)
class Read:
    """What a line gives: a rule, or why it gives none. A line may give several."""

    line: int
    commune: str
    rule: TaxRule | None = None
    problem: BadLine | None = None


def read_tax_file(content: bytes, layout: Layout, new_id: NewId, *, after_line: int = 0) -> Iterator[Read]:
    """The lines of a file after one, UTF-8 or Windows-1252, with `;`, `,` or tabs.

    Raises:
        BadValue: it lacks the columns; metadata `missing` and `there`.

    """
    text = _text(content)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        headers = {folded(name): name for name in rows.fieldnames or () if name}
        places = _places(headers, layout)
        for row in rows:
            if rows.line_num > after_line:
                yield from _line(rows.line_num, row, places, new_id)
    except csv.Error:
        raise BadValue(field="content", why="no_csv", line=rows.line_num) from None


def _text(content: bytes) -> str:
    content = content.replace(b"\x00", b"")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a file has what."""

    columns: Mapping[str, str]
    wide: Mapping[str, str]
    """Header of a column of tariffs -> category."""
    layout: Layout


def _places(headers: Mapping[str, str], layout: Layout) -> _Places:
    places = {name: headers.get(folded(layout.columns.get(name, name)), "") for name in COLUMNS}
    wide = {headers[folded(name)]: kind for name, kind in layout.wide.items() if folded(name) in headers}
    needed = ["insee", "annee", *([] if wide else ["categorie"])]
    missing = [name for name in needed if not places[name] and not layout.defaults.get(name)]
    if missing:
        there = ", ".join(headers.values())
        raise BadValue(field="content", why="no_column", missing=", ".join(missing), there=there[:300])
    return _Places(places, wide, layout)


def _line(number: int, row: Mapping[str, str | None], places: _Places, new_id: NewId) -> Iterator[Read]:
    cells = {name: (row.get(place) or "").strip() if place else "" for name, place in places.columns.items()}
    cells = {name: cell or places.layout.defaults.get(name, "") for name, cell in cells.items()}
    values = {kind: (row.get(header) or "").strip() for header, kind in places.wide.items()}
    if not any(cells[name] for name in ("insee", "commune")) and not any(values.values()):
        return
    try:
        rules = list(_rules(cells, values, places.layout, new_id))
    except BadLine as problem:
        yield Read(number, cells["commune"], problem=problem)
    else:
        yield from (Read(number, cells["commune"], rule) for rule in rules)


def _rules(
    cells: Mapping[str, str], wide: Mapping[str, str], layout: Layout, new_id: NewId
) -> Iterator[TaxRule]:
    if not wide:
        yield _rule(cells, _category(cells["categorie"], layout), new_id)
        return
    for category, value in wide.items():
        if value:
            name = "taux" if category == UNCLASSIFIED else "tarif"
            yield _rule({**cells, "tarif": "", "taux": "", name: value}, category, new_id)


def _rule(cells: Mapping[str, str], category: str, new_id: NewId) -> TaxRule:
    if not _INSEE.fullmatch(cells["insee"]):
        raise BadLine("INSEE", text=cells["insee"])
    if not re.fullmatch(r"(19|20)[0-9]{2}", cells["annee"]):
        raise BadLine("YEAR", text=cells["annee"])
    year = int(cells["annee"])
    tariff, rate = _hundredths(cells, "tarif"), _hundredths(cells, "taux")
    if bool(tariff) == bool(rate):
        raise BadLine("TARIFF_OR_RATE")
    if (category == UNCLASSIFIED) != bool(rate):
        raise BadLine("RATE_FOR_UNCLASSIFIED")
    return TaxRule(
        id=new_id(),
        insee=cells["insee"],
        commune=cells["commune"][:MOST_NAME],
        category=category,
        year=year,
        tariff=tariff,
        rate_basis_points=rate,
        cap=_hundredths(cells, "plafond") if rate else 0,
        additional={
            name: found for column, name in ADDITIONAL.items() if (found := _hundredths(cells, column))
        },
        collected=_periods(cells, year),
        round_each_step=_rounding(cells["arrondi"]),
        source=cells["source"][:MOST_NAME],
        to_confirm=_flag(cells["a_confirmer"]),
    )


def _category(text: str, layout: Layout) -> str:
    theirs = {folded(name): kind for name, kind in layout.categories.items()}
    found = theirs.get(folded(text)) or SPOKEN.get(folded(text))
    if found is None:
        raise BadLine("CATEGORY", text=text, known=", ".join(dict.fromkeys(SPOKEN.values())))
    return found


def _hundredths(cells: Mapping[str, str], name: str) -> int:
    """« 1,10 », « 4.4 % », « 0,70 € » in hundredths; an empty cell is 0."""
    plain = re.sub(r"[\s\u00a0\u202f€%]", "", cells[name]).replace(",", ".")
    if not plain:
        return 0
    if _NUMBER.fullmatch(plain):
        value = Decimal(plain) * 100
        if value < 10**9 and value == value.to_integral_value():
            return int(value)
    raise BadLine("NUMBER", column=name, text=cells[name])


def _periods(cells: Mapping[str, str], year: int) -> tuple[NightRange, ...]:
    """« 2026-04-01/2026-09-30 2026-12-19/2026-12-31 », or the columns of one period; last days included."""
    found = [_ends(each, year) for each in cells["periodes"].split()]
    if cells["perception_du"] or cells["perception_au"]:
        if found:
            raise BadLine("PERIODS_TWICE")
        whole = whole_year(year)
        first = _day(cells["perception_du"], year, "perception_du") or whole.arrival
        last = _day(cells["perception_au"], year, "perception_au") or date(year, 12, 31)
        found = [(first, last)]
    for number, (first, last) in enumerate(found):
        if last < first:
            raise BadLine("PERIOD_REVERSED", first=first, last=last)
        if number and first <= found[number - 1][1]:
            raise BadLine("PERIOD_OVERLAPS", first=first, last=last)
    return tuple(NightRange(first, last + timedelta(days=1)) for first, last in found)


def _ends(text: str, year: int) -> tuple[date, date]:
    """First and last day of « 2026-04-01/2026-09-30 » or « 01/04-30/09 »."""
    iso = re.fullmatch(r"([0-9-]+)/([0-9-]+)", text)
    french = re.fullmatch(r"([0-9]+/[0-9/]+)-([0-9]+/[0-9/]+)", text)
    parts = iso or french
    if parts is not None:
        first, last = _day(parts[1], year, "periodes"), _day(parts[2], year, "periodes")
        if first is not None and last is not None:
            return first, last
    raise BadLine("PERIOD", text=text, year=year)


def _day(text: str, year: int, column: str) -> date | None:
    """« 01/04 », « 01/04/2026 » or « 2026-04-01 » as a day of the rule's year."""
    if not text:
        return None
    french = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}))?", text)
    parts = (french[3] or year, french[2], french[1]) if french else tuple(text.split("-"))
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError, OverflowError):
        raise BadLine("DAY", column=column, text=text) from None
    if day.year != year:
        raise BadLine("DAY_OUTSIDE", column=column, text=text, year=year)
    return day


def _rounding(text: str) -> bool:
    if folded(text) not in {"", "etapes", "somme"}:
        raise BadLine("ROUNDING", text=text)
    return folded(text) != "somme"


def _flag(text: str) -> bool:
    if folded(text) not in _YES | _NO:
        raise BadLine("FLAG", text=text)
    return folded(text) in _YES
