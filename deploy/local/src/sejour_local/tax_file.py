"""Tourist-tax tariffs from a CSV file, by our columns or those that a mapping names; for `sejour tax`.

docs/tourist-tax.md explains the columns. A line gives one rule, or, with a mapping of `wide` columns, one for
each category that has a value. A bad line is told with its number and never stops the others.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sejour.common.v1.common_pb2 import Nights
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from sejour_local.sentences import CannotStart

CATEGORIES = {
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
MOST_BYTES = 20 * 1024 * 1024
_INSEE = re.compile(r"([0-9]{5}|2[AB][0-9]{3})")
_YES = {"oui", "o", "1", "x", "true", "vrai", "yes"}
_NO = {"", "non", "n", "0", "false", "faux", "no"}
_ACCENTS = str.maketrans("àâäéèêëîïôöùûüç’", "aaaeeeeiioouuuc'")


class BadLine(ValueError):
    """A line that gives no rule; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where an official export has our columns: our column -> its header, and what all its lines mean."""

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    wide: Mapping[str, str] = field(default_factory=dict)
    """Header of a column of tariffs -> category."""
    categories: Mapping[str, str] = field(default_factory=dict)
    """What the export calls a category -> ours."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a line gives: rules with the commune's name, or why it gives none."""

    line: int
    commune: str
    rules: tuple[pricing.TaxRule, ...] = ()
    problem: str = ""


def read_mapping(path: Path) -> Layout:
    """A mapping file in YAML.

    Raises:
        CannotStart: it cannot be read, or names what is no column of ours.

    """
    try:
        found: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise CannotStart(f"{path} cannot be read as YAML: {error}.") from error
    parts = {"columns", "defaults", "wide", "categories"}
    if not isinstance(found, dict) or set(found) - parts:
        raise CannotStart(f"{path} may have {', '.join(sorted(parts))} only.")
    texts = {name: {str(k): str(v) for k, v in (found.get(name) or {}).items()} for name in parts}
    for name in (*texts["columns"], *texts["defaults"]):
        if name not in COLUMNS:
            raise CannotStart(f"{path}: « {name} » is no column; the columns are {', '.join(COLUMNS)}.")
    for name in (*texts["wide"].values(), *texts["categories"].values()):
        if name not in CATEGORIES.values():
            raise CannotStart(f"{path}: « {name} » is no category of ours.")
    return Layout(**texts)


