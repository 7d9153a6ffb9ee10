"""The discounts that a stay gets, by entry of the table of discounts; remembered for some stays.

A rate is over `10 000 * nights`, so that one on the second week alone is a rate like any other.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from tariff.vector.layout import DISCOUNT, DISCOUNTS, Array
from tariff.vector.programs import Programs

_REMEMBERED = 512
_MOST_ENTRIES = 1024
"""Beyond so many different discounts nothing is remembered; what is kept stays below 42 MB."""


class Given(NamedTuple):
    """What a stay gets. `some`: which entries have a rate at all; None where no entry has."""

    rates: Array
    """int64 `[2 + 2 slots, entries]`: best of accommodation, of the whole, then the cumulative of each."""
    some: Array | None
    has_alone: bool
    """Whether any entry has a rate on the accommodation alone; most have one on the whole."""


class Rates:
    """Rates by entry."""

    def __init__(self, programs: Programs[tuple[object, ...]]) -> None:
        self._programs = programs
        self._known: OrderedDict[tuple[int, int, int, int], Given] = OrderedDict()
        self._version = -1

    def of(self, arrival: int, nights: int, today: int, code: int) -> Given:
        """For a stay booked on a day (ordinals), `code` by its number."""
        if self._version != self._programs.version:
            self._known.clear()
            self._version = self._programs.version
        key = (arrival, nights, today, code)
        found = self._known.get(key)
        if found is None:
            rates = self._reckoned(arrival, nights, today, code)
            some: Array = np.asarray(rates.any(axis=0))
            found = Given(rates, some if some.any() else None, has_alone=bool(rates[0].any()))
            if self._programs.size <= _MOST_ENTRIES:
                self._known[key] = found
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return found

    def _reckoned(self, arrival: int, nights: int, today: int, code: int) -> Array:
        size, ahead = self._programs.size, arrival - today
        slots = self._programs.table[:, :size].reshape(DISCOUNTS, DISCOUNT, size)
        # Each is `[slot, entry]`.
        rate, least, most, before, short, long, since, until, flags, typed = slots.transpose(1, 0, 2)
        applies = (least <= ahead) & (ahead <= most) & (today < before)
        applies &= (short <= nights) & (nights <= long)
        applies &= (since <= arrival) & (arrival < until)
        applies &= (typed == 0) | (typed == code)
        rate = np.where(applies, rate * np.where(flags & 4, 7, nights), 0)
        alone, added = (flags & 1) > 0, (flags & 2) > 0
        rates: Array = np.empty((2 + 2 * DISCOUNTS, size), np.int64)
        rates[0] = np.where(alone & ~added, rate, 0).max(axis=0)
        rates[1] = np.where(~alone & ~added, rate, 0).max(axis=0)
        rates[2 : 2 + DISCOUNTS] = np.where(alone & added, rate, 0)
        rates[2 + DISCOUNTS :] = np.where(~alone & added, rate, 0)
        return rates
