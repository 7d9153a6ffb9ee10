"""Where the kinds of nights of all sheets stand, column after column; equal sheets share theirs."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from tariff.stay import Party
from tariff.vector.layout import NO_EXTRA, ROW_FIELDS, Array, Extra, Named, Occupied, Weekly
from tariff.vector.party import Extras
from tariff.vector.rules import NEVER
from tariff.vector.sheet import VectorSheet
from tariff.vector.tables import Numbers, Packages, offsets_of, packages_of, sums_of

_PARTIES = 256
_STEP = 4096


@dataclass(slots=True)
class Kept:
    """A sheet in the store: where its kinds begin, how many offers use it, its stretches of nights."""

    base: int
    size: int
    users: int
    nights: bytes
    """Days on which stretches begin (int32), their kinds (uint8), weekdays by kind as bits, first those of
    arrival, then those of departure: one string of bytes, for an array each would be mostly its head."""
    stretches: int

    @classmethod
    def of(cls, base: int, size: int, sheet: VectorSheet) -> Kept:
        """A sheet whose rows begin at `base`."""
        weekdays = [sheet.rows[name].tobytes() for name in ("arrivals", "departures")] if size else []
        nights = b"".join((sheet.starts.tobytes(), sheet.kinds.tobytes(), *weekdays))
        return cls(base, size, 0, nights, len(sheet.starts))

    @property
    def starts(self) -> Array:
        """int32: first day of each stretch."""
        return np.frombuffer(self.nights, np.int32, self.stretches)

    @property
    def kinds(self) -> Array:
        """uint8: the kind of each stretch."""
        return np.frombuffer(self.nights, np.uint8, self.stretches, 4 * self.stretches)

    @property
    def arrivals(self) -> Array:
        """uint8: the weekdays of arrival of each kind, as bits."""
        return np.frombuffer(self.nights, np.uint8, self.size, 5 * self.stretches)

    @property
    def departures(self) -> Array:
        """uint8: the weekdays of departure of each kind, as bits."""
        return np.frombuffer(self.nights, np.uint8, self.size, 5 * self.stretches + self.size)


class RowStore:
    """Columns by the names of `ROW_FIELDS`; row 0 is never sold. Rows of sheets without users are reused."""

    def __init__(self) -> None:
        self.size = 1
        self.columns = {name: _empty(kind, many, _STEP) for name, (kind, many) in ROW_FIELDS.items()}
        self.columns["share"][:, 0] = -1
        self.columns["long"][0, 0] = -1
        self.columns["rules"][0] = NEVER
        self.typed = False
        """Whether any sheet ever had a price typed on dates."""
        self._kept: dict[bytes, Kept] = {}
        self._free: dict[int, list[int]] = {}
        self._extras: dict[Extra, int] = {NO_EXTRA: 0}
        self._named = Numbers[Named, tuple[int, int], Packages]((), packages_of)
        self._weekly = Numbers[Weekly, None, Array]((), sums_of)
        self._occupied = Numbers[Occupied, int, Array]((), offsets_of)
        self._parties: OrderedDict[tuple[int, tuple[int, ...]], Array | None] = OrderedDict()
        self._persons = Extras(())

    def hold(self, digest: bytes, sheet: VectorSheet) -> Kept:
        """Puts a sheet in, or finds its equal; each call needs one `release`."""
        kept = self._kept.get(digest)
        if kept is None:
            size = 0 if sheet.odd else len(sheet.rows["season"])
            base = self._room(size)
            rows = slice(base, base + size)
            if size:
                self._write(rows, sheet)
            kept = self._kept[digest] = Kept.of(base, size, sheet)
        kept.users += 1
        return kept

    def release(self, digest: bytes) -> None:
        """Takes back one `hold`."""
        kept = self._kept[digest]
        kept.users -= 1
        if not kept.users:
            del self._kept[digest]
            self._free.setdefault(kept.size, []).append(kept.base)

    def extras(self, party: Party) -> Array | None:
        """int64 by number in `extra`: what the extra persons pay a night, over 7; None where nobody does."""
        persons = self._known_persons()
        key = (party.adults, persons.alike(party.oldest_first))
        if key not in self._parties:
            found = persons.of(party)
            self._parties[key] = found if found.any() else None
            if len(self._parties) > _PARTIES:
                self._parties.popitem(last=False)
        return self._parties[key]

    def alike(self, ages: tuple[int, ...]) -> tuple[int, ...]:
        """Ages that pay the same everywhere: two parties of alike ages have the same prices."""
        return self._known_persons().alike(ages)

    def _known_persons(self) -> Extras:
        if len(self._persons) != len(self._extras):
            self._parties.clear()
            self._persons = Extras(tuple(self._extras))
        return self._persons

    def packages(self, arrival: int, nights: int) -> Packages | None:
        """By number in `named`: the packages that fit a stay; None where none does."""
        return self._named.of(((arrival - 1) % 7, nights))

    def weekly_sums(self) -> Array | None:
        """By number in `weekly`; see `tables.sums_of`."""
        return self._weekly.of(None)

    def offsets(self, persons: int) -> Array | None:
        """By number in `occupied`: how far the row for so many persons is; None where all stay."""
        return self._occupied.of(persons)

    def _room(self, size: int) -> int:
        free = self._free.get(size)
        if free:
            return free.pop()
        base = self.size
        self.size += size
        have = len(self.columns["season"])
        if self.size > have:
            more = max(self.size, have + max(_STEP, have // 8))
            for name, (kind, many) in ROW_FIELDS.items():
                grown = _empty(kind, many, more)
                grown[..., :have] = self.columns[name]
                self.columns[name] = grown
        return base

    def _write(self, rows: slice, sheet: VectorSheet) -> None:
        for name, column in self.columns.items():
            column[..., rows] = sheet.rows[name]
        self.typed |= bool(sheet.rows["typed"].any())
        numbers = [self._extras.setdefault(each, len(self._extras)) for each in sheet.extras]
        self.columns["extra"][rows] = np.array(numbers, np.int32)[sheet.rows["extra"]]
        tables: dict[str, Numbers[Any, Any, Any]] = {
            "named": self._named,
            "weekly": self._weekly,
            "occupied": self._occupied,
        }
        for name, table in tables.items():
            own = np.array([table.number(each) for each in sheet.shared[name]], np.int32)
            self.columns[name][rows] = own[sheet.rows[name]]


def _empty(kind: type, many: int, size: int) -> Array:
    return np.zeros((many, size) if many else size, kind)
