"""The cheapest column of each listing, and the first of them by (total, listing)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger]
Ids = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Cheapest:
    """One place per listing: its lowest total, its number, and where its columns lie `[first, last)`.

    Without those each listing has one column, in the order of the places.
    """

    totals: Ints
    numbers: NDArray[np.int32]
    first: Ints | None = None
    last: Ints | None = None

    def at_most(self, total: int) -> "Cheapest":
        """Those that cost no more."""
        return self._kept(self.totals <= total)

    def after(self, total: int, listing_id: str, ids: Ids) -> "Cheapest":
        """Those that come after a cursor."""
        later = self.totals > total
        level = np.flatnonzero(self.totals == total)
        later[level] = ids[self.numbers[level]] > listing_id.encode()
        return self._kept(later)

    def places_of(self, places: Ints, totals: Ints) -> Ints:
        """The places among all columns of the cheapest one of some listings, the first of equals."""
        if self.first is None or self.last is None:
            return places
        first, last = self.first[places], self.last[places]
        for many in (last - first > 1).nonzero()[0]:
            begin, end = int(first[many]), int(last[many])
            first[many] = begin + int(np.argmin(totals[begin:end]))
        return first

    def _kept(self, kept: NDArray[np.bool_]) -> "Cheapest":
        if self.first is None or self.last is None:
            first = kept.nonzero()[0]
            return Cheapest(self.totals[kept], self.numbers[kept], first, first + 1)
        return Cheapest(self.totals[kept], self.numbers[kept], self.first[kept], self.last[kept])


def cheapest(listing: NDArray[np.int32], columns: Ints, totals: Ints) -> Cheapest:
    """Of each listing its cheapest column; a listing's columns are neighbours (`listing` = its number)."""
    numbers = listing.take(columns)
    again = numbers[1:] == numbers[:-1]
    if not again.any():
        return Cheapest(totals, numbers)
    begins = np.ones(len(columns), np.bool_)
    np.logical_not(again, out=begins[1:])
    first = begins.nonzero()[0]
    last = np.append(first[1:], len(columns))
    return Cheapest(np.minimum.reduceat(totals, first), numbers.take(first), first, last)


def first_of(best: Cheapest, limit: int, ids: Ids) -> Ints:
    """The places of the first by (total, listing id), in order: only so many are sorted."""
    totals = best.totals
    if len(totals) > limit:
        last = np.partition(totals, limit - 1)[limit - 1]
        places = (totals <= last).nonzero()[0]
    else:
        places = np.arange(len(totals))
    names = ids.take(best.numbers.take(places))
    order = np.lexsort((names, totals.take(places)))
    found: Ints = places.take(order[:limit])
    return found
