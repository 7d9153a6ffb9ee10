"""Price vectors: the price of one stay for every column, remembered for some stays; see `Vectors`."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tariff import Party
from tariff.vector import OfferTable, Priced, Stay, reckon

from availability.search.metrics import VECTORS

_MOST_BYTES = 96 * 1024 * 1024
_MOST = 256
_MOST_CHANGES = 4096
_FEW = 8
"""A stay asked for the first time is priced alone where it leaves less than one column of eight."""
_HITS, _PARTS, _MISSES = (VECTORS.labels(name) for name in ("hit", "part", "miss"))

Key = tuple[object, ...]
Columns = NDArray[np.int64]


@dataclass(slots=True)
class _Vector:
    priced: Priced
    generation: int
    """How many changes it has taken."""


class Vectors:
    """An LRU of whole vectors, independent of calendars; changed columns are priced again when asked."""

    def __init__(self, table: OfferTable) -> None:
        self._table = table
        self._known: OrderedDict[Key, _Vector] = OrderedDict()
        self._asked: OrderedDict[Key, None] = OrderedDict()
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

    def of(self, columns: Columns, stay: Stay, key: Key, end: int) -> Priced:
        """Prices of some of the columns `[0, end)`; `stay.today` is by column of all, or one for all."""
        if self._width != self._table.columns:
            self.clear()
            self._width = self._table.columns
        known = self._known.get(key)
        if known is None:
            if key not in self._asked and len(columns) * _FEW < end:
                self._asked[key] = None
                if len(self._asked) > 4 * _MOST:
                    self._asked.popitem(last=False)
                _PARTS.inc()
                return reckon(self._table, columns, _at(stay, columns))
            _MISSES.inc()
            known = self._whole(key, stay)
        else:
            _HITS.inc()
            self._known.move_to_end(key)
            self._refresh(known, stay)
        whole = known.priced
        return Priced(whole.total[columns], whole.accommodation[columns], whole.taxed[columns])

    def _whole(self, key: Key, stay: Stay) -> _Vector:
        columns = np.arange(self._width)
        known = _Vector(reckon(self._table, columns, stay), len(self._changes))
        self._known[key] = known
        most = max(4, min(_MOST, _MOST_BYTES // (12 * self._width)))
        while len(self._known) > most:
            self._known.popitem(last=False)
        return known

    def _refresh(self, known: _Vector, stay: Stay) -> None:
        if known.generation == len(self._changes):
            return
        stale = np.unique(np.array(self._changes[known.generation :]))
        new, whole = reckon(self._table, stale, _at(stay, stale)), known.priced
        whole.total[stale], whole.accommodation[stale] = new.total, new.accommodation
        whole.taxed[stale] = new.taxed
        known.generation = len(self._changes)


def _at(stay: Stay, columns: Columns) -> Stay:
    if isinstance(stay.today, int):
        return stay
    return Stay(stay.arrival, stay.nights, stay.party, stay.today[columns])


def key_of(stay: Stay, todays: tuple[int, ...]) -> Key:
    """What decides a vector: the stay, the party as prices see it, the booking days."""
    party: Party = stay.party
    return (stay.arrival, stay.nights, party.adults, party.oldest_first, todays)
