"""Checks the seasons of a sheet, with all that an owner may type in them; called by `compile` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tariff.grids import ALL_WEEKDAYS, MAX_PACKAGE, NamedPackage
from tariff.index import Grid, sells
from tariff.lines import Params
from tariff.parts import PriceUnit, Season
from tariff.problems import MAX_CHILD_BANDS, Finding, Problem


def grids(season: Season) -> Iterator[tuple[str, Grid]]:
    """(path, prices) of a season and its occupancies."""
    at = f"seasons.{season.id}"
    yield at, season
    for each in season.occupancies:
        yield f"{at}.occupancies.{each.persons}", each


def amounts(season: Season) -> Iterator[tuple[str, int | None, bool]]:
    """(path, amount, whether zero is odd) of every price of a season."""
    for at, grid in grids(season):
        for length, price in grid.packages.items():
            yield f"{at}.packages.{length}", price, True
        yield f"{at}.extra_night", grid.extra_night, True
        for number, package in enumerate(grid.named):
            yield f"{at}.named.{number}", package.price, True
        for day, price in grid.weekday_prices.items():
            yield f"{at}.weekday_prices.{day}", price, True
    extra = season.extra_person
    if extra is not None:
        at = f"seasons.{season.id}"
        yield f"{at}.extra_person.adult", extra.adult, False
        for band in extra.children:
            yield f"{at}.extra_person.{band.up_to_age}", band.price, False


def problems(season: Season, most_persons: int = 99) -> Iterator[Finding]:
    """What is wrong with one season."""
    at = f"seasons.{season.id}"
    if not sells(season):
        yield Finding(Problem.NOTHING_PRICED, at, {"season": season.name})
    for where, grid in grids(season):
        yield from _lengths(f"{where}.packages", grid.packages, season)
        yield from _weekdays(f"{where}.weekday_prices", tuple(grid.weekday_prices), season)
        yield from _named(where, grid.named, season)
    persons = [each.persons for each in season.occupancies]
    for each in sorted({one for one in persons if persons.count(one) > 1 or not 1 <= one <= most_persons}):
        params: Params = {"persons": each, "max_persons": most_persons, "season": season.name}
        yield Finding(Problem.PERSONS, f"{at}.occupancies.{each}.persons", params)
    yield from _rules(at, season)
    yield from _extra_person(season)


def _lengths(at: str, packages: Mapping[int, int], season: Season) -> Iterator[Finding]:
    for length in packages:
        if not 1 <= length <= MAX_PACKAGE:
            params: Params = {"length": length, "max_length": MAX_PACKAGE, "season": season.name}
            yield Finding(Problem.PACKAGE_LENGTH, f"{at}.{length}", params)


def _weekdays(at: str, days: Sequence[int], season: Season) -> Iterator[Finding]:
    if len(set(days)) != len(days) or not set(days) <= set(ALL_WEEKDAYS):
        yield Finding(Problem.WEEKDAYS, at, {"weekdays": ",".join(map(str, days)), "season": season.name})


def _named(at: str, named: Sequence[NamedPackage], season: Season) -> Iterator[Finding]:
    """Lengths and days as they may be; one package at most for a stay."""
    taken: dict[tuple[int, int], str] = {}
    for number, package in enumerate(named):
        where = f"{at}.named.{number}"
        yield from _lengths(f"{where}.nights", dict.fromkeys(package.lengths, 0), season)
        yield from _weekdays(f"{where}.arrival_weekdays", package.arrivals, season)
        stays = [(day, length) for day in set(package.arrivals) for length in set(package.lengths)]
        clash = next((stay for stay in stays if stay in taken), None)
        if clash is not None or len(set(package.lengths)) != len(package.lengths):
            day, length = clash or (package.arrivals[0], package.lengths[0])
            params = {"kind": package.kind.value, "other": taken.get((day, length), package.kind.value)}
            params |= {"weekday": str(day), "nights": str(length), "season": season.name}
            yield Finding(Problem.PACKAGES_OVERLAP, where, params)
        taken.update(dict.fromkeys(stays, package.kind.value))


def _rules(at: str, season: Season) -> Iterator[Finding]:
    yield from _weekdays(f"{at}.arrival_weekdays", season.arrival_weekdays, season)
    yield from _weekdays(f"{at}.departure_weekdays", season.departure_weekdays, season)
    yield from _weekdays(f"{at}.min_by_weekday", tuple(season.min_by_weekday), season)
    shortest = [season.min_nights, season.min_through, *season.min_by_weekday.values()]
    if min(shortest) < 1 or (season.max_nights or max(shortest)) < max(shortest):
        params: Params = {
            "min_nights": max(shortest),
            "max_nights": season.max_nights or 0,
            "season": season.name,
        }
        yield Finding(Problem.STAY_LENGTH, f"{at}.min_nights", params)
    for name, days in (("notice_days", season.notice_days), ("horizon_days", season.horizon_days)):
        if days is not None and days < 0:
            yield Finding(Problem.DAYS, f"{at}.{name}", {"days": days, "season": season.name})


def _extra_person(season: Season) -> Iterator[Finding]:
    extra = season.extra_person
    if extra is None:
        return
    at = f"seasons.{season.id}.extra_person"
    ages = [band.up_to_age for band in extra.children]
    if len(ages) > MAX_CHILD_BANDS or len(set(ages)) != len(ages) or any(age < 0 for age in ages):
        params = {"count": len(ages), "max_count": MAX_CHILD_BANDS}
        yield Finding(Problem.CHILD_BANDS, f"{at}.children", params)
    if extra.unit is PriceUnit.STAY:
        yield Finding(Problem.UNIT, f"{at}.unit", {"unit": extra.unit.value})
