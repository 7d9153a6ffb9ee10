"""Rows of packed bits, one bit per column (little): filters, and nights AND-ed together."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.uint8]
_MOST_ROWS = 2048


def set_range(row: Row, first: int, last: int, *, on: bool) -> None:
    """Sets the bits `[first, last)`."""
    for column in range(first, last):
        if on:
            row[column >> 3] |= 1 << (column & 7)
        else:
            row[column >> 3] &= 0xFF ^ (1 << (column & 7))


def widened(row: Row, columns: int) -> Row:
    """A copy with room for that many columns."""
    wide = np.zeros((*row.shape[:-1], columns // 8), np.uint8)
    wide[..., : row.shape[-1]] = row
    return wide


def all_nights(matrix: NDArray[np.uint8], arrival: int, nights: int) -> Row:
    """AND of the rows of a ring for the nights `[arrival, arrival + nights)`."""
    first, size = arrival % len(matrix), len(matrix)
    found: Row = np.bitwise_and.reduce(matrix[first : first + nights], axis=0)
    if first + nights > size:
        found &= np.bitwise_and.reduce(matrix[: first + nights - size], axis=0)
    return found


class Flags:
    """A row per value, kept as it changes: for values that many listings have (equipment, labels)."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._rows: dict[str, Row] = {}

    def grow(self, columns: int) -> None:
        """Makes room."""
        self._columns = columns
        self._rows = {value: widened(row, columns) for value, row in self._rows.items()}

    def mark(self, values: Iterable[str], first: int, last: int, *, on: bool) -> None:
        """Sets the bits `[first, last)` of some values."""
        for value in values:
            row = self._rows.get(value)
            if row is None:
                row = self._rows[value] = np.zeros(self._columns // 8, np.uint8)
            set_range(row, first, last, on=on)

    def row(self, value: str) -> Row | None:
        """The row of a value; None where nothing has it."""
        return self._rows.get(value)


class Groups:
    """Listings (by number) per value, for values that few have (places, owners); rows are made when asked.

    A row that was made follows the changes; the least used are forgotten.
    """

    def __init__(self, columns: int, block: Callable[[int], tuple[int, int]]) -> None:
        self._columns = columns
        self._block = block
        self._members: dict[str, set[int]] = {}
        self._rows: OrderedDict[str, Row] = OrderedDict()

    def grow(self, columns: int) -> None:
        """Makes room."""
        self._columns = columns
        self._rows.clear()

    def __contains__(self, value: str) -> bool:
        return value in self._members

    def join(self, value: str, number: int) -> None:
        """Puts a listing in; its columns are marked apart."""
        self._members.setdefault(value, set()).add(number)

    def leave(self, value: str, number: int) -> None:
        """Takes a listing out."""
        members = self._members[value]
        members.discard(number)
        if not members:
            del self._members[value]
            self._rows.pop(value, None)

    def mark(self, values: Iterable[str], first: int, last: int, *, on: bool) -> None:
        """Sets the bits `[first, last)` in the rows that were made."""
        for value in values:
            row = self._rows.get(value)
            if row is not None:
                set_range(row, first, last, on=on)

    def row(self, value: str) -> Row | None:
        """The row of a value; None where nothing has it."""
        members = self._members.get(value)
        if members is None:
            return None
        row = self._rows.get(value)
        if row is None:
            flags = np.zeros(self._columns, np.bool_)
            for first, last in map(self._block, members):
                flags[first:last] = True
            row = self._rows[value] = np.packbits(flags, bitorder="little")
            if len(self._rows) > _MOST_ROWS:
                self._rows.popitem(last=False)
        else:
            self._rows.move_to_end(value)
        return row
