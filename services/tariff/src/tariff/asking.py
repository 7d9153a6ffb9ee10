"""What each season of a stay asks for: the prices for the party, a named package, a length, single nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from values import NightRange

from tariff.index import (
    Grid,
    LengthPrice,
    Slice,
    by_weekday,
    grid_for,
    named_package,
    weekday_counts,
)
from tariff.parts import NightPrice, Season, Straddle
from tariff.sheet import RateSheet

_NO_COUNTS = (0,) * 7


@dataclass(slots=True)
class Group:
    """All nights of a stay that have the same season or the same typed price."""

    season: Season | None
    price: NightPrice | None
    nights: int
    counts: Sequence[int] = _NO_COUNTS
    """Nights by weekday, Monday first; only where the sheet has prices by weekday."""
    grid: Grid | None = None
    covered: int = 0
    """How many persons the prices of `grid` cover."""


def grouped(sheet: RateSheet, slices: Sequence[Slice], stay: NightRange, persons: int) -> list[Group]:
    """The groups of a stay in order of their first night, each season with its prices for the party."""
    groups: dict[tuple[str | None, str | None], Group] = {}
    weekday = stay.arrival.weekday()
    for season, price, nights in slices:
        key = (None, price.id) if price is not None else (season.id if season else None, None)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(season, price, 0)
            if price is None and season is not None:
                group.grid, group.covered = grid_for(season, persons, sheet.base_persons)
        group.nights += nights
        if sheet.index.has_weekday_prices:
            group.counts = _sum([group.counts, weekday_counts(weekday, nights)])
            weekday = (weekday + nights) % 7
    return list(groups.values())


def asked_prices(
    sheet: RateSheet, groups: Sequence[Group], stay: NightRange
) -> dict[str, LengthPrice | None]:
    """By id of season: what it asks, None where it sells no such stay.

    A named package counts where every season has the same kind. In the modes that price a stay as one
    season each season must be able to price all nights.
    """
    named = _named(groups, stay)
    if named:
        return named
    as_one = sheet.straddle is not Straddle.PRORATA and len(groups) > 1
    counts = _sum([group.counts for group in groups]) if as_one else None
    found: dict[str, LengthPrice | None] = {}
    for group in groups:
        season, grid = group.season, group.grid
        if season is None or grid is None:
            continue
        price = sheet.index.length_price(season, grid, group.covered, stay.length)
        if grid.weekday_prices and (price is None or price.basis == "PACKAGE_AND_NIGHTS"):
            price = by_weekday(grid, counts or group.counts) or price
        found[season.id] = price
    return found


def numerator(price: LengthPrice, group: Group, length: int) -> int:
    """What the nights of a group cost at a season's price, over `7 * length`."""
    prices = price.weekday_prices
    if prices is None:
        return price.share * group.nights
    # `by_weekday` has seen that each weekday of the group has a price.
    return 7 * length * sum(nights * prices[day] for day, nights in enumerate(group.counts, 1) if nights)


def _named(groups: Sequence[Group], stay: NightRange) -> dict[str, LengthPrice | None]:
    weekday, length = stay.arrival.isoweekday(), stay.length
    found: dict[str, LengthPrice | None] = {}
    kinds = set()
    for group in groups:
        package = named_package(group.grid, weekday, length) if group.grid and group.grid.named else None
        if package is None or group.season is None:
            return {}
        kinds.add(package.kind)
        price = LengthPrice(7 * package.price, "NAMED", package.price, length, 0, named=package.kind.value)
        found[group.season.id] = price
    return found if len(kinds) == 1 else {}


def _sum(counts: Sequence[Sequence[int]]) -> list[int]:
    return [sum(each) for each in zip(*counts, strict=True)]
