"""Prices by weekday of many offers: the sum of single nights where a length has no package."""

from __future__ import annotations

import numpy as np

from tariff.vector.layout import BY_WEEKDAY, Array
from tariff.vector.offers import OfferTable
from tariff.vector.runs import shares_of


def amounts_of(table: OfferTable, rows: Array, runs: Array, start: Array | int, length: int) -> Array:
    """Numerators over 7 L of runs that begin on those days (ordinals); negative where not sold."""
    shares = shares_of(table, rows, length)
    amounts: Array = np.multiply(shares, runs, dtype=np.int64)
    prices = table.rows.weekly_sums()
    if prices is None:
        return amounts
    some = (shares == BY_WEEKDAY).nonzero()[0]
    if len(some):
        weeks, rest = np.divmod(runs[some].astype(np.int64), 7)
        first = (start if isinstance(start, int) else start[some]) - 1
        which = table.rows.columns["weekly"].take(rows[some])
        nights = weeks * prices[which, 0, 7] + prices[which, first % 7, rest]
        amounts[some] = np.where(nights >= 0, 7 * length * nights, -1)
    return amounts
