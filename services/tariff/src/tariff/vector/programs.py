"""Small tables of what many offers have in common: equal entries stand once and are counted."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np

from tariff.vector.layout import Array

Entry = TypeVar("Entry", bound=tuple[object, ...])
_STEP = 256


class Programs(Generic[Entry]):
    """Numbers of entries, 0 for « nothing »; `fields` int64 values each, in the columns of `table`."""

    def __init__(self, fields: int) -> None:
        self.table: Array = np.zeros((fields, _STEP), np.int64)
        self.size = 1
        self.version = 0
        """Grows with every change of the table."""
        self._numbers: dict[Entry, int] = {}
        self._entries: dict[int, tuple[Entry, int]] = {}
        self._free: list[int] = []

    def hold(self, entry: Entry, values: list[int]) -> int:
        """The number of an entry, written when it is new; each call needs one `release`."""
        number = self._numbers.get(entry)
        if number is None:
            number = self._free.pop() if self._free else self._grown()
            self._numbers[entry] = number
            self.table[:, number] = values
            self.version += 1
            self._entries[number] = (entry, 0)
        kept, users = self._entries[number]
        self._entries[number] = (kept, users + 1)
        return number

    def release(self, number: int) -> None:
        """Takes back one `hold`; 0 needs none."""
        if not number:
            return
        entry, users = self._entries[number]
        if users > 1:
            self._entries[number] = (entry, users - 1)
            return
        del self._entries[number], self._numbers[entry]
        self.table[:, number] = 0
        self.version += 1
        self._free.append(number)

    def _grown(self) -> int:
        number = self.size
        self.size += 1
        have = self.table.shape[1]
        if self.size > have:
            wide: Array = np.zeros((len(self.table), have + max(_STEP, have // 2)), np.int64)
            wide[:, :have] = self.table
            self.table = wide
        return number
