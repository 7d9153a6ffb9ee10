"""Named packages of many offers: they beat the price of the length where all seasons of a stay have one."""

from __future__ import annotations

import numpy as np

from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.runs import Stay, extra_of, next_rows, rules_of, shares_of
from tariff.vector.tables import Packages


def as_package(
    table: OfferTable, columns: Array, rows: Array, stay: Stay, packages: Packages
) -> tuple[Array, Array, Array]:
    """Places of `columns` that sell the stay as a named package, and their sums over 7 L and over 7.

    `rows` are those of the first night. Typed nights keep their price and have no say.
    """
    kinds, shares = packages
    named, typed = table.rows.columns["named"], table.rows.columns["typed"]
    some = ((kinds[named[rows]] > 0) | typed[rows]).nonzero()[0]
    extras = table.rows.extras(stay.party)
    amount, extra = np.zeros(len(some), np.int64), np.zeros(len(some), np.int64)
    kind, done = np.zeros(len(some), np.int64), np.zeros(len(some), np.int64)
    fits = np.ones(len(some), np.bool_)
    going = np.arange(len(some))
    while len(going):
        at = columns[some[going]]
        rows, runs = next_rows(table, at, stay.arrival + done[going], stay.party.persons)
        runs = np.minimum(runs, stay.nights - done[going])
        is_typed, here, known = typed[rows], kinds[named[rows]], kind[going]
        good = is_typed | ((here > 0) & ((known == 0) | (known == here)))
        good &= rules_of(table, rows).through <= stay.nights
        amount[going] += np.where(is_typed, shares_of(table, rows, stay.nights), shares[named[rows]]) * runs
        extra[going] += extra_of(table, extras, rows) * runs
        kind[going] = np.where(is_typed, known, here)
        fits[going] &= good
        done[going] += runs
        going = going[good & (done[going] < stay.nights)]
    sold = fits & (kind > 0)
    return some[sold], amount[sold], extra[sold]
