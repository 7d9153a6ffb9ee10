"""A row of a tariff's grid: prices of one season by length, name, weekday and persons, and its stay rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tariff import ChildPrice, NamedPackage, Occupancy
from tariff.compile import MAX_CHILD_BANDS
from tariff.parts import MAX_PACKAGE

from pricing.domain.errors import BadValue
from pricing.domain.needs import MAX_CHILD_AGE, MAX_DAYS, MAX_PERSONS, need_between, need_price


@dataclass(frozen=True, slots=True)
class StayRules:
    """When guests may arrive, leave, and for how long; empty or 0 is no rule."""

    arrival_days: tuple[int, ...] = ()
    departure_days: tuple[int, ...] = ()
    min_nights: int = 0
    max_nights: int = 0
    notice_days: int = 0
    min_through: int = 0
    """Of every stay that touches the season."""
    horizon_days: int = 0
    sell_gaps: bool = False
    min_by_arrival_day: Mapping[int, int] = field(default_factory=dict)

    def check(self, at: str) -> None:
        """Weekdays 1 to 7 once each; the minimum not above the maximum."""
        for name, days in (
            ("arrival_days", self.arrival_days),
            ("departure_days", self.departure_days),
            ("min_by_arrival_day", tuple(self.min_by_arrival_day)),
        ):
            if len(set(days)) != len(days) or not set(days) <= set(range(1, 8)):
                raise BadValue(field=f"{at}.{name}", why="weekdays")
        for name, value in (
            ("min_nights", self.min_nights),
            ("max_nights", self.max_nights),
            ("notice_days", self.notice_days),
            ("min_through", self.min_through),
            ("horizon_days", self.horizon_days),
            *((f"min_by_arrival_day[{day}]", nights) for day, nights in self.min_by_arrival_day.items()),
        ):
            need_between(f"{at}.{name}", value, 0, MAX_DAYS)
        least = max(self.min_nights, self.min_through, *self.min_by_arrival_day.values(), 0)
        if self.max_nights and self.max_nights < least:
            raise BadValue(field=f"{at}.max_nights", why="below_minimum")


@dataclass(frozen=True, slots=True)
class TariffRow:
    """The prices of one season: by length of stay, and for the persons beyond the base."""

    season_id: UUID
    packages: Mapping[int, int] = field(default_factory=dict)
    extra_night: int = 0
    extra_adult: int = 0
    child_bands: tuple[ChildPrice, ...] = ()
    rules: StayRules = StayRules()
    named: tuple[NamedPackage, ...] = ()
    weekday_prices: Mapping[int, int] = field(default_factory=dict)
    """ISO weekday of a night -> its price."""
    occupancies: tuple[Occupancy, ...] = ()
    """Prices by number of persons; those above are for the base of the tariff."""

    def check(self, at: str) -> None:
        """Lengths 1 to 35, prices from zero, at most three rising bands of children."""
        _check_grid(at, self)
        for number, each in enumerate(self.occupancies):
            need_between(f"{at}.occupancies[{number}].persons", each.persons, 1, MAX_PERSONS)
            _check_grid(f"{at}.occupancies[{number}]", each)
        if len({each.persons for each in self.occupancies}) != len(self.occupancies):
            raise BadValue(field=f"{at}.occupancies", why="twice")
        need_price(f"{at}.extra_adult", self.extra_adult)
        ages = [band.up_to_age for band in self.child_bands]
        if len(ages) > MAX_CHILD_BANDS or ages != sorted(set(ages)):
            raise BadValue(field=f"{at}.child_bands", why="ages")
        for number, band in enumerate(self.child_bands):
            need_between(f"{at}.child_bands[{number}].max_age", band.up_to_age, 0, MAX_CHILD_AGE)
            need_price(f"{at}.child_bands[{number}].price", band.price)
        self.rules.check(f"{at}.rules")


def _check_grid(at: str, grid: TariffRow | Occupancy) -> None:
    """Lengths 1 to 35, weekdays 1 to 7, prices from zero, one named package at most for a stay."""
    for length, price in grid.packages.items():
        need_between(f"{at}.packages[{length}]", length, 1, MAX_PACKAGE)
        need_price(f"{at}.packages[{length}]", price)
    need_price(f"{at}.extra_night", grid.extra_night or 0)
    for day, price in grid.weekday_prices.items():
        need_between(f"{at}.weekday_prices[{day}]", day, 1, 7)
        need_price(f"{at}.weekday_prices[{day}]", price)
    _check_named(f"{at}.named_packages", grid.named)


def _check_named(at: str, named: Sequence[NamedPackage]) -> None:
    taken: set[tuple[int, int]] = set()
    for number, package in enumerate(named):
        where = f"{at}[{number}]"
        need_price(f"{where}.price", package.price)
        for day in package.arrivals:
            need_between(f"{where}.arrival_days", day, 1, 7)
        for length in package.lengths:
            need_between(f"{where}.nights", length, 1, MAX_PACKAGE)
        stays = {(day, length) for day in package.arrivals for length in package.lengths}
        if stays & taken:
            raise BadValue(field=where, why="twice")
        taken |= stays
