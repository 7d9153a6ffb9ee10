"""The stay rules: who may arrive and leave when, for how long, how far ahead; called by `evaluate` alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from values import NightRange

from tariff.index import Slice
from tariff.lines import Params, Reason, ReasonKind
from tariff.parts import Season
from tariff.sheet import RateSheet
from tariff.stay import Party


def broken_rules(
    sheet: RateSheet, slices: Sequence[Slice], stay: NightRange, party: Party, booked_on: date, *, fixed: bool
) -> list[Reason]:
    """Every stay rule the stay breaks; a fixed stay has typed dates and keeps only notice and capacity."""
    broken = _of_the_sheet(sheet, slices[0][0], stay, party, booked_on)
    if fixed:
        return broken
    length = stay.length
    first, last = slices[0][0], slices[-1][0]
    if first is not None:
        if stay.arrival.isoweekday() not in first.arrival_weekdays:
            broken.append(_weekday(ReasonKind.ARRIVAL_DAY, first, stay.arrival, first.arrival_weekdays))
        if length < first.min_nights:
            broken.append(_minimum(first, first.min_nights, length, "ARRIVAL"))
        if first.max_nights is not None and length > first.max_nights:
            params = {"max_nights": first.max_nights, "nights": length, **_named(first)}
            broken.append(Reason(ReasonKind.MAX_STAY, params))
    if last is not None and stay.departure.isoweekday() not in last.departure_weekdays:
        broken.append(_weekday(ReasonKind.DEPARTURE_DAY, last, stay.departure, last.departure_weekdays))
    through = max((season for season, _, _ in slices if season is not None), key=_min_through, default=None)
    if through is not None and length < through.min_through:
        broken.append(_minimum(through, through.min_through, length, "THROUGH"))
    return broken


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


def _min_through(season: Season) -> int:
    return season.min_through


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
