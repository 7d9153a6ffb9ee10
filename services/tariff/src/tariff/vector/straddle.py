"""Stays across seasons that are priced as one season (ARRIVAL_SEASON, MAJORITY, HIGHEST)."""

from __future__ import annotations

import numpy as np

from tariff.vector.asked import Stay
from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.runs import next_rows, shares_of

_MAJORITY, _HIGHEST = 2, 3


def as_one_season(table: OfferTable, columns: Array, stay: Stay) -> Array:
    """The numerators over 7 L of stays that are sold: typed nights by their price, the others by one season.

    The arrival's is the first season-priced run's; the majority's the first season with the most nights;
    the highest the first with the highest share.
    """
    rows, runs, shares = _runs(table, columns, stay)
    typed = table.rows.columns["typed"][rows]
    amount = np.where(typed, shares * runs, 0).sum(axis=0)
    nights = np.where(typed, 0, runs)
    seasons = np.where(typed | (runs == 0), -1, table.rows.columns["season"][rows])
    weights = np.zeros_like(nights)
    for one in range(len(rows)):
        weights[one] = np.where(seasons == seasons[one], nights, 0).sum(axis=0)
    weights[seasons < 0] = -1
    first = np.argmax(seasons >= 0, axis=0)
    mode = table.straddle[columns]
    choice = np.where(mode == _MAJORITY, np.argmax(weights, axis=0), first)
    highest = np.argmax(np.where(seasons >= 0, shares, -1), axis=0)
    choice = np.where(mode == _HIGHEST, highest, choice)
    share = np.take_along_axis(shares, choice[None, :], axis=0)[0]
    found: Array = amount + np.where((seasons >= 0).any(axis=0), share, 0) * nights.sum(axis=0)
    return found


def _runs(table: OfferTable, columns: Array, stay: Stay) -> tuple[Array, Array, Array]:
    """Rows, nights and shares of the runs in order: `[runs, columns]`, no nights after the last."""
    all_rows, all_runs, all_shares = [], [], []
    length, persons = stay.nights, stay.party.persons
    done = np.zeros(len(columns), np.int64)
    while (done < length).any():
        rows, runs = next_rows(table, columns, stay.arrival + np.minimum(done, length - 1), persons)
        runs = np.minimum(runs, length - done)
        all_rows.append(rows)
        all_runs.append(runs)
        all_shares.append(shares_of(table, rows, length))
        done += runs
    return np.array(all_rows), np.array(all_runs), np.array(all_shares)
