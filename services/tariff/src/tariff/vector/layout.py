"""How a rate sheet stands in arrays: the numbers of a kind of night, and what several kinds share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariff.parts import MAX_PACKAGE
from tariff.problems import MAX_CONDITIONAL, MAX_DISCOUNTS

Array = NDArray[Any]

UNPRICED = 255
"""The kind of a night that has neither season nor typed price."""
MOST_KINDS = 255
SLOTS, DISCOUNTS = MAX_CONDITIONAL, MAX_DISCOUNTS
"""Supplements with conditions, and discounts, that an offer has room for."""
SUPPLEMENT, DISCOUNT = 7, 10
"""Numbers in a slot of either; `additions` says which."""
BANDS = 3
FAR = 32_000
"""« No limit » of days; nobody searches so far ahead."""
ANY_LENGTH = 255
BY_WEEKDAY = -2
"""Instead of a share: the nights have their own prices."""

ROW_FIELDS: dict[str, tuple[type, int]] = {
    "share": (np.int32, MAX_PACKAGE + 1),
    "long": (np.int64, 2),
    "extra": (np.int32, 0),
    "season": (np.int16, 0),
    "typed": (np.bool_, 0),
    "rules": (np.int64, 0),
    "arrivals": (np.uint8, 0),
    "departures": (np.uint8, 0),
    "named": (np.int32, 0),
    "weekly": (np.int32, 0),
    "occupied": (np.int32, 0),
}
"""What a kind of night knows: name -> type and how many (0: one). `share[L]` is the numerator of one night
over 7 L, -1 = not sold for that length; `long` = (a, b): a + b L for longer stays; `extra` is the number of
its `Extra`; `rules` holds all stay rules, see `rules.py`; weekdays are bits 0 to 6; `named`, `weekly` and
`occupied` are the numbers of its `Named`, `Weekly` and `Occupied`. Where a length asks `Weekly`, `share` and
a are `BY_WEEKDAY`."""

Extra = tuple[int, tuple[int, ...], tuple[int, ...]]
"""How many persons are covered, the age limits of the bands, and the numerators over 7 of the price per night
of an extra adult and of each band."""
NO_EXTRA: Extra = (0, (), (0,) * (BANDS + 1))
Named = tuple[tuple[int, int, tuple[int, ...], int], ...]
"""Named packages: kind (from 1), weekdays of arrival as bits, lengths, price."""
Weekly = tuple[int, ...]
"""Prices of a night from Monday on, -1 for none; empty: no such prices."""
Occupied = tuple[tuple[int, int], ...]
"""Persons covered, and how far their row is from the season's own, by persons; empty: one for everybody."""
