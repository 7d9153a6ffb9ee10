"""What deserves a second look in a tariff: told when it is saved, never refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from uuid import UUID

from tariff import NamedPackage, Occupancy, RateSheet
from tariff.compile import Problem, find_problems

from pricing.domain.compiling import WEEK, Remark, season
from pricing.domain.grid import TariffRow
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
    for row, of in rows:
        found += _of_row(row, of.name)
    for listing_id in tariff.listing_ids:
        listing = listings.get(listing_id)
        if listing is not None and tariff.base_persons > listing.capacity:
            params = {"listing_id": str(listing_id), "max_persons": str(listing.capacity)}
            found.append(Remark("BASE_ABOVE_CAPACITY", params))
    return found


def _of_row(row: TariffRow, name: str) -> Iterator[Remark]:
    grids: list[tuple[TariffRow | Occupancy, dict[str, str]]] = [(row, {"season": name})]
    grids += [(each, {"season": name, "persons": str(each.persons)}) for each in row.occupancies]
    if not any(grid.packages or grid.named or grid.weekday_prices for grid, _ in grids):
        yield Remark("NOTHING_PRICED", {"season": name})
    for grid, named in grids:
        yield from _zeros(grid, named)
        yield from _longer_cheaper(grid, named)
        yield from _dear_week(grid, named)


def _zeros(grid: TariffRow | Occupancy, named: Mapping[str, str]) -> Iterator[Remark]:
    for length in sorted(grid.packages):
        if grid.packages[length] == 0:
            yield Remark("ZERO_PRICE", {**named, "nights": str(length)})
    for package in grid.named:
        if package.price == 0:
            yield Remark("ZERO_PRICE", {**named, "kind": package.kind.value})
    for day in sorted(grid.weekday_prices):
        if grid.weekday_prices[day] == 0:
            yield Remark("ZERO_PRICE", {**named, "weekday": str(day)})


def _longer_cheaper(grid: TariffRow | Occupancy, named: Mapping[str, str]) -> Iterator[Remark]:
    """Lengths with a price of their own, and named packages against the lengths they beat."""
    for shorter, longer in pairwise(sorted(grid.packages)):
        if 0 < grid.packages[longer] < grid.packages[shorter]:
            params = {"nights": str(longer), "amount": str(grid.packages[longer])}
            params |= {"shorter": str(shorter), "shorter_amount": str(grid.packages[shorter])}
            yield Remark("LONGER_CHEAPER", {**named, **params})
    for package in grid.named:
        yield from _cheaper_package(grid, package, named)


def _cheaper_package(
    grid: TariffRow | Occupancy, package: NamedPackage, named: Mapping[str, str]
) -> Iterator[Remark]:
    length = min(package.lengths)
    shorter = max((known for known in grid.packages if known < length), default=None)
    if shorter is not None and 0 < package.price < grid.packages[shorter]:
        params = {"nights": str(length), "amount": str(package.price), "kind": package.kind.value}
        params |= {"shorter": str(shorter), "shorter_amount": str(grid.packages[shorter])}
        yield Remark("LONGER_CHEAPER", {**named, **params})


def _dear_week(grid: TariffRow | Occupancy, named: Mapping[str, str]) -> Iterator[Remark]:
    night, week = grid.packages.get(1), grid.packages.get(WEEK)
    nights = WEEK * night if night else None
    if len(grid.weekday_prices) == WEEK:
        nights = sum(grid.weekday_prices.values())
    if nights and week and week > nights:
        params = {"amount": str(week), "night_amount": str(night or nights // WEEK)}
        yield Remark("WEEK_DEARER_THAN_NIGHTS", {**named, **params})
