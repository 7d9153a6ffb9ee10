"""The stay rules: who may arrive and leave when, for how long, how far ahead; called by `evaluate` alone.

What counts where: capacity, the longest stay of all and the 90 nights are the sheet's. Notice and horizon are
those of the first night's season, else the sheet's. Arrival days, least and most nights are the first night's
season's, the least by weekday of arrival where that has its own; departure days those of the last night's;
`min_through` the strictest of all seasons touched. Where a season sells gaps, its minimum drops to the hole's
length, never below the shortest stay that has a price. A fixed stay keeps only notice, horizon and capacity.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter

from values import NightRange

from tariff.index import Slice
from tariff.lines import Params, Reason, ReasonKind
from tariff.parts import Occupancy, Season
from tariff.sheet import RateSheet
from tariff.stay import Party


def broken_rules(
    sheet: RateSheet,
    slices: Sequence[Slice],
    stay: NightRange,
    party: Party,
    booked_on: date,
    *,
    fixed: bool,
    hole: int | None = None,
) -> list[Reason]:
    """Every stay rule the stay breaks; `hole`: free nights in a row around it, None where nobody looked."""
    broken = _of_the_sheet(sheet, slices[0][0], stay, party, booked_on)
    if fixed:
        return broken
    length = stay.length
    first, last = slices[0][0], slices[-1][0]
    if first is not None:
        if stay.arrival.isoweekday() not in first.arrival_weekdays:
            broken.append(_weekday(ReasonKind.ARRIVAL_DAY, first, stay.arrival, first.arrival_weekdays))
        own = first.min_by_weekday.get(stay.arrival.isoweekday(), first.min_nights)
        if length < (least := _least(first, own, hole)):
            broken.append(_minimum(first, least, length, "ARRIVAL"))
        if first.max_nights is not None and length > first.max_nights:
            params = {"max_nights": first.max_nights, "nights": length, **_named(first)}
            broken.append(Reason(ReasonKind.MAX_STAY, params))
    if last is not None and stay.departure.isoweekday() not in last.departure_weekdays:
        broken.append(_weekday(ReasonKind.DEPARTURE_DAY, last, stay.departure, last.departure_weekdays))
    touched = [(_least(season, season.min_through, hole), season) for season, _, _ in slices if season]
    least, through = max(touched, key=itemgetter(0), default=(0, None))
    if through is not None and length < least:
        broken.append(_minimum(through, least, length, "THROUGH"))
    return broken


def gap_rule_counts(sheet: RateSheet, stay: NightRange) -> bool:
    """Whether the length of the hole around a stay could make it bookable."""
    slices = sheet.index.slices(stay.arrival, stay.departure)
    return any(season is not None and season.sell_gaps for season, _, _ in slices)


def _least(season: Season, minimum: int, hole: int | None) -> int:
    if hole is None or not season.sell_gaps or hole >= minimum:
        return minimum
    return min(minimum, max(hole, _shortest(season)))


def _shortest(season: Season) -> int:
    """The fewest nights that have a price."""
    lengths: list[int] = []
    grids: tuple[Season | Occupancy, ...] = (season, *season.occupancies)
    for grid in grids:
        lengths += [*grid.packages, *(min(named.lengths) for named in grid.named)]
        if grid.weekday_prices:
            return 1
    return min(lengths, default=season.min_nights)


def _of_the_sheet(
    sheet: RateSheet, first: Season | None, stay: NightRange, party: Party, booked_on: date
) -> list[Reason]:
    broken = []
    if not 0 < party.persons <= sheet.max_persons:
        params: Params = {"max_persons": sheet.max_persons, "persons": party.persons}
        broken.append(Reason(ReasonKind.CAPACITY, params))
    if stay.length > sheet.max_nights:
        broken.append(Reason(ReasonKind.MAX_STAY, {"max_nights": sheet.max_nights, "nights": stay.length}))
    ahead = (stay.arrival - booked_on).days
    notice = sheet.notice_days if first is None or first.notice_days is None else first.notice_days
    if ahead < notice:
        broken.append(Reason(ReasonKind.NOTICE, {"notice_days": notice, "days_before": ahead}))
    horizon = sheet.horizon_days if first is None or first.horizon_days is None else first.horizon_days
    if horizon is not None and ahead > horizon:
        params = {"horizon_days": horizon, "days_before": ahead}
        broken.append(Reason(ReasonKind.HORIZON, params))
    return broken


def _named(season: Season) -> dict[str, int | str]:
    return {"season": season.name, "season_id": season.id}


def _weekday(kind: ReasonKind, season: Season, day: date, allowed: Sequence[int]) -> Reason:
    return Reason(
        kind, {"weekday": day.isoweekday(), "allowed": ",".join(map(str, allowed)), **_named(season)}
    )


def _minimum(season: Season, least: int, nights: int, scope: str) -> Reason:
    return Reason(
        ReasonKind.MIN_STAY, {"min_nights": least, "nights": nights, "scope": scope, **_named(season)}
    )
