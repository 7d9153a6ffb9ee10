"""The cheapest column of each listing, and the first of them by (total, listing)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger]
Ids = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Cheapest:
    """One place per listing: its lowest total, its number, and where its columns begin.

    `begins` has one entry more, the end of all. Without it each listing has one column, in the order of the
    places.
    """

    totals: Ints
    numbers: NDArray[np.int32]
    begins: Ints | None = None
    kept: Ints | None = None
    """Which listings are left; None: all."""

    def at_most(self, total: int) -> "Cheapest":
        """Those that cost no more."""
        return self._keep(self.totals <= total)

    def after(self, total: int, listing_id: str, ids: Ids) -> "Cheapest":
        """Those that come after a cursor."""
        later = self.totals > total
        level = np.flatnonzero(self.totals == total)
        later[level] = ids[self.numbers[level]] > listing_id.encode()
        return self._keep(later)

    def places_of(self, places: Ints, totals: Ints) -> Ints:
        """The places among all columns of the cheapest one of some listings, the first of equals."""
        if self.kept is not None:
            places = self.kept.take(places)
        if self.begins is None:
            return places
        first, last = self.begins.take(places), self.begins.take(places + 1)
        for many in (last - first > 1).nonzero()[0].tolist():
            begin, end = int(first[many]), int(last[many])
            first[many] = begin + int(totals[begin:end].argmin())
        return first

    def _keep(self, wanted: NDArray[np.bool_]) -> "Cheapest":
        some = wanted.nonzero()[0]
        kept = some if self.kept is None else self.kept.take(some)
        return Cheapest(self.totals.take(some), self.numbers.take(some), self.begins, kept)


def cheapest(listing: NDArray[np.int32], columns: Ints, totals: Ints) -> Cheapest:
    """Of each listing its cheapest column; a listing's columns are neighbours (`listing` = its number)."""
    numbers = listing.take(columns)
    others = (numbers[1:] != numbers[:-1]).nonzero()[0]
    if len(others) + 1 >= len(numbers):
        return Cheapest(totals, numbers)
    begins = np.empty(len(others) + 2, np.int64)
    begins[0], begins[-1] = 0, len(numbers)
    np.add(others, 1, out=begins[1:-1])
    first = begins[:-1]
    return Cheapest(np.minimum.reduceat(totals, first), numbers.take(first), begins)


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
