"""The discounts that a stay gets, by entry of the table of discounts; remembered for some stays.

A rate is over `10 000 * nights`, so that one on the second week alone is a rate like any other.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from tariff.vector.layout import DISCOUNT, DISCOUNTS, Array
from tariff.vector.programs import Programs

_REMEMBERED = 512
_MOST_ENTRIES = 1024
"""Beyond so many different discounts nothing is remembered; what is kept stays below 42 MB."""


class Rates:
    """Rates by entry: the best of the accommodation and of the whole, then the cumulative of each."""

    def __init__(self, programs: Programs[tuple[object, ...]]) -> None:
        self._programs = programs
        self._known: OrderedDict[tuple[int, int, int, int], Array] = OrderedDict()
        self._version = -1

    def of(self, arrival: int, nights: int, today: int, code: int) -> Array:
        """int64 `[2 + 2 slots, entries]` for a stay booked on a day (ordinals), `code` by its number."""
        if self._version != self._programs.version:
            self._known.clear()
            self._version = self._programs.version
        key = (arrival, nights, today, code)
        found = self._known.get(key)
        if found is None:
            found = self._reckoned(arrival, nights, today, code)
            if self._programs.size <= _MOST_ENTRIES:
                self._known[key] = found
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return found

    def _reckoned(self, arrival: int, nights: int, today: int, code: int) -> Array:
        size, ahead = self._programs.size, arrival - today
        rates: Array = np.zeros((2 + 2 * DISCOUNTS, size), np.int64)
        for number in range(DISCOUNTS):
            fields = self._programs.table[DISCOUNT * number : DISCOUNT * (number + 1), :size]
            rate, least, most, before, short, long, since, until, flags, typed = fields
            applies = (least <= ahead) & (ahead <= most) & (today < before)
            applies &= (short <= nights) & (nights <= long)
            applies &= (since <= arrival) & (arrival < until)
            applies &= (typed == 0) | (typed == code)
            rate = np.where(applies, rate * np.where(flags & 4, 7, nights), 0)
            whole, single = (flags & 1) == 0, (flags & 2) == 0
            np.maximum(rates[0], np.where(single & ~whole, rate, 0), out=rates[0])
            np.maximum(rates[1], np.where(single & whole, rate, 0), out=rates[1])
            rates[2 + number] = np.where(~single & ~whole, rate, 0)
            rates[2 + DISCOUNTS + number] = np.where(~single & whole, rate, 0)
        return rates
