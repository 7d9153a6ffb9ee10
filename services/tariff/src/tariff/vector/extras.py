"""Discounts and obligatory supplements of many offers; the scalar ones are in `tariff.extras`."""

from __future__ import annotations

import numpy as np

from tariff.vector.offers import OfferTable
from tariff.vector.runs import Stay, half_up
from tariff.vector.sheet import SLOTS, Array


def take_discounts(table: OfferTable, columns: Array, stay: Stay, accommodation: Array, full: Array) -> Array:
    """What is left of `full` (accommodation and extra persons) after the best and the cumulative ones."""
    have = np.flatnonzero(table.side.discount_count[columns])
    if not len(have):
        return full
    some = columns[have]
    booked = stay.today if isinstance(stay.today, int) else stay.today[have]
    alone, whole = accommodation[have], full[have]
    best, added = np.zeros_like(whole), np.zeros_like(whole)
    count = table.side.discount_count[some]
    for number in range(SLOTS):
        if not (count > number).any():
            break
        rate, least, most, before, short, long, since, until, flags = table.side.discounts[number][:, some]
        ahead = stay.arrival - booked
        applies = (count > number) & (least <= ahead) & (ahead <= most) & (booked < before)
        applies &= (short <= stay.nights) & (stay.nights <= long)
        applies &= (since <= stay.arrival) & (stay.arrival < until)
        amount = half_up(np.where(flags & 1, alone, whole) * rate, 10_000)
        amount[~applies] = 0
        cumulative = flags >= 2
        added += np.where(cumulative, amount, 0)
        np.maximum(best, np.where(cumulative, 0, amount), out=best)
    left = full.copy()
    left[have] = whole - np.minimum(best + added, whole)
    return left


def add_supplements(table: OfferTable, columns: Array, stay: Stay) -> Array:
    """The obligatory supplements."""
    party, side = stay.party, table.side
    once, nightly, personal, both = side.folded
    persons, nights = party.persons, stay.nights
    amount: Array = (once + nightly * nights + (personal + both * nights) * persons)[columns]
    if not table.supplementing:
        return amount
    have = np.flatnonzero(side.supplement_count[columns])
    if len(have):
        amount[have] += _conditional(table, columns[have], stay)
    return amount


def _conditional(table: OfferTable, columns: Array, stay: Stay) -> Array:
    side, party = table.side, stay.party
    count = side.supplement_count[columns]
    extra = np.maximum(0, party.persons - side.base_persons[columns])
    everybody = np.array([party.persons, party.adults, len(party.children), 0])
    found = np.zeros(len(columns), np.int64)
    departure = stay.arrival + stay.nights
    for number in range(SLOTS):
        if not (count > number).any():
            break
        price, flags, who, since, until, short, long = side.supplements[number][:, columns]
        offered = (count > number) & (short <= stay.nights) & (stay.nights <= long)
        common = np.minimum(until, departure) - np.maximum(since, stay.arrival)
        by_night = (flags & 2) > 0
        offered &= np.where(by_night, common > 0, (since <= stay.arrival) & (stay.arrival < until))
        quantity = np.where(flags & 1, np.where(who == 3, extra, everybody[who]), 1)
        amount = price.astype(np.int64) * quantity * np.where(by_night, common, 1)
        amount = np.where(flags & 4, half_up(np.maximum(amount, 0), 7), amount)
        found += np.where(offered, amount, 0)
    return found
