"""The index of a rate sheet: which season and which typed price each night has, made once per sheet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from tariff.grids import NamedPackage, Occupancy
from tariff.parts import NightPrice, PriceUnit, Season

T = TypeVar("T")

Grid = Season | Occupancy
"""Where the prices for a party stand: the season's own, or those of an occupancy."""
Slice = tuple[Season | None, NightPrice | None, int]
"""Neighbouring nights of one kind: their season, their typed price, how many."""


@dataclass(frozen=True, slots=True)
class LengthPrice:
    """What a season asks for a stay of one length, whole.

    `share` is the numerator of one night over the common denominator `7 * length` (`design.md` 5).
    """

    share: int
    basis: str
    """PACKAGE, WEEK (pro rata of its price), PACKAGE_AND_NIGHTS (a shorter package and more nights), NAMED,
    or WEEKDAYS (each night its own price, `weekday_prices`; then `share` says nothing)."""
    unit_amount: int
    """The package's price, or the week's."""
    package: int
    """The length that `unit_amount` pays for."""
    extra_night: int
    named: str = ""
    """The kind of a named package."""
    weekday_prices: Mapping[int, int] | None = None


def grid_for(season: Season, persons: int, base_persons: int) -> tuple[Grid, int]:
    """The prices that a party pays and how many persons they cover: the fewest that cover it, else the most.

    Nobody stated is the base. Where all prices are by occupancy, the base has none and is left out.
    """
    if not season.occupancies:
        return season, base_persons
    if not persons:
        return season, base_persons
    grids: dict[int, Grid] = {base_persons: season} if is_priced(season) else {}
    grids.update((each.persons, each) for each in season.occupancies)
    covered = min((each for each in grids if each >= persons), default=max(grids))
    return grids[covered], covered


def is_priced(grid: Grid) -> bool:
    """Whether a grid sells anything."""
    return bool(grid.packages or grid.named or grid.weekday_prices)


def sells(season: Season) -> bool:
    """Whether a season has a price for anybody."""
    return is_priced(season) or any(is_priced(each) for each in season.occupancies)


def named_package(grid: Grid, weekday: int, length: int) -> NamedPackage | None:
    """The package of that name-bearing stay; `compile_sheet` sees to it that there is one at most."""
    return next((each for each in grid.named if each.fits(weekday, length)), None)


def by_weekday(grid: Grid, counts: Sequence[int]) -> LengthPrice | None:
    """The price of nights by their weekdays (Monday first), where each has one."""
    prices = grid.weekday_prices
    if not prices or any(nights and day not in prices for day, nights in enumerate(counts, 1)):
        return None
    return LengthPrice(0, "WEEKDAYS", 0, 0, 0, weekday_prices=prices)


def weekday_counts(first: int, nights: int) -> list[int]:
    """How many nights fall on each weekday, Monday first, from weekday `first` on (0 = Monday)."""
    weeks, rest = divmod(nights, 7)
    return [weeks + ((day - first) % 7 < rest) for day in range(7)]


def price_of_length(season: Grid, length: int) -> LengthPrice | None:
    """The season's price for a stay of that many nights, or None where it sells no such stay.

    An exact package; else from 7 nights the week's price pro rata; else the longest shorter package and
    the extra night, where the season has one (`domain.md` 7.2, step 2).
    """
    packages = season.packages
    exact = packages.get(length)
    if exact is not None:
        return LengthPrice(7 * exact, "PACKAGE", exact, length, 0)
    if length > 7 and 7 in packages:
        return LengthPrice(packages[7] * length, "WEEK", packages[7], 7, 0)
    shorter = max((known for known in packages if known < length), default=None)
    if shorter is None or season.extra_night is None:
        return None
    price = packages[shorter]
    whole = price + (length - shorter) * season.extra_night
    return LengthPrice(7 * whole, "PACKAGE_AND_NIGHTS", price, shorter, season.extra_night)


class Index:
    """Finds the slices of a stay by bisection, and remembers each season's price per length."""

    def __init__(self, seasons: Sequence[Season], night_prices: Sequence[NightPrice]) -> None:
        self.fixed_stays = {
            (price.nights.arrival, price.nights.departure): price
            for price in night_prices
            if price.unit is PriceUnit.STAY
        }
        of_season = [(p.arrival.toordinal(), p.departure.toordinal(), s) for s in seasons for p in s.periods]
        of_price = [
            (price.nights.arrival.toordinal(), price.nights.departure.toordinal(), price)
            for price in night_prices
            if price.unit is not PriceUnit.STAY
        ]
        cuts = sorted({day for start, end, _ in (*of_season, *of_price) for day in (start, end)})
        self._starts = cuts
        self._kinds = list(zip(_per_cut(cuts, of_season), _per_cut(cuts, of_price), strict=True))
        self.has_weekday_prices = any(
            season.weekday_prices or any(each.weekday_prices for each in season.occupancies)
            for season in seasons
        )
        self._lengths: dict[tuple[str, int, int], LengthPrice | None] = {}

    def slices(self, arrival: date, departure: date) -> list[Slice]:
        """The nights `[arrival, departure)` in order, neighbours of one kind together."""
        start, end = arrival.toordinal(), departure.toordinal()
        starts = self._starts
        at = bisect_right(starts, start) - 1
        found: list[Slice] = []
        while start < end:
            season, price = self._kinds[at] if at >= 0 else (None, None)
            stop = min(end, starts[at + 1]) if at + 1 < len(starts) else end
            if found and found[-1][0] is season and found[-1][1] is price:
                found[-1] = (season, price, found[-1][2] + stop - start)
            else:
                found.append((season, price, stop - start))
            start = stop
            at += 1
        return found

    def stretches(self) -> list[tuple[int, Season | None, NightPrice | None]]:
        """First day (ordinal), season and typed price of each stretch of like nights; the last is open."""
        return [(start, *kind) for start, kind in zip(self._starts, self._kinds, strict=True)]

    def length_price(self, season: Season, grid: Grid, covered: int, length: int) -> LengthPrice | None:
        """`price_of_length` of a grid of a season, remembered by how many persons it covers."""
        key = (season.id, covered, length)
        try:
            return self._lengths[key]
        except KeyError:
            return self._lengths.setdefault(key, price_of_length(grid, length))


def nights_where(
    arrival: date, slices: Iterable[Slice], asked: Callable[[Season | None, NightPrice | None], bool]
) -> str:
    """The nights of the slices that are asked for, as ISO dates joined by commas."""
    found: list[str] = []
    night = arrival
    for season, price, nights in slices:
        if asked(season, price):
            found += [(night + timedelta(days=i)).isoformat() for i in range(nights)]
        night += timedelta(days=nights)
    return ",".join(found)


def _per_cut(cuts: Sequence[int], ranges: Iterable[tuple[int, int, T]]) -> list[T | None]:
    """For each stretch that begins at a cut, what lies there; the first wins where ranges overlap."""
    position = {day: i for i, day in enumerate(cuts)}
    found: list[T | None] = [None] * len(cuts)
    for start, end, what in ranges:
        for i in range(position[start], position[end]):
            if found[i] is None:
                found[i] = what
    return found
