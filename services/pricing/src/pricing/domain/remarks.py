"""What deserves a second look in a tariff: told when it is saved, never refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from uuid import UUID

import tariff as algorithm
from tariff import RateSheet
from tariff.compile import Problem, find_problems
from tariff.index import Grid, price_of_length, sells
from tariff.parts import MAX_PACKAGE
from values import half_up

from pricing.domain.compiling import WEEK, Remark, season
from pricing.domain.listing import Listing
from pricing.domain.parts import CURRENCY, Season, Tariff


def remarks(tariff: Tariff, seasons: Mapping[UUID, Season], listings: Mapping[UUID, Listing]) -> list[Remark]:
    """What is worth a second look: gaps, prices of zero, a longer stay that costs less."""
    rows = [(row, seasons[row.season_id]) for row in tariff.rows if row.season_id in seasons]
    sheet = RateSheet(CURRENCY, 1, 1, seasons=tuple(season(row, of, tariff) for row, of in rows))
    found = [
        Remark("GAP", {key: str(value) for key, value in finding.params.items()})
        for finding in find_problems(sheet)
        if finding.problem is Problem.GAP
    ]
    for each in sheet.seasons:
        found += _of_season(each)
    for listing_id in tariff.listing_ids:
        listing = listings.get(listing_id)
        if listing is not None and tariff.base_persons > listing.capacity:
            params = {"listing_id": str(listing_id), "max_persons": str(listing.capacity)}
            found.append(Remark("BASE_ABOVE_CAPACITY", params))
    return found


def _of_season(of: algorithm.Season) -> Iterator[Remark]:
    grids: list[tuple[Grid, dict[str, str]]] = [(of, {"season": of.name})]
    grids += [(each, {"season": of.name, "persons": str(each.persons)}) for each in of.occupancies]
    if not sells(of):
        yield Remark("NOTHING_PRICED", {"season": of.name})
    for grid, named in grids:
        yield from _zeros(grid, named)
        yield from _longer_cheaper(grid, named)
        yield from _dear_week(grid, named)


def _zeros(grid: Grid, named: Mapping[str, str]) -> Iterator[Remark]:
    for length in sorted(grid.packages):
        if grid.packages[length] == 0:
            yield Remark("ZERO_PRICE", {**named, "nights": str(length)})
    for package in grid.named:
        if package.price == 0:
            yield Remark("ZERO_PRICE", {**named, "kind": package.kind.value})
    for day in sorted(grid.weekday_prices):
        if grid.weekday_prices[day] == 0:
            yield Remark("ZERO_PRICE", {**named, "weekday": str(day)})


def _longer_cheaper(grid: Grid, named: Mapping[str, str]) -> Iterator[Remark]:
    """Each length that costs less than the next shorter one that is sold; each named package that does."""
    asked = ((length, _bounds(grid, length)) for length in range(1, MAX_PACKAGE + 1))
    sold = [(length, *bounds) for length, bounds in asked if bounds is not None]
    for (shorter, _least, most, by_night), (longer, least, _most, as_well) in pairwise(sold):
        # Nights by weekday add up: one more never costs less.
        if 0 < least < most and not (by_night and as_well):
            params = {"nights": str(longer), "amount": str(least)}
            yield Remark("LONGER_CHEAPER", {**named, **params, **_shorter(shorter, most)})
    for package in grid.named:
        length = min(package.lengths)
        below = [(known, most) for known, _least, most, _by_night in sold if known < length]
        if below and 0 < package.price < below[-1][1]:
            params = {"nights": str(length), "amount": str(package.price), "kind": package.kind.value}
            yield Remark("LONGER_CHEAPER", {**named, **params, **_shorter(*below[-1])})


def _shorter(length: int, amount: int) -> dict[str, str]:
    return {"shorter": str(length), "shorter_amount": str(amount)}


def _bounds(grid: Grid, length: int) -> tuple[int, int, bool] | None:
    """The least and the most that a stay of a length costs, over the days of arrival; whether by weekday."""
    asked = price_of_length(grid, length)
    by_weekday = len(grid.weekday_prices) == WEEK
    if asked is not None and not (by_weekday and asked.basis == "PACKAGE_AND_NIGHTS"):
        whole = half_up(asked.share, WEEK)
        return whole, whole, False
    if not by_weekday:
        return None
    prices = [grid.weekday_prices[day] for day in range(1, WEEK + 1)]
    sums = [sum(prices[(first + night) % WEEK] for night in range(length)) for first in range(WEEK)]
    return min(sums), max(sums), True


def _dear_week(grid: Grid, named: Mapping[str, str]) -> Iterator[Remark]:
    night, week = grid.packages.get(1), grid.packages.get(WEEK)
    nights = WEEK * night if night else None
    if len(grid.weekday_prices) == WEEK:
        nights = sum(grid.weekday_prices.values())
    if nights and week and week > nights:
        params = {"amount": str(week), "night_amount": str(night or nights // WEEK)}
        yield Remark("WEEK_DEARER_THAN_NIGHTS", {**named, **params})
