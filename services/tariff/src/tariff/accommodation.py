"""The accommodation and the extra persons of a stay; called by `evaluate` alone.

All is reckoned over common denominators and rounded once, half up, at the end: `7 * length` for the
accommodation, 7 for the extra persons. Lines get their cents by largest remainder, ties to the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from values import NightRange, half_up, largest_remainder

from tariff.asking import Group, asked_prices, grouped, numerator
from tariff.index import LengthPrice, Slice, grid_for, nights_where
from tariff.lines import Line, LineKind, Reason, ReasonKind
from tariff.parts import NightPrice, PriceUnit, Season, Straddle
from tariff.sheet import RateSheet
from tariff.stay import Party


def accommodation(
    sheet: RateSheet, slices: Sequence[Slice], stay: NightRange, persons: int
) -> tuple[list[Line], list[Reason]]:
    """Prices nights that each have a season or a typed price; a season without a price is a reason."""
    length = stay.length
    groups = grouped(sheet, slices, stay, persons)
    seasons = [group for group in groups if group.price is None]
    found = asked_prices(sheet, seasons, stay)
    asked = {season_id: price for season_id, price in found.items() if price is not None}
    if len(asked) < len(found):
        lacking = [group.season for group in seasons if group.season and group.season.id not in asked]
        return [], [_no_price(season, stay, slices) for season in lacking]
    chosen = _chosen_season(sheet.straddle, seasons, asked, length)
    numerators: list[int] = []
    kinds: list[tuple[LineKind, dict[str, int | str]]] = []
    for group in groups:
        if group.price is not None:
            times = 7 * length if group.price.unit is PriceUnit.NIGHT else length
            numerators.append(group.price.price * times * group.nights)
            kinds.append((LineKind.TYPED_PRICE, _typed_params(group.price, group.nights)))
        elif group.season is not None:
            by = chosen or group
            price = asked[_id(by)]
            numerators.append(numerator(price, group, length))
            kinds.append((LineKind.ACCOMMODATION, _season_params(sheet, group, by, price, length)))
    parts = _settled(numerators, 7 * length)
    return [Line(kind, amount, params) for (kind, params), amount in zip(kinds, parts, strict=True)], []


def fixed_stay(price: NightPrice) -> Line:
    """The line of a price typed for exactly these dates."""
    params: dict[str, int | str] = {
        "price_id": price.id,
        "nights": price.nights.length,
        "unit_amount": price.price,
        "reason": price.reason,
    }
    return Line(LineKind.FIXED_STAY, price.price, params)


def extra_persons(
    sheet: RateSheet, slices: Sequence[Slice], party: Party, fixed: NightPrice | None
) -> list[Line]:
    """The persons beyond those the price covers, by season and age.

    Nights without a season, or whose season names no price for extra persons, cost nothing more.
    """
    numerators: list[int] = []
    params: list[dict[str, int | str]] = []
    for group, base in _by_season_and_base(sheet, slices, party.persons, fixed):
        season = group.season
        assert season is not None  # noqa: S101 - chosen so
        for age_limit, persons, price in _beyond(season, party, base):
            extra = season.extra_person
            assert extra is not None  # noqa: S101 - chosen so
            times = 7 if extra.unit is PriceUnit.NIGHT else 1
            numerators.append(price * persons * group.nights * times)
            entry: dict[str, int | str] = {
                "season": season.name,
                "season_id": season.id,
                "persons": persons,
                "nights": group.nights,
                "unit": extra.unit.value,
                "unit_amount": price,
            }
            if age_limit is not None:
                entry["up_to_age"] = age_limit
            params.append(entry)
    parts = _settled(numerators, 7)
    return [Line(LineKind.EXTRA_PERSONS, amount, entry) for amount, entry in zip(parts, params, strict=True)]


def _by_season_and_base(
    sheet: RateSheet, slices: Sequence[Slice], persons: int, fixed: NightPrice | None
) -> list[tuple[Group, int]]:
    groups: dict[tuple[str, int], tuple[Group, int]] = {}
    for season, price, nights in slices:
        if season is None or season.extra_person is None:
            continue
        covering = fixed or price
        if covering is None:
            base = grid_for(season, persons, sheet.base_persons)[1]
        else:
            base = sheet.base_persons if covering.persons is None else covering.persons
        key = (season.id, base)
        if key in groups:
            groups[key][0].nights += nights
        else:
            groups[key] = (Group(season, None, nights), base)
    return list(groups.values())


def _beyond(season: Season, party: Party, base: int) -> list[tuple[int | None, int, int]]:
    """(age limit, persons, price) of the persons beyond `base`; the limit is None for the adult price."""
    extra = season.extra_person
    if extra is None or party.persons <= base:
        return []
    adults, ages = party.beyond(base)
    bands = sorted(extra.children, key=lambda band: band.up_to_age)
    counts: dict[int, int] = {}
    for age in ages:
        band = next((number for number, band in enumerate(bands) if age <= band.up_to_age), None)
        if band is None:
            adults += 1
        else:
            counts[band] = counts.get(band, 0) + 1
    found: list[tuple[int | None, int, int]] = [(None, adults, extra.adult)] if adults else []
    found += [(bands[n].up_to_age, counts[n], bands[n].price) for n in sorted(counts, reverse=True)]
    return found


def _chosen_season(
    mode: Straddle, groups: Sequence[Group], asked: Mapping[str, LengthPrice], length: int
) -> Group | None:
    """The one season whose price all season nights take; None: each its own (PRORATA)."""
    if mode is Straddle.PRORATA or len(groups) < 2:
        return None
    if mode is Straddle.MAJORITY:
        return max(groups, key=lambda group: group.nights)
    if mode is Straddle.HIGHEST:
        return max(groups, key=lambda by: sum(numerator(asked[_id(by)], group, length) for group in groups))
    return groups[0]


def _id(group: Group) -> str:
    return group.season.id if group.season else ""


def _settled(numerators: Sequence[int], denominator: int) -> list[int]:
    if len(numerators) == 1:
        return [half_up(numerators[0], denominator)]
    return largest_remainder(numerators, denominator, half_up(sum(numerators), denominator))


def _season_params(
    sheet: RateSheet, group: Group, by: Group, price: LengthPrice, length: int
) -> dict[str, int | str]:
    season, other = group.season, by.season
    assert season is not None and other is not None  # noqa: S101, PT018 - chosen so
    params: dict[str, int | str] = {
        "season": season.name,
        "season_id": season.id,
        "nights": group.nights,
        "length": length,
        "basis": price.basis,
        "unit_amount": price.unit_amount,
        "package": price.package,
        "extra_night": price.extra_night,
    }
    if price.named:
        params["named"] = price.named
    if price.weekday_prices is not None:
        days = [day for day, nights in enumerate(group.counts, 1) for _ in range(nights)]
        params["weekdays"] = ",".join(map(str, days))
        params["prices"] = ",".join(str(price.weekday_prices[day]) for day in days)
    if by.covered != sheet.base_persons:
        params["covered"] = by.covered
    if other is not season:
        params["priced_as"] = other.name
    return params


def _typed_params(price: NightPrice, nights: int) -> dict[str, int | str]:
    return {
        "price_id": price.id,
        "nights": nights,
        "unit": price.unit.value,
        "unit_amount": price.price,
        "reason": price.reason,
    }


def _no_price(season: Season, stay: NightRange, slices: Sequence[Slice]) -> Reason:
    nights = nights_where(stay.arrival, slices, lambda at, price: at is season and price is None)
    params: dict[str, int | str] = {
        "season": season.name,
        "season_id": season.id,
        "length": stay.length,
        "nights": nights,
    }
    return Reason(ReasonKind.NO_PRICE, params)
