"""What kinds of nights share: named packages, prices by weekday, numbers of persons; called by `RowStore`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

from tariff.vector.layout import Array, Named, Occupied, Weekly

Entry = TypeVar("Entry")
Question = TypeVar("Question")
Answer = TypeVar("Answer")

Packages = tuple[Array, Array]
"""By number: the kind of the named package that fits a stay (0: none), and its share of a night over 7 L."""

_REMEMBERED = 1024
_NO_PRICE = -(2**40)
"""Of a night without a price: a sum with it is below zero."""


class Numbers(Generic[Entry, Question, Answer]):
    """The different entries of all sheets, 0 for nothing, and what they answer to a question, remembered."""

    def __init__(
        self, nothing: Entry, reckoned: Callable[[Sequence[Entry], Question], Answer | None]
    ) -> None:
        self._entries: dict[Entry, int] = {nothing: 0}
        self._reckoned = reckoned
        self._answers: OrderedDict[Question, Answer | None] = OrderedDict()
        self._answers_of = 1

    def number(self, entry: Entry) -> int:
        """The number of an entry, a new one where it is new."""
        return self._entries.setdefault(entry, len(self._entries))

    def of(self, question: Question) -> Answer | None:
        """What all entries answer, by number; None where nothing has any to say."""
        if len(self._entries) == 1:
            return None
        if self._answers_of != len(self._entries):
            self._answers.clear()
            self._answers_of = len(self._entries)
        if question not in self._answers:
            self._answers[question] = self._reckoned(tuple(self._entries), question)
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return self._answers[question]


def packages_of(entries: Sequence[Named], stay: tuple[int, int]) -> Packages | None:
    """The packages that fit a stay: its weekday of arrival (Monday 0) and its nights."""
    weekday, length = stay
    kinds, shares = np.zeros(len(entries), np.int64), np.zeros(len(entries), np.int64)
    for number, packages in enumerate(entries):
        for kind, days, lengths, price in packages:
            if days >> weekday & 1 and length in lengths:
                kinds[number], shares[number] = kind, 7 * price
    return (kinds, shares) if kinds.any() else None


def offsets_of(entries: Sequence[Occupied], persons: int) -> Array | None:
    """How far the row for so many persons is from a season's own."""
    found = np.zeros(len(entries), np.int64)
    for number, grids in enumerate(entries):
        if grids and persons:
            found[number] = next((row for most, row in grids if most >= persons), grids[-1][1])
    return found if found.any() else None


def sums_of(entries: Sequence[Weekly], _all: None) -> Array | None:
    """`[entry, first weekday (Monday 0), 0 to 7 nights]`: what they cost; below 0 = not priced."""
    prices = np.array([each or (-1,) * 7 for each in entries], np.int64)
    twice = np.tile(np.where(prices < 0, _NO_PRICE, prices), 2)
    sums = np.zeros((len(entries), 7, 8), np.int64)
    for first in range(7):
        sums[:, first, 1:] = twice[:, first : first + 7].cumsum(axis=1)
    return sums
