"""One grid of a tariff as fields and back: prices by length, name and weekday; pure.

A tariff has a grid for the persons of its base, and may have others by number of persons. A cell is
`<part>.<season>`, or `p.<season>.<length>` for lengths; in another grid than the base's, `o<persons>.`
comes first. Called by `tariff_form`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.conflicts import first_fields, rename_fields
from gateway.formats import nuits, personnes
from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.tariff_words import short_euros
from gateway.texts import WEEKDAYS, package_name

Grid: TypeAlias = pricing.TariffRow | pricing.OccupancyPrices
Kind: TypeAlias = pricing.PackageKind.ValueType

LENGTHS = (1, 2, 3, 4, 7, 14)
"""The columns that every grid has; any other from 1 to 35 can be added."""
LONGEST = 35
NAMED: Mapping[str, Kind] = {
    "we": pricing.PACKAGE_KIND_WEEK_END,
    "mw": pricing.PACKAGE_KIND_MID_WEEK,
    "mo": pricing.PACKAGE_KIND_MONTH,
}
"""Columns beside the lengths, on their kind's own days."""
_KINDS: Mapping[str, Kind] = {str(int(kind)): kind for kind in NAMED.values()}
MOST_SPECIALS = 6
"""Columns on other days or lengths than their kind's."""
MOST_CENTS = 9_999_999
_NUMBERED = range(1, MOST_SPECIALS + 1)
DAYS = tuple(str(day) for day in range(1, 8))
_CELL = re.compile(r"(?:o[0-9]{1,2}\.)?p\.[0-9a-z-]{1,40}\.([1-9][0-9]?)")
_SPECIAL = re.compile(r"((?:o[0-9]{1,2}\.)?f|f[sjn])([1-9])((?:\.[0-9a-z-]{1,40})?)")
"""The fields of a column on other days or lengths: its cells, its definition."""
_NUMBERS = re.compile(r"[0-9]{1,2}(?:[ ,;/]+(?:(?:ou|et|or|and) )?[0-9]{1,2})*")


@dataclass(frozen=True, slots=True)
class Special:
    """A column for a named package; no days or nights: those of its kind. `part` is that of its cells."""

    part: str
    kind: Kind
    days: tuple[int, ...]
    nights: tuple[int, ...]

    def is_of(self, one: pricing.NamedPackage) -> bool:
        """Whether a package belongs in this column."""
        return (self.kind, self.days, self.nights) == _shape(one)


_USUAL = tuple(Special(part, kind, (), ()) for part, kind in NAMED.items())


def _shape(one: pricing.NamedPackage) -> tuple[Kind, tuple[int, ...], tuple[int, ...]]:
    return one.kind, tuple(sorted(one.arrival_days)), tuple(sorted(one.nights))


def prefix_of(persons: int) -> str:
    """Returns what the cells of a grid begin with; 0 is the base's."""
    return f"o{persons}." if persons else ""


# The columns


def lengths_of(tariff: pricing.Tariff, form: Form | None = None) -> list[int]:
    """Returns the columns of the grids: the usual lengths, the tariff's others, those added on the form."""
    typed = {int(found[1]) for name in form.values if (found := _CELL.fullmatch(name))} if form else set()
    added = {int(each) for each in form.values.get("colonne", []) if each.isdecimal()} if form else set()
    own = {length for grid in _grids(tariff) for length in grid.packages}
    return sorted(length for length in {*LENGTHS, *own, *typed, *added} if 1 <= length <= LONGEST)


def _grids(tariff: pricing.Tariff) -> Iterable[Grid]:
    for row in tariff.rows:
        yield row
        yield from row.occupancies


def persons_of(form: Form) -> list[int]:
    """Returns for how many persons the form has a grid of their own, rising."""
    typed = {int(each) for each in form.values.get("personnes", []) if each.isdecimal()}
    return sorted(number for number in typed if 1 <= number <= 99)


def named_of(tariff: pricing.Tariff) -> list[Special]:
    """Returns the named packages of a tariff, each shape once; `f<n>`: on other days or lengths."""
    shapes = sorted({_shape(one) for grid in _grids(tariff) for one in grid.named_packages})
    parts = {kind: part for part, kind in NAMED.items()}
    usual = [Special(parts[kind], kind, (), ()) for kind, days, lengths in shapes if not days and not lengths]
    others = [shape for shape in shapes if shape[1] or shape[2]]
    return [*usual, *(Special(f"f{number}", *shape) for number, shape in enumerate(others, 1))]


