"""Named packages of many offers: they beat the price of the length where all seasons of a stay have one."""

from __future__ import annotations

import numpy as np

from tariff.vector.asked import Stay
from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.rules import KEPT_THROUGH, keeps
from tariff.vector.runs import extra_of, next_rows, rules_of, shares_of

_NOBODY = (np.zeros(0, np.int64),) * 3


def as_package(
    table: OfferTable, columns: Array, rows: Array, stay: Stay, word: int | Array
) -> tuple[Array, Array, Array]:
    """Places of `columns` that sell the stay as a named package, and their sums over 7 L and over 7.

    `rows` are those of the first night, `word` is the stay's for the rules. Typed nights keep their price and
    have no say.
    """
    packages = table.rows.packages(stay.arrival, stay.nights)
    if packages is None:
        return _NOBODY
    kinds, shares = packages
    named, typed = table.rows.columns["named"], table.rows.columns["typed"]
    mine = kinds.take(named.take(rows)) > 0
    some = (mine | typed.take(rows) if table.rows.typed else mine).nonzero()[0]
    if not len(some):
        return _NOBODY
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
        own = word if isinstance(word, int) else word[some[going]]
        good &= keeps(own, rules_of(table, rows), KEPT_THROUGH)
        amount[going] += np.where(is_typed, shares_of(table, rows, stay.nights), shares[named[rows]]) * runs
        if extras is not None:
            extra[going] += extra_of(table, extras, rows) * runs
        kind[going] = np.where(is_typed, known, here)
        fits[going] &= good
        done[going] += runs
        going = going[good & (done[going] < stay.nights)]
    sold = fits & (kind > 0)
    return some[sold], amount[sold], extra[sold]
