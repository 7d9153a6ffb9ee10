"""How many persons of a party are beyond what a price covers, by age band; called by `reckon`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tariff.stay import Party
from tariff.vector.sheet import BANDS, Array, Pattern

PartyCounts = tuple[int, ...]
"""Extra adults, then the extra children of each band, the youngest band first."""


@lru_cache(maxsize=65536)
def beyond(adults: int, oldest_first: tuple[int, ...], pattern: Pattern) -> PartyCounts:
    """Counts the persons beyond a pattern's base: adults fill it first, then the oldest children."""
    base, limits = pattern
    counts = [0] * (BANDS + 1)
    counts[0] = max(0, adults - base)
    for age in oldest_first[max(0, base - adults) :]:
        band = next((number for number, limit in enumerate(limits, 1) if age <= limit), 0)
        counts[band] += 1
    return tuple(counts)


def counts_of(party: Party, patterns: Sequence[Pattern]) -> Array:
    """The counts for each pattern: int32 `[bands + 1, patterns]`."""
    found = [beyond(party.adults, party.oldest_first, pattern) for pattern in patterns]
    return np.array(found, np.int32).reshape(len(found), BANDS + 1).T
