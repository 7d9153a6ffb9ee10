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


def extras_of(party: Party, extras: Sequence[Extra]) -> Array:
    """int64 by entry: what the extra persons of a party pay a night, over 7."""
    counts = [beyond(party.adults, party.oldest_first, base, limits) for base, limits, _ in extras]
    prices = [each for _, _, each in extras]
    found: Array = (np.array(counts, np.int64) * np.array(prices, np.int64)).sum(axis=1)
    return found
