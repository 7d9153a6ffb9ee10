"""What the persons of a party beyond those that a price covers pay; called by `RowStore`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tariff.stay import Party
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

    def __len__(self) -> int:
        return len(self._number)

    def of(self, party: Party) -> Array:
        """int64 by entry: what the extra persons of a party pay a night, over 7."""
        counts = [beyond(party.adults, party.oldest_first, base, limits) for base, limits in self._counted]
        persons = np.array(counts, np.int64).reshape(-1, BANDS + 1)[self._number]
        found: Array = (persons * self._prices).sum(axis=1)
        return found
