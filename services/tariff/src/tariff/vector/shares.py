"""What one night costs by length of stay, for a season or an occupancy of it; called by `vectorise`."""

from __future__ import annotations

from functools import lru_cache

from tariff.index import Grid
from tariff.parts import MAX_PACKAGE
from tariff.vector.layout import BY_WEEKDAY


def shares(grid: Grid) -> tuple[int, ...]:
    """`index.price_of_length` for the lengths 1 to 35: the share of one night over 7 L, -1 where none.

    A length that asks the prices by weekday has no other: what lacks one is not sold, or does not fit.
    """
    found = _shares(tuple(grid.packages.items()), grid.extra_night)
    if not grid.weekday_prices:
        return found
    asks = _asks_weekdays(grid)
    return tuple(BY_WEEKDAY if length in asks else share for length, share in enumerate(found))


@lru_cache(maxsize=256)
def _shares(prices: tuple[tuple[int, int], ...], extra: int | None) -> tuple[int, ...]:
    # The years of a season have the same prices: what one was reckoned for serves the others.
    packages = dict(prices)
    week = packages.get(7)
    found = [-1] * (MAX_PACKAGE + 1)
    known = paid = 0
    for length in range(1, MAX_PACKAGE + 1):
        price = packages.get(length)
        if price is not None:
            known, paid = length, price
            found[length] = 7 * price
        elif length > 7 and week is not None:
            found[length] = week * length
        elif known and extra is not None:
            found[length] = 7 * (paid + (length - known) * extra)
    return tuple(found)


def long_shares(grid: Grid) -> tuple[int, int]:
    """The same for longer stays, as (a, b): a + b L; a = -1 where none is sold."""
    if 7 in grid.packages:
        return 0, grid.packages[7]
    if grid.weekday_prices:
        return BY_WEEKDAY, 0
    longest = max(grid.packages, default=0)
    if not longest or grid.extra_night is None:
        return -1, 0
    return 7 * (grid.packages[longest] - longest * grid.extra_night), 7 * grid.extra_night


def _asks_weekdays(grid: Grid) -> set[int]:
    """The lengths up to 35 that have neither package nor week price."""
    last = 7 if 7 in grid.packages else MAX_PACKAGE
    return set(range(1, last + 1)) - set(grid.packages)
