"""What the persons of a party beyond those that a price covers pay; called by `RowStore`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tariff.stay import ADULT_AGE, Party
from tariff.vector.layout import BANDS, Array, Extra


@lru_cache(maxsize=65536)
def beyond(adults: int, oldest_first: tuple[int, ...], base: int, limits: tuple[int, ...]) -> tuple[int, ...]:
    """Counts the persons beyond a base: extra adults, then the children of each band, the youngest first.

    Adults fill the base first, then the oldest children; a child older than every band is an adult.
    """
    counts = [0] * (BANDS + 1)
    counts[0] = max(0, adults - base)
    for age in oldest_first[max(0, base - adults) :]:
        band = next((number for number, limit in enumerate(limits, 1) if age <= limit), 0)
        counts[band] += 1
    return tuple(counts)


class Extras:
    """The different prices for extra persons; what is counted the same is counted once."""

    def __init__(self, extras: Sequence[Extra]) -> None:
        counted: dict[tuple[int, tuple[int, ...]], int] = {}
        self._number = np.array([counted.setdefault(each[:2], len(counted)) for each in extras], np.int64)
        self._prices = np.array([prices for _, _, prices in extras], np.int64).reshape(-1, BANDS + 1)
        self._counted = tuple(counted)
        self._limits = sorted({limit for _, limits in counted for limit in limits})

    def __len__(self) -> int:
        return len(self._number)

    def alike(self, ages: tuple[int, ...]) -> tuple[int, ...]:
        """For each age the oldest that no price tells from it; beyond every band, that of an adult.

        A band that comes later changes that for its own offers alone: the others tell no more ages apart.
        """
        limits = self._limits
        places = [bisect_left(limits, age) for age in ages]
        return tuple([limits[place] if place < len(limits) else ADULT_AGE for place in places])

    def of(self, party: Party) -> Array:
        """int64 by entry: what the extra persons of a party pay a night, over 7."""
        counts = [beyond(party.adults, party.oldest_first, base, limits) for base, limits in self._counted]
        persons = np.array(counts, np.int64).reshape(-1, BANDS + 1)[self._number]
        found: Array = (persons * self._prices).sum(axis=1)
        return found
