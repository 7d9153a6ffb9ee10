"""Runs of like nights and what one night of them costs; called by `reckon` and its steps."""

from __future__ import annotations

import numpy as np

from tariff.parts import MAX_PACKAGE
from tariff.vector.asked import Stay
from tariff.vector.layout import BY_WEEKDAY, UNPRICED, Array
from tariff.vector.offers import OfferTable


def shares_of(table: OfferTable, rows: Array, length: int) -> Array:
    """Numerators of one night over 7 L by row; negative where no such stay is sold, or by weekday."""
    if length <= MAX_PACKAGE:
        shares: Array = table.rows.columns["share"][length].take(rows)
        return shares
    once, each = table.rows.columns["long"]
    a = once.take(rows)
    found: Array = np.where((a == -1) | (a == BY_WEEKDAY), a, a + each.take(rows) * length)
    return found


def rules_of(table: OfferTable, rows: Array) -> Array:
    """The words of the rules of rows."""
    words: Array = table.rows.columns["rules"].take(rows)
    return words


def extra_of(table: OfferTable, extras: Array, rows: Array) -> Array:
    """What `RowStore.extras` says of each row."""
    found: Array = extras.take(table.rows.columns["extra"].take(rows))
    return found


def rows_of(table: OfferTable, columns: Array, kinds: Array, persons: int) -> Array:
    """The rows of kinds of nights for so many persons, 0 where unpriced."""
    rows: Array = table.base_row.take(columns) + kinds
    rows[kinds == UNPRICED] = 0
    offsets = table.rows.offsets(persons)
    return rows if offsets is None else rows + offsets.take(table.rows.columns["occupied"].take(rows))


def first_rows(table: OfferTable, columns: Array, night: int, persons: int) -> Array:
    """The rows of one night (ordinal) for all of these columns, 0 where unpriced."""
    return rows_of(table, columns, table.price_row[night % table.nights].take(columns), persons)


def first_runs(table: OfferTable, columns: Array, stay: Stay) -> Array:
    """How many nights of a stay are like its first one, uint8."""
    left = table.run_left[stay.arrival % table.nights].take(columns)
    runs: Array = np.minimum(left, stay.nights, out=left)
    return runs


def next_rows(table: OfferTable, columns: Array, nights: Array, persons: int) -> tuple[Array, Array]:
    """The rows of those nights (ordinals, one per column), 0 where unpriced, and how long each run is."""
    at = nights % table.nights
    rows = rows_of(table, columns, table.price_row[at, columns], persons)
    return rows, table.run_left[at, columns].astype(np.int64)
