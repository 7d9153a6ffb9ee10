"""A stay as it is asked of many offers, and the one rounding; used by every step of `reckon`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariff.stay import Party
from tariff.vector.layout import Array


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
