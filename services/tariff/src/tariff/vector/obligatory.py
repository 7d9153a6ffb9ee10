"""The obligatory supplements of a stay by entry of their table, remembered for some stays."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from tariff.vector.asked import Stay, half_up
from tariff.vector.layout import SUPPLEMENT, Array
from tariff.vector.programs import Programs

_REMEMBERED = 512
_MOST_ENTRIES = 1024
"""With more entries only those of the offers at hand are reckoned; what is kept stays below 5 MB."""
_FOLDED = 4
_FIRST_SLOT = 6


class Obligatory:
    """Amounts by entry: what is folded, and what has conditions."""

    def __init__(self, programs: Programs[tuple[object, ...]]) -> None:
        self._programs = programs
        self._known: OrderedDict[tuple[int, ...], Array] = OrderedDict()
        self._version = -1

    def amounts(self, numbers: Array, stay: Stay) -> Array:
        """int64 for offers with these entries."""
        size = self._programs.size
        if size > _MOST_ENTRIES:
            return _reckoned(self._programs.table[:, numbers], stay)
        if self._version != self._programs.version:
            self._known.clear()
            self._version = self._programs.version
        party = stay.party
        key = (stay.arrival, stay.nights, party.adults, len(party.children))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _reckoned(self._programs.table[:, :size], stay)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        by_offer: Array = found.take(numbers)
        return by_offer


def _reckoned(fields: Array, stay: Stay) -> Array:
    """`fields` as `OfferTable.supplements` has them, `[field, entry]`."""
    persons, nights = stay.party.persons, stay.nights
    times = np.array((1, nights, persons, persons * nights), np.int64)
    amount: Array = times @ fields[:_FOLDED]
    some = fields[5].nonzero()[0]
    if len(some):
        last = _FIRST_SLOT + SUPPLEMENT * int(fields[5].max())
        amount[some] += _conditional(fields[_FIRST_SLOT:last, some], fields[4, some], stay)
    return amount


def _conditional(fields: Array, base_persons: Array, stay: Stay) -> Array:
    party = stay.party
    extra = np.maximum(0, party.persons - base_persons)
    everybody = np.array([party.persons, party.adults, len(party.children), 0])
    found = np.zeros(len(extra), np.int64)
    departure = stay.arrival + stay.nights
    for first in range(0, len(fields), SUPPLEMENT):
        price, flags, who, since, until, short, long = fields[first : first + SUPPLEMENT]
        offered = (short <= stay.nights) & (stay.nights <= long)
        common = np.minimum(until, departure) - np.maximum(since, stay.arrival)
        by_night = (flags & 2) > 0
        offered &= np.where(by_night, common > 0, (since <= stay.arrival) & (stay.arrival < until))
        # Heating in summer: the usual case.
        if not offered.any():
            continue
        quantity = np.where(flags & 1, np.where(who == 3, extra, everybody[who]), 1)
        amount = price * quantity * np.where(by_night, common, 1)
        amount = np.where(flags & 4, half_up(np.maximum(amount, 0), 7), amount)
        found += np.where(offered, amount, 0)
    return found
