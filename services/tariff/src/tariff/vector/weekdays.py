"""Prices by weekday of many offers: the sum of single nights where a length has no package."""

from __future__ import annotations

import numpy as np

from tariff.parts import MAX_PACKAGE
from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.runs import shares_of


def amounts_of(table: OfferTable, rows: Array, runs: Array, start: Array | int, length: int) -> Array:
    """Numerators over 7 L of runs that begin on those days (ordinals); negative where not sold."""
    amounts: Array = shares_of(table, rows, length) * runs
    prices = table.rows.weekly_sums()
    if prices is None:
        return amounts
    bit = length if length <= MAX_PACKAGE else 0
    weekly = table.rows.columns["weekly"][rows]
    some = ((weekly > 0) & (table.rows.columns["nightly"][rows] >> bit & 1 > 0)).nonzero()[0]
    if len(some):
        weeks, rest = np.divmod(runs[some], 7)
        first = (start if isinstance(start, int) else start[some]) - 1
        which = weekly[some]
        nights = weeks * prices[which, 0, 7] + prices[which, first % 7, rest]
        amounts[some] = np.where(nights >= 0, 7 * length * nights, amounts[some])
    return amounts