def set_specials(form: Form, tariff: pricing.Tariff) -> None:
    """Gives the form the definitions of the columns on other days or lengths: `fs<n>`, `fj<n>`, `fn<n>`."""
    others = [each for each in named_of(tariff) if each.part not in NAMED]
    for number, each in enumerate(others, 1):
        form.set(f"fs{number}", str(int(each.kind)))
        form.set(f"fj{number}", [str(day) for day in each.days])
        form.set(f"fn{number}", ", ".join(map(str, each.nights)))


def count_specials(form: Form) -> int:
    """Returns how many columns on other days or lengths the form shows: the typed, one more if asked."""
    typed = [n for n in range(1, MOST_SPECIALS + 1) if form.value(f"fs{n}")]
    added = form.value("action") == "forfait"
    return min(MOST_SPECIALS, max(typed, default=0) + added)


def specials_of(form: Form, *, shown: bool = False) -> list[Special]:
    """Reads the columns on other days or lengths; `shown` = only to draw them, nothing is refused."""
    reading = Form({}) if shown else form
    found: list[Special] = []
    for number in range(1, count_specials(form) + 1):
        kind = form.value(f"fs{number}")
        if not kind and not shown:
            continue
        if kind not in _KINDS:
            reading.fail(f"fs{number}", _("Choisissez une des réponses proposées."))
            kind = "1"
        days = tuple(int(day) for day in DAYS if form.has(f"fj{number}", day))
        special = Special(f"f{number}", _KINDS[kind], days, _nights(form, reading, number))
        _check_special(reading, number, special, found)
        found.append(special)
    return found


def _nights(form: Form, reading: Form, number: int) -> tuple[int, ...]:
    text = form.value(f"fn{number}").strip()
    typed = [int(each) for each in re.findall(r"[0-9]+", text)] if _NUMBERS.fullmatch(text) else []
    if text and (not typed or not all(1 <= each <= LONGEST for each in typed)):
        reading.fail(f"fn{number}", _("Indiquez des nombres de nuits de 1 à 35, par exemple « 2, 3 »."))
        return ()
    return tuple(sorted(set(typed)))


def _check_special(form: Form, number: int, special: Special, before: Sequence[Special]) -> None:
    if not special.days and not special.nights:
        form.fail(
            f"fn{number}",
            _("Indiquez d'autres jours ou d'autres durées ; sinon, la colonne existe déjà dans la grille."),
        )
    if any(
        (each.kind, each.days, each.nights) == (special.kind, special.days, special.nights) for each in before
    ):
        form.fail(f"fs{number}", _("Ce forfait est déjà dans la grille."))


def line_up(form: Form, now: Form) -> None:
    """Gives the columns on other days or lengths the numbers that the sheet has now, new ones the next free.

    Two tabs that each add a column both call it `f1`; and a column that goes moves those after it.
    """
    first = Form(dict(first_fields(form) or {}))
    theirs = {_defined(now, number): number for number in _NUMBERED if now.value(f"fs{number}")}
    # As it was shown first, for its person may have changed its days.
    mine = {
        number: _defined(first if first.value(f"fs{number}") else form, number)
        for number in _NUMBERED
        if form.value(f"fs{number}")
    }
    moved = {number: theirs[shape] for number, shape in mine.items() if shape in theirs}
    free = (number for number in _NUMBERED if number not in theirs.values())
    for number in mine:
        if number not in moved:
            # Where both together are too many, the person chooses between two of one number.
            moved[number] = next(free, number)
    rename_fields(form, lambda name: _numbered_anew(name, moved))


def _defined(form: Form, number: int) -> tuple[str, ...]:
    days = sorted(form.values.get(f"fj{number}", []))
    nights = sorted(re.findall(r"[0-9]+", form.value(f"fn{number}")), key=int)
    return (form.value(f"fs{number}"), ",".join(days), ",".join(nights))


def _numbered_anew(name: str, moved: Mapping[int, int]) -> str:
    found = _SPECIAL.fullmatch(name)
    if found is None or int(found[2]) not in moved:
        return name
    return f"{found[1]}{moved[int(found[2])]}{found[3]}"


# One grid


def fill(form: Form, prefix: str, season_id: str, grid: Grid, specials: Sequence[Special]) -> None:
    """Gives the cells of a season what a grid has."""
    for length, cents in grid.packages.items():
        form.set_money(f"{prefix}p.{season_id}.{length}", cents)
    for one in grid.named_packages:
        form.set_money(f"{prefix}{part_of(one, specials)}.{season_id}", one.price)
    for day, cents in grid.weekday_prices.items():
        form.set_money(f"{prefix}j{day}.{season_id}", cents)
    form.set_money(f"{prefix}n.{season_id}", grid.extra_night or None)


def part_of(one: pricing.NamedPackage, specials: Sequence[Special]) -> str:
    """Returns the column of a named package."""
    return next((each.part for each in (*_USUAL, *specials) if each.is_of(one)), "")