def read_file(path: Path, mapping: Layout | None = None) -> list[Read]:
    """Every line of a file, UTF-8 or Windows-1252, with `;`, `,` or tabs.

    Raises:
        CannotStart: it cannot be read, or lacks the columns.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise CannotStart(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB: split it.")
    return list(_lines(path, _text(content), mapping or Layout()))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(path: Path, text: str, mapping: Layout) -> Iterator[Read]:
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    headers = {_folded(name): name for name in rows.fieldnames or () if name}
    places = {name: headers.get(_folded(mapping.columns.get(name, name)), "") for name in COLUMNS}
    wide = {headers[_folded(name)]: kind for name, kind in mapping.wide.items() if _folded(name) in headers}
    needed = ["insee", "annee", *([] if wide else ["categorie"])]
    missing = [name for name in needed if not places[name] and not mapping.defaults.get(name)]
    if missing:
        there = ", ".join(headers.values()) or "none"
        raise CannotStart(
            f"{path} has no column {', '.join(missing)}. Its columns are {there};"
            " docs/tourist-tax.md says how a mapping file names them."
        )
    for row in rows:
        cells = {name: (row.get(place) or "").strip() if place else "" for name, place in places.items()}
        cells = {name: cell or mapping.defaults.get(name, "") for name, cell in cells.items()}
        values = {kind: (row.get(header) or "").strip() for header, kind in wide.items()}
        if not any(cells[name] for name in ("insee", "commune")) and not any(values.values()):
            continue
        try:
            rules = tuple(_rules(cells, values, mapping))
        except BadLine as problem:
            yield Read(rows.line_num, cells["commune"], problem=str(problem))
        else:
            yield Read(rows.line_num, cells["commune"], rules)


def _rules(cells: Mapping[str, str], wide: Mapping[str, str], mapping: Layout) -> Iterator[pricing.TaxRule]:
    if not wide:
        yield _rule(cells, _category(cells["categorie"], mapping))
        return
    for category, value in wide.items():
        if value:
            name = "taux" if category == "unclassified" else "tarif"
            yield _rule({**cells, "tarif": "", "taux": "", name: value}, category)


def _rule(cells: Mapping[str, str], category: str) -> pricing.TaxRule:
    if not _INSEE.fullmatch(cells["insee"]):
        raise BadLine(f"insee « {cells['insee']} »: write the commune's five characters, such as 07028")
    year = cells["annee"]
    if not re.fullmatch(r"(19|20)[0-9]{2}", year):
        raise BadLine(f"annee « {year} »: write a year, such as 2026")
    tariff, rate = _hundredths(cells["tarif"], "tarif"), _hundredths(cells["taux"], "taux")
    if bool(tariff) == bool(rate):
        raise BadLine("give either tarif (euros a night) or taux (percent)")
    if (category == "unclassified") != bool(rate):
        raise BadLine("taux is for what is not classified, and what is not classified has a taux")
    return pricing.TaxRule(
        insee=cells["insee"],
        category=category,
        year=int(year),
        tariff=tariff,
        rate_basis_points=rate,
        cap=_hundredths(cells["plafond"], "plafond") if rate else 0,
        additional={
            name: percent
            for column, name in ADDITIONAL.items()
            if (percent := _hundredths(cells[column], column))
        },
        collected=_periods(cells, int(year)),
        round_each_step=_rounding(cells["arrondi"]),
        source=cells["source"][:200],
        to_confirm=_flag(cells["a_confirmer"], "a_confirmer"),
    )


def rule_of(cells: Mapping[str, str]) -> pricing.TaxRule:
    """One rule from cells by our columns.

    Raises:
        BadLine: a cell cannot be read.

    """
    return _rule(cells, _category(cells["categorie"], Layout()))


def _category(text: str, mapping: Layout) -> str:
    theirs = {_folded(name): kind for name, kind in mapping.categories.items()}
    found = theirs.get(_folded(text)) or CATEGORIES.get(_folded(text))
    if found is None:
        raise BadLine(f"categorie « {text} » is not known: write {', '.join(_names(CATEGORIES.values()))}")
    return found


def _names(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _hundredths(text: str, name: str) -> int:
    """« 1,10 », « 4.4 % », « 0,70 € » in hundredths; an empty cell is 0."""
    plain = re.sub(r"[\s\u00a0\u202f€%]", "", text).replace(",", ".")
    if not plain:
        return 0
    try:
        value = Decimal(plain) * 100
    except InvalidOperation:
        raise BadLine(f"{name} « {text} »: write a number, such as 1,10") from None
    if value < 0 or value != value.to_integral_value():
        raise BadLine(f"{name} « {text} »: write a number from 0 with two decimals at most")
    return int(value)


def _periods(cells: Mapping[str, str], year: int) -> list[Nights]:
    """« 2026-04-01/2026-09-30 2026-12-19/2026-12-31 », or the columns of one period; last days included."""
    found = [_ends(each, year) for each in cells["periodes"].split()]
    if cells["perception_du"] or cells["perception_au"]:
        if found:
            raise BadLine("give either periodes or perception_du and perception_au")
        first = _day(cells["perception_du"], year, "perception_du") or date(year, 1, 1)
        found = [(first, _day(cells["perception_au"], year, "perception_au") or date(year, 12, 31))]
    for (first, last), before in zip(found, [None, *found], strict=False):
        if last < first:
            raise BadLine(f"the period from {first} to {last} ends before it begins")
        if before is not None and first <= before[1]:
            raise BadLine(f"the period from {first} to {last} is not after the one before")
    return [Nights(arrival=str(first), departure=str(last + timedelta(days=1))) for first, last in found]


def _ends(text: str, year: int) -> tuple[date, date]:
    """First and last day of « 2026-04-01/2026-09-30 » or « 01/04-30/09 »."""
    iso = re.fullmatch(r"([0-9-]+)/([0-9-]+)", text)
    french = re.fullmatch(r"([0-9]+/[0-9/]+)-([0-9]+/[0-9/]+)", text)
    parts = iso or french
    if parts is not None:
        ends = (_day(parts[1], year, "periodes"), _day(parts[2], year, "periodes"))
        if ends[0] is not None and ends[1] is not None:
            return ends[0], ends[1]
    raise BadLine(f"periodes « {text} »: write {year}-04-01/{year}-09-30, one space between two periods")


def _day(text: str, year: int, name: str) -> date | None:
    """« 01/04 », « 01/04/2026 » or « 2026-04-01 » as a day of the rule's year."""
    if not text:
        return None
    french = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}))?", text)
    parts = (french[3] or year, french[2], french[1]) if french else tuple(text.split("-"))
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        raise BadLine(f"{name} « {text} »: write a day, such as 01/04") from None
    if day.year != year:
        raise BadLine(f"{name} « {text} » is not in {year}")
    return day


def _rounding(text: str) -> bool:
    folded = _folded(text)
    if folded not in {"", "etapes", "somme"}:
        raise BadLine(f"arrondi « {text} »: write etapes or somme")
    return folded != "somme"


def _flag(text: str, name: str) -> bool:
    folded = _folded(text)
    if folded not in _YES | _NO:
        raise BadLine(f"{name} « {text} »: write oui or non")
    return folded in _YES


def _folded(text: str) -> str:
    return " ".join(text.casefold().translate(_ACCENTS).split())
