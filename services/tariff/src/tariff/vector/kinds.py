"""The different kinds of nights of a sheet, one row of numbers each; called by `vectorise`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tariff.grids import PackageKind
from tariff.index import Grid, is_priced
from tariff.parts import ALL_WEEKDAYS, MAX_PACKAGE, NightPrice, PriceUnit, Season, Straddle
from tariff.sheet import RateSheet
from tariff.vector.layout import ANY_LENGTH, BANDS, FAR, NO_EXTRA, UNPRICED, Extra
from tariff.vector.rules import rules_word
from tariff.vector.shares import long_shares, shares

_KINDS = tuple(PackageKind)


def kinds_of(
    sheet: RateSheet,
    stretches: list[tuple[int, Season | None, NightPrice | None]],
    extras: dict[Extra, int],
) -> tuple[list[dict[str, Any]], list[int]]:
    """The different kinds of nights, and the kind of each stretch: years of equal seasons share theirs."""
    seasons = {season.id: number for number, season in enumerate(sheet.seasons)}
    names: dict[tuple[str, str], int] = {}
    known: dict[tuple[Any, ...], int] = {}
    rows: list[dict[str, Any]] = []
    kinds = []
    for _, season, typed in stretches:
        if season is None and typed is None:
            kinds.append(UNPRICED)
            continue
        name = (season.id if season else "", typed.id if typed else "")
        if name not in names:
            row = _row(sheet, season, typed, extras)
            # Only the majority asks which season it is.
            if season is not None and sheet.straddle is Straddle.MAJORITY:
                row["season"] = seasons[season.id]
            if season is not None and typed is None and season.occupancies:
                row["occupied"] = _occupied(sheet, season, row, extras)
            names[name] = known.setdefault(tuple(row.values()), len(rows))
            if names[name] == len(rows):
                rows.append(row)
        kinds.append(names[name])
    return rows, kinds


def _occupied(
    sheet: RateSheet, season: Season, row: dict[str, Any], extras: dict[Extra, int]
) -> tuple[tuple[int, tuple[tuple[str, Any], ...] | None], ...]:
    """Persons and what differs in their row (None: the season's own), by persons."""
    found: dict[int, tuple[tuple[str, Any], ...] | None] = {}
    if is_priced(season):
        found[sheet.base_persons] = None
    for each in season.occupancies:
        extra = _extra(season, each.persons)
        number = extras.setdefault(extra, len(extras))
        found[each.persons] = tuple({**row, **_prices(each), "extra": number}.items())
    return tuple(sorted(found.items(), key=lambda entry: entry[0]))


def spread(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, then those of their occupancies: the first of all rows, the second of all rows..."""
    many = len(rows)
    found = list(rows)
    most = max((len(row["occupied"]) for row in rows), default=0)
    own = [dict(row) for row in rows]
    for row in own:
        row["occupied"] = ()
    offsets: list[list[tuple[int, int]]] = [[] for _ in rows]
    for place in range(most):
        for number, row in enumerate(rows):
            persons, other = row["occupied"][place] if place < len(row["occupied"]) else (0, None)
            if persons:
                offsets[number].append((persons, 0 if other is None else many * (place + 1)))
            found.append({**own[number], **dict(other or ()), "occupied": ()})
    return [{**row, "occupied": tuple(offsets[n])} for n, row in enumerate(own)] + found[many:]


def shared(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Puts numbers for what rows share; returns what they count in."""
    found: dict[str, tuple[Any, ...]] = {}
    for name in ("named", "weekly", "occupied"):
        numbers: dict[Any, int] = {}
        for row in rows:
            row[name] = numbers.setdefault(row[name], len(numbers))
        found[name] = tuple(numbers)
    return found


def _prices(grid: Grid) -> dict[str, Any]:
    """What a row knows of the prices of a season or of an occupancy."""
    days = grid.weekday_prices
    return {
        "share": shares(grid),
        "long": long_shares(grid),
        "named": tuple(
            (_KINDS.index(one.kind) + 1, _weekdays(one.arrivals), tuple(sorted(one.lengths)), one.price)
            for one in grid.named
        ),
        "weekly": tuple(days.get(day, -1) for day in ALL_WEEKDAYS) if days else (),
    }


def _typed_prices(typed: NightPrice) -> dict[str, Any]:
    times = 7 if typed.unit is PriceUnit.NIGHT else 1
    share = (-1, *(typed.price * times * length for length in range(1, MAX_PACKAGE + 1)))
    return {"share": share, "long": (0, typed.price * times), "named": (), "weekly": ()}


def _row(
    sheet: RateSheet,
    season: Season | None,
    typed: NightPrice | None,
    extras: dict[Extra, int],
) -> dict[str, Any]:
    if typed is not None:
        prices = _typed_prices(typed)
    else:
        assert season is not None  # noqa: S101 - a kind is one or the other
        prices = _prices(season)
    base = sheet.base_persons if typed is None or typed.persons is None else typed.persons
    extra = _extra(season, base)
    notice = sheet.notice_days if season is None or season.notice_days is None else season.notice_days
    horizon = sheet.horizon_days if season is None or season.horizon_days is None else season.horizon_days
    most = min(sheet.max_nights, ANY_LENGTH)
    everyday = tuple(range(1, 8))
    return {
        **prices,
        "occupied": (),
        "extra": extras.setdefault(extra, len(extras)),
        "season": -1 if season is None else 0,
        "typed": typed is not None,
        "rules": rules_word(
            least=season.min_nights if season else 0,
            through=season.min_through if season else 0,
            most=min(season.max_nights or most, most) if season else most,
            notice=notice,
            horizon=FAR if horizon is None else horizon,
        ),
        "arrivals": _weekdays(season.arrival_weekdays if season else everyday),
        "departures": _weekdays(season.departure_weekdays if season else everyday),
    }


def _extra(season: Season | None, base: int) -> Extra:
    extra = season.extra_person if season else None
    if extra is None:
        return NO_EXTRA
    times = 7 if extra.unit is PriceUnit.NIGHT else 1
    bands = sorted(extra.children, key=lambda band: band.up_to_age)[:BANDS]
    prices = [extra.adult * times, *(band.price * times for band in bands)]
    prices += [0] * (BANDS + 1 - len(prices))
    return base, tuple(band.up_to_age for band in bands), tuple(prices)


def _weekdays(days: Iterable[int]) -> int:
    return sum(1 << (day - 1) for day in set(days))
