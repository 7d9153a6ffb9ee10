"""Discounts, extra persons and obligatory supplements of many offers; the scalar ones are in `tariff.extras`.

Offers of the same terms share an entry of `Programs`; a stay is reckoned for the entries, then spread.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tariff.vector.asked import Stay, half_up
from tariff.vector.layout import DISCOUNTS, Array
from tariff.vector.offers import OfferTable


def take_discounts(table: OfferTable, columns: Array, stay: Stay, accommodation: Array, full: Array) -> Array:
    """What is left of `full` (accommodation and extra persons) after the best and the cumulative ones."""
    if not isinstance(stay.today, int):
        return _by_day(table, columns, stay, accommodation, full)
    rates, some, has_alone = table.rates.of(stay.arrival, stay.nights, stay.today, stay.code)
    if some is None:
        return full
    numbers = table.discount.take(columns)
    have = some.take(numbers).nonzero()[0]
    if not len(have):
        return full
    entries, over = numbers.take(have), 10_000 * stay.nights
    alone, whole = accommodation.take(have), full.take(have)
    best = half_up(whole * rates[1].take(entries), over)
    if has_alone:
        best = np.maximum(best, half_up(alone * rates[0].take(entries), over))
    if table.cumulative:
        for number in range(DISCOUNTS):
            best += half_up(alone * rates[2 + number].take(entries), over)
            best += half_up(whole * rates[2 + DISCOUNTS + number].take(entries), over)
    left = full.copy()
    left[have] = whole - np.minimum(best, whole)
    return left


def _by_day(table: OfferTable, columns: Array, stay: Stay, accommodation: Array, full: Array) -> Array:
    """The same where the booking day differs by offer."""
    left, today = full.copy(), np.asarray(stay.today)
    for day in np.unique(today):
        some = (today == day).nonzero()[0]
        one = replace(stay, today=int(day))
        left[some] = take_discounts(table, columns[some], one, accommodation[some], full[some])
    return left


def supplements_of(table: OfferTable, columns: Array, stay: Stay) -> Array:
    """The obligatory supplements."""
    found: Array = table.obligatory.amounts(table.supplement.take(columns), stay)
    return found
