"""Discounts, extra persons and obligatory supplements of many offers; the scalar ones are in `tariff.extras`.

Offers of the same terms share an entry of `Programs`; a stay is reckoned for the entries, then spread.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tariff.vector.layout import DISCOUNTS, SLOTS, SUPPLEMENT, Array
from tariff.vector.offers import OfferTable
from tariff.vector.runs import Stay, half_up


def take_discounts(table: OfferTable, columns: Array, stay: Stay, accommodation: Array, full: Array) -> Array:
    """What is left of `full` (accommodation and extra persons) after the best and the cumulative ones."""
    numbers = table.discount[columns]
    have = numbers.nonzero()[0]
    if not len(have):
        return full
    rates = _rates(table, numbers[have], stay, have)
    over = 10_000 * stay.nights
    given = np.flatnonzero(rates.any(axis=0))
    if not len(given):
        return full
    have, rates = have[given], rates[:, given]
    alone, whole = accommodation[have], full[have]
    best = np.maximum(half_up(alone * rates[0], over), half_up(whole * rates[1], over))
    if table.cumulative:
        for number in range(DISCOUNTS):
            best += half_up(alone * rates[2 + number], over)
            best += half_up(whole * rates[2 + DISCOUNTS + number], over)
    left = full.copy()
    left[have] = whole - np.minimum(best, whole)
    return left


def _rates(table: OfferTable, numbers: Array, stay: Stay, have: Array) -> Array:
    """Rates by offer: the best on the accommodation and on the whole, then the cumulative of each, if any."""
    many = 2 + 2 * DISCOUNTS if table.cumulative else 2
    if not isinstance(stay.today, int):
        today = stay.today[have]
        rates: Array = np.zeros((many, len(numbers)), np.int64)
        for day in np.unique(today):
            some = np.flatnonzero(today == day)
            rates[:, some] = _rates(table, numbers[some], replace(stay, today=int(day)), some)
        return rates
    return table.rates.of(stay.arrival, stay.nights, stay.today, stay.code)[:many, numbers]


def supplements_of(table: OfferTable, columns: Array, stay: Stay) -> Array:
    """The obligatory supplements."""
    entries, spread = table.supplements.spread(table.supplement[columns])
    fields = table.supplements.table[:, entries]
    once, nightly, personal, both, base_persons, slots = fields[:6]
    persons, nights = stay.party.persons, stay.nights
    amount = once + nightly * nights + (personal + both * nights) * persons
    some = slots.nonzero()[0]
    if len(some):
        amount[some] += _conditional(fields[6:, some], base_persons[some], stay)
    found: Array = amount if spread is None else amount[spread]
    return found


def _conditional(fields: Array, base_persons: Array, stay: Stay) -> Array:
    party = stay.party
    extra = np.maximum(0, party.persons - base_persons)
    everybody = np.array([party.persons, party.adults, len(party.children), 0])
    found = np.zeros(len(extra), np.int64)
    departure = stay.arrival + stay.nights
    for number in range(SLOTS):
        slot = fields[SUPPLEMENT * number : SUPPLEMENT * (number + 1)]
        if not slot[0].any():
            continue
        price, flags, who, since, until, short, long = slot
        offered = (short <= stay.nights) & (stay.nights <= long)
        common = np.minimum(until, departure) - np.maximum(since, stay.arrival)
        by_night = (flags & 2) > 0
        offered &= np.where(by_night, common > 0, (since <= stay.arrival) & (stay.arrival < until))
        quantity = np.where(flags & 1, np.where(who == 3, extra, everybody[who]), 1)
        amount = price * quantity * np.where(by_night, common, 1)
        amount = np.where(flags & 4, half_up(np.maximum(amount, 0), 7), amount)
        found += np.where(offered, amount, 0)
    return found
