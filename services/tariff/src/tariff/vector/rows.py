"""Where the kinds of nights of all sheets stand, column after column; equal sheets share theirs."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from tariff.stay import Party
from tariff.vector.party import counts_of
from tariff.vector.sheet import ROW_FIELDS, Array, Pattern, VectorSheet

_PARTIES = 24
_STEP = 4096


@dataclass(slots=True)
class Kept:
    """A sheet in the store: where its kinds begin, how many offers use it, its stretches of nights."""

    base: int
    size: int
    users: int
    starts: Array
    kinds: Array
    arrivals: Array
    departures: Array
    """Weekdays by kind, as bits."""


class RowStore:
    """Columns by the names of `ROW_FIELDS`; row 0 is never sold. Rows of sheets without users are reused."""

    def __init__(self) -> None:
        self.size = 1
        self.columns = {name: _empty(kind, many, _STEP) for name, (kind, many) in ROW_FIELDS.items()}
        self.columns["share"][:, 0] = -1
        self.columns["long"][0, 0] = -1
        self._kept: dict[bytes, Kept] = {}
        self._free: dict[int, list[int]] = {}
        self._patterns: dict[Pattern, int] = {}
        self._parties: OrderedDict[tuple[int, tuple[int, ...]], Array] = OrderedDict()

    def hold(self, digest: bytes, sheet: VectorSheet) -> Kept:
        """Puts a sheet in, or finds its equal; each call needs one `release`."""
        kept = self._kept.get(digest)
        if kept is None:
            size = 0 if sheet.odd else len(sheet.rows["season"])
            base = self._room(size)
            rows = slice(base, base + size)
            if size:
                self._write(rows, sheet)
            weekdays = [sheet.rows[n] if size else np.zeros(0, np.uint8) for n in ("arrivals", "departures")]
            kept = Kept(base, size, 0, sheet.starts, sheet.kinds, *weekdays)
            self._kept[digest] = kept
        kept.users += 1
        return kept

    def release(self, digest: bytes) -> None:
        """Takes back one `hold`."""
        kept = self._kept[digest]
        kept.users -= 1
        if not kept.users:
            del self._kept[digest]
            self._free.setdefault(kept.size, []).append(kept.base)

    def extras(self, party: Party) -> Array:
        """int32 by row: what the party's extra persons pay a night, over 7; remembered for some parties."""
        key = (party.adults, party.oldest_first)
        found = self._parties.get(key)
        if found is None:
            found = self._reckoned(key, slice(0, len(self.columns["season"])))
            self._parties[key] = found
            if len(self._parties) > _PARTIES:
                self._parties.popitem(last=False)
        else:
            self._parties.move_to_end(key)
        return found

    def _reckoned(self, key: tuple[int, tuple[int, ...]], rows: slice) -> Array:
        counts = counts_of(Party(key[0], key[1]), tuple(self._patterns))
        if not counts.any():
            return np.zeros(rows.stop - rows.start, np.int32)
        pattern = self.columns["pattern"][rows]
        found: Array = np.zeros(len(pattern), np.int32)
        for prices, count in zip(self.columns["extra"], counts, strict=True):
            if count.any():
                found += prices[rows] * count[pattern]
        return found

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
            self._parties.clear()
        return base

    def _write(self, rows: slice, sheet: VectorSheet) -> None:
        for name, column in self.columns.items():
            column[..., rows] = sheet.rows[name]
        numbers = [self._patterns.setdefault(each, len(self._patterns)) for each in sheet.patterns]
        self.columns["pattern"][rows] = np.array(numbers, np.int32)[sheet.rows["pattern"]]
        for key, vector in self._parties.items():
            vector[rows] = self._reckoned(key, rows)


def _empty(kind: type, many: int, size: int) -> Array:
    return np.zeros((many, size) if many else size, kind)