def read(
    form: Form, prefix: str, season_id: str, lengths: Sequence[int], specials: Sequence[Special]
) -> pricing.OccupancyPrices:
    """Reads the cells of a season; what cannot be taken is refused on its cell."""
    cells = {length: price(form, f"{prefix}p.{season_id}.{length}") for length in lengths}
    by_day = {int(day): price(form, f"{prefix}j{day}.{season_id}") for day in DAYS}
    named = [
        pricing.NamedPackage(kind=each.kind, price=cents, arrival_days=each.days, nights=each.nights)
        for each in (*_USUAL, *specials)
        if (cents := price(form, f"{prefix}{each.part}.{season_id}")) is not None
    ]
    return pricing.OccupancyPrices(
        packages={length: cents for length, cents in cells.items() if cents is not None},
        extra_night=positive(form, f"{prefix}n.{season_id}"),
        named_packages=named,
        weekday_prices={day: cents for day, cents in by_day.items() if cents is not None},
    )


def is_priced(grid: Grid) -> bool:
    """Whether a grid has any price."""
    return bool(grid.packages or grid.extra_night or grid.named_packages or grid.weekday_prices)


def price(form: Form, name: str) -> int | None:
    """Reads a price: empty is none; below zero or absurd is refused on its cell; 0 asks first."""
    cents = form.money(name, least=-MOST_CENTS * 10)
    if cents == 0 and not form.ticked("gratuit"):
        form.set("demande_gratuit", "1")
        form.fail(name, _("0 € : est-ce gratuit ? Videz la case si ce n'est pas vendu, ou confirmez."))
    _need_price(form, name, cents or 0)
    return cents


def positive(form: Form, name: str) -> int:
    """Reads a price of which 0 is none."""
    cents = form.money(name, least=-MOST_CENTS * 10) or 0
    _need_price(form, name, cents)
    return max(cents, 0)


def _need_price(form: Form, name: str, cents: int) -> None:
    if cents < 0:
        form.fail(name, _("Un prix ne peut pas être négatif."))
    elif cents > MOST_CENTS:
        most = short_euros(MOST_CENTS + 1)
        form.fail(name, _("Ce prix paraît trop haut : moins de %(most)s.") % {"most": most})


# Words


def kinds() -> list[tuple[str, str]]:
    """Returns the named packages as choices."""
    return [("1", _("Week-end")), ("2", _("Mid-week")), ("3", _("Mois"))]


def named_words(special: Special) -> str:
    """Returns the heading of a column of named packages, « Week-end (jeu., ven. ; 2 ou 3 nuits) »."""
    usual = {"we": N_("Week-end (ven. 2 nuits)"), "mw": N_("Mid-week (lun. 4 nuits)"), "mo": N_("Mois")}
    if special.part in usual:
        return _(usual[special.part])
    if not special.days and not special.nights:
        return _("Autre forfait %(n)s") % {"n": special.part.removeprefix("f")}
    name = dict(kinds())[str(int(special.kind))]
    days = ", ".join(_(WEEKDAYS[day - 1])[:3] + "." for day in special.days)
    nights = ""
    if special.nights:
        *others, last = special.nights
        joined = _("%(nights)s ou %(last)s") % {"nights": ", ".join(map(str, others)), "last": nuits(last)}
        nights = joined if others else nuits(last)
    return f"{name} ({' ; '.join(each for each in (days, nights) if each)})"


def columns_of(lengths: Sequence[int], specials: Sequence[Special]) -> list[tuple[str, str]]:
    """Returns the columns of a grid: the name of a cell with a place for the season, and the heading."""
    return [
        *((f"p.{{}}.{length}", package_name(length)) for length in lengths),
        *((f"{each.part}.{{}}", named_words(each)) for each in (*_USUAL, *specials)),
        ("n.{}", _("Nuit suppl.")),
    ]


def weekday_columns() -> list[tuple[str, str]]:
    """Returns the columns of the prices of a night by weekday."""
    return [(f"j{day}.{{}}", _(name)) for day, name in enumerate(WEEKDAYS, 1)]


def least_columns() -> list[tuple[str, str]]:
    """Returns the columns of the least nights by weekday of arrival."""
    return [(f"min{day}.{{}}", _(name)) for day, name in enumerate(WEEKDAYS, 1)]


def labels_of(persons: int, season: pricing.Season, columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns what each cell of a season is called: « Haute saison, 2 personnes, semaine »."""
    about = [season.name, personnes(persons)] if persons else [season.name]
    return {
        prefix_of(persons) + pattern.format(season.id): ", ".join([*about, words])
        for pattern, words in columns
    }
