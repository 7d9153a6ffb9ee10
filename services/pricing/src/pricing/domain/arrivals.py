"""Arrival days that no guest can use: the linter of stay rules, beside `remarks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from tariff import Occupancy

from pricing.domain.compiling import WEEK, Remark
from pricing.domain.parts import Season, Tariff, TariffRow

_LONGEST = 35


def arrival_remarks(tariff: Tariff, seasons: Mapping[UUID, Season]) -> Iterator[Remark]:
    """Yields `ARRIVAL_IMPOSSIBLE` (parameters `season`, `days`) where an arrival day never serves.

    Either the season has no such day, or from that day no length that is sold ends on a day of departure.
    """
    for row in tariff.rows:
        season = seasons.get(row.season_id)
        if season is None or not row.rules.arrival_days:
            continue
        lost = [day for day in row.rules.arrival_days if not _serves(row, season, day)]
        if lost:
            days = ",".join(map(str, lost))
            yield Remark("ARRIVAL_IMPOSSIBLE", {"season": season.name, "days": days})


def _serves(row: TariffRow, season: Season, weekday: int) -> bool:
    if not any(_has(season, weekday)):
        return False
    departures = row.rules.departure_days or range(1, WEEK + 1)
    return any((weekday + length - 1) % WEEK + 1 in departures for length in _lengths(row))


def _has(season: Season, weekday: int) -> Iterator[bool]:
    for period in season.periods:
        for number in range(min(period.length, WEEK)):
            yield (period.arrival + timedelta(days=number)).isoweekday() == weekday


def _lengths(row: TariffRow) -> Iterator[int]:
    """The lengths that are sold within the season's rules."""
    least, most = row.rules.min_nights or 1, row.rules.max_nights or _LONGEST
    for length in range(least, min(most, _LONGEST) + 1):
        if any(_sells(grid, length) for grid in _grids(row)):
            yield length


def _grids(row: TariffRow) -> tuple[TariffRow | Occupancy, ...]:
    return (row, *row.occupancies)


def _sells(grid: TariffRow | Occupancy, length: int) -> bool:
    from_week = length > WEEK and WEEK in grid.packages
    if length in grid.packages or from_week or grid.weekday_prices:
        return True
    if any(length in package.lengths for package in grid.named):
        return True
    return bool(grid.extra_night) and length >= min(grid.packages, default=1)
