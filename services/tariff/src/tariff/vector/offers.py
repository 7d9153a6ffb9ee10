"""The offers of an index: one column each, one row per night in a ring; `reckon` prices stays over them."""

from __future__ import annotations

import numpy as np

from tariff.vector.layout import DISCOUNT, DISCOUNTS, SLOTS, SUPPLEMENT, UNPRICED, Array
from tariff.vector.obligatory import Obligatory
from tariff.vector.programs import Programs
from tariff.vector.rates import Rates
from tariff.vector.rows import Kept, RowStore
from tariff.vector.sheet import VectorSheet

_LONGEST_RUN = 255


class OfferTable:
    """Columns of offers, `nights` rows. Night `n` (an ordinal) stands in row `n % nights`.

    `price_row` is the kind of a night within its sheet (`UNPRICED` = not sold), `run_left` the nights until
    the kind changes (at most 255), `arrivals` and `departures` packed bits (little): whether a stay may
    begin with the night, or end with it.
    """

    def __init__(self, nights: int, columns: int = 1024) -> None:
        self.nights = nights
        self.columns = columns
        self.rows = RowStore()
        self.price_row: Array = np.full((nights, columns), UNPRICED, np.uint8)
        self.run_left: Array = np.ones((nights, columns), np.uint8)
        self.arrivals: Array = np.zeros((nights, columns // 8), np.uint8)
        self.departures: Array = np.zeros((nights, columns // 8), np.uint8)
        self.base_row: Array = np.zeros(columns, np.int32)
        self.straddle: Array = np.zeros(columns, np.uint8)
        self.supplement: Array = np.zeros(columns, np.int32)
        self.discount: Array = np.zeros(columns, np.int32)
        self.supplements: Programs[tuple[object, ...]] = Programs(6 + SLOTS * SUPPLEMENT)
        """folded (4), base persons, how many slots, then the slots."""
        self.obligatory = Obligatory(self.supplements)
        self.discounts: Programs[tuple[object, ...]] = Programs(DISCOUNTS * DISCOUNT)
        self.rates = Rates(self.discounts)
        self.straddling = self.cumulative = False
        """Whether any offer ever had a mode of straddling, a cumulative discount."""

    def grow(self, columns: int) -> None:
        """Makes room for that many columns, a multiple of 8."""
        self.price_row = _wider(self.price_row, columns, UNPRICED)
        self.run_left = _wider(self.run_left, columns, 1)
        self.arrivals = _wider(self.arrivals, columns // 8)
        self.departures = _wider(self.departures, columns // 8)
        self.base_row = _wider(self.base_row, columns)
        self.straddle = _wider(self.straddle, columns)
        self.supplement = _wider(self.supplement, columns)
        self.discount = _wider(self.discount, columns)
        self.columns = columns

    def knows_code(self, number: int) -> bool:
        """Whether any offer has a discount of that promotional code: no other needs vectors of its own."""
        return bool(number) and bool((self.discounts.table[DISCOUNT - 1 :: DISCOUNT] == number).any())

    def put(self, column: int, kept: Kept, first: int, last: int) -> None:
        """Gives an empty column a sheet of the store, for the nights `[first, last)`."""
        self.base_row[column] = kept.base
        self.write(column, kept, first, last)

    def put_side(self, column: int, sheet: VectorSheet) -> None:
        """Gives a column what its sheet adds to the nights."""
        self.straddle[column] = sheet.straddle
        self.straddling |= bool(sheet.straddle)
        slots = sheet.supplements
        if slots or any(sheet.folded):
            values = [*sheet.folded, sheet.base_persons, len(slots), *_padded(slots, SUPPLEMENT, SLOTS)]
            entry = (sheet.folded, slots, sheet.base_persons if slots else 0)
            self.supplement[column] = self.supplements.hold(entry, values)
        if sheet.discounts:
            values = _padded(sheet.discounts, DISCOUNT, DISCOUNTS)
            self.cumulative |= any(each[8] & 2 for each in sheet.discounts)
            self.discount[column] = self.discounts.hold(sheet.discounts, values)

    def write(self, column: int, kept: Kept, first: int, last: int) -> None:
        """Writes the nights `[first, last)` of a column."""
        if not kept.size:
            return
        days, starts = np.arange(first, last), kept.starts
        place = np.searchsorted(starts, days, "right") - 1
        kinds = np.where(place < 0, UNPRICED, kept.kinds[place])
        ends = np.append(starts[1:], last + _LONGEST_RUN)
        rows = days % self.nights
        self.price_row[rows, column] = kinds
        self.run_left[rows, column] = np.minimum(ends[place] - days, _LONGEST_RUN)
        known = kinds != UNPRICED
        kinds[~known] = 0
        arrives = (kept.arrivals[kinds] >> ((days - 1) % 7)) & known
        departs = (kept.departures[kinds] >> (days % 7)) & known
        write_bits(self.arrivals, rows, column, arrives)
        write_bits(self.departures, rows, column, departs)

    def clear(self, column: int) -> None:
        """Empties a column: no stay of it is sold."""
        self.price_row[:, column] = UNPRICED
        self.base_row[column] = 0
        self.supplements.release(int(self.supplement[column]))
        self.discounts.release(int(self.discount[column]))
        self.supplement[column] = self.discount[column] = 0
        nothing = np.zeros(self.nights, np.uint8)
        write_bits(self.arrivals, slice(None), column, nothing)
        write_bits(self.departures, slice(None), column, nothing)

    def clear_nights(self, rows: Array) -> None:
        """Empties rows of the ring, for nights to come."""
        self.price_row[rows] = UNPRICED
        self.arrivals[rows] = 0
        self.departures[rows] = 0


def write_bits(matrix: Array, rows: Array | slice, column: int, values: Array) -> None:
    """Writes one column of a matrix of packed bits (little); `values` are 0 or 1."""
    byte, bit = column >> 3, column & 7
    cleared = matrix[rows, byte] & np.uint8(0xFF ^ (1 << bit))
    matrix[rows, byte] = cleared | (values.astype(np.uint8) << np.uint8(bit))


def _padded(slots: tuple[tuple[int, ...], ...], size: int, many: int) -> list[int]:
    values = [value for slot in slots for value in slot]
    return values + [0] * (many * size - len(values))


def _wider(array: Array, columns: int, filling: int = 0) -> Array:
    wide = np.full((*array.shape[:-1], columns), filling, array.dtype)
    wide[..., : array.shape[-1]] = array
    return wide
