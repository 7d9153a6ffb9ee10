"""Price vectors: the price of one stay for every column, remembered for some stays; see `Vectors`."""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tariff.vector import OfferTable, Priced, Sold, Stay, reckon, reckon_sold

from availability.search.bits import Row
from availability.search.metrics import VECTORS

_MOST_BYTES = 48 * 1024 * 1024
_MOST = 256
_MOST_CHANGES = 4096
_INSTEAD = 4
"""How many times as much must have been asked of a stay whose vector takes the place of another."""
_HITS, _PARTS, _MISSES = (VECTORS.labels(name) for name in ("hit", "part", "miss"))

Key = tuple[object, ...]
Columns = NDArray[np.int64]


@dataclass(slots=True)
class Vector:
    """Prices by column, and the row of the columns that are sold."""

    priced: Priced
    sold: Row
    generation: int
    """How many changes it has taken."""


class Vectors:
    """An LRU of whole vectors, independent of calendars; changed columns are priced again when asked."""

    def __init__(self, table: OfferTable) -> None:
        self._table = table
        self._known: OrderedDict[Key, Vector] = OrderedDict()
        self._asked: OrderedDict[Key, int] = OrderedDict()
        """How many columns were priced in parts, by stay."""
        self._changes: list[int] = []
        self._width = 0

    def changed(self, first: int, last: int) -> None:
        """The prices of the columns `[first, last)` are others."""
        if not self._known:
            return
        self._changes.extend(range(first, last))
        if len(self._changes) > _MOST_CHANGES:
            self.clear()

    def clear(self) -> None:
        """Forgets all vectors."""
        self._known.clear()
        self._changes.clear()

    def known(self, key: Key, stay: Stay) -> Vector | None:
        """The vector of a stay, where it is remembered."""
        if self._width != self._table.columns:
            self.clear()
            self._width = self._table.columns
        found = self._known.get(key)
        if found is not None:
            _HITS.inc()
            self._known.move_to_end(key)
            self._refresh(found, stay)
        return found

    def made(self, key: Key, stay: Stay, wanted: int, end: int) -> Vector | None:
        """A new vector, once its parts have cost as much; None while the wanted columns are priced alone.

        `end` columns make a whole one. A stay that few ask for, or for few places, is never priced whole; and
        one that would take another's place must be asked for more.
        """
        most = max(4, min(_MOST, _MOST_BYTES // (12 * max(1, self._width))))
        spent = self._asked.pop(key, 0) + wanted
        if spent < end * (1 if len(self._known) < most else _INSTEAD):
            self._asked[key] = spent
            if len(self._asked) > 4 * _MOST:
                self._asked.popitem(last=False)
            _PARTS.inc()
            return None
        _MISSES.inc()
        priced = reckon(self._table, np.arange(self._width), stay)
        found = Vector(priced, np.packbits(priced.total >= 0, bitorder="little"), len(self._changes))
        self._known[key] = found
        while len(self._known) > most:
            self._known.popitem(last=False)
        return found

    def part(self, columns: Columns, stay: Stay) -> Sold:
        """Prices of what some columns sell, not remembered."""
        return reckon_sold(self._table, columns, _at(stay, columns))

    def _refresh(self, known: Vector, stay: Stay) -> None:
        if known.generation == len(self._changes):
            return
        stale = np.unique(np.array(self._changes[known.generation :]))
        new, whole = reckon(self._table, stale, _at(stay, stale)), known.priced
        whole.total[stale], whole.accommodation[stale] = new.total, new.accommodation
        whole.taxed[stale] = new.taxed
        known.sold = np.packbits(whole.total >= 0, bitorder="little")
        known.generation = len(self._changes)


def _at(stay: Stay, columns: Columns) -> Stay:
    if isinstance(stay.today, int):
        return stay
    return replace(stay, today=stay.today[columns])


def key_of(stay: Stay, ages: tuple[int, ...], todays: tuple[int, ...]) -> Key:
    """What decides a vector: the stay, the party as prices see it, the booking days, the promotional code.

    `ages` are those of `RowStore.alike`.
    """
    return (stay.arrival, stay.nights, stay.party.adults, ages, todays, stay.code)
