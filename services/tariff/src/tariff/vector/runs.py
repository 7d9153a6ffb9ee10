"""Runs of like nights and what one night of them costs; called by `reckon` and its steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariff.parts import MAX_PACKAGE
from tariff.stay import Party
from tariff.vector.layout import UNPRICED, Array
from tariff.vector.offers import OfferTable


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay asked for: days are ordinals; `today` is the booking day, one for all or one per column."""

    arrival: int
    nights: int
    party: Party
    today: int | Array
    code: int = 0
    """`code_number` of the promotional code that was typed."""


def half_up(numerators: Array, denominator: int) -> Array:
    """Divides integers from 0 and rounds half up; exact while the result stays below 2**31.

    The nearest double of `(2n + d) / 2d` has the same floor: a quotient just below an integer k is at least
    1/2d away from it, and k * 2**-53 is less than that.
    """
    rounded: Array = ((2 * numerators + denominator) / (2.0 * denominator)).astype(np.int64)
    return rounded


def shares_of(table: OfferTable, rows: Array, length: int) -> Array:
    """Numerators of one night over 7 L by row, int64; negative where no such stay is sold."""
    if length <= MAX_PACKAGE:
        shares: Array = table.rows.columns["share"][length][rows].astype(np.int64)
        return shares
    once, each = table.rows.columns["long"]
    a = once[rows]
    found: Array = np.where(a == -1, -1, a + each[rows] * length)
    return found


@dataclass(frozen=True, slots=True)
class Rules:
    """Stay rules by place."""

    least: Array
    through: Array
    most: Array
    notice: Array
    horizon: Array


def rules_of(table: OfferTable, rows: Array) -> Rules:
    """The rules of rows: one look-up, then views of its bytes (`rules_word`)."""
    words = table.rows.columns["rules"][rows]
    small = words.view(np.uint8).reshape(-1, 8)
    days = words.view(np.int16).reshape(-1, 4)
    return Rules(small[:, 0], small[:, 1], small[:, 2], days[:, 2], days[:, 3])


def extra_of(table: OfferTable, extras: Array | None, rows: Array) -> Array:
    """What `RowStore.extras` says of each row."""
    if extras is None:
        return np.zeros(len(rows), np.int64)
    found: Array = extras[table.rows.columns["extra"][rows]]
    return found


def rows_of(table: OfferTable, columns: Array, kinds: Array, persons: int) -> Array:
    """The rows of kinds of nights for so many persons, 0 where unpriced."""
    rows: Array = np.where(kinds == UNPRICED, 0, table.base_row[columns] + kinds)
    offsets = table.rows.offsets(persons)
    return rows if offsets is None else rows + offsets[table.rows.columns["occupied"][rows]]


def next_rows(table: OfferTable, columns: Array, nights: Array, persons: int) -> tuple[Array, Array]:
    """The rows of those nights (ordinals, one per column), 0 where unpriced, and how long each run is."""
    at = nights % table.nights
    rows = rows_of(table, columns, table.price_row[at, columns], persons)
    return rows, table.run_left[at, columns].astype(np.int64)
