"""Open periods: closed is the default; touching periods merge; « sans fin » rolls on by 24 months."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from values import NightRange

ROLLING_YEARS = 2


@dataclass(frozen=True, slots=True)
class Period:
    """Open nights of a listing; `id` None = not stored yet."""

    nights: NightRange
    rolling: bool = False
    id: UUID | None = None


def horizon(today: date) -> date:
    """Where « sans fin » ends today: 24 months on (29 February becomes the 28th)."""
    try:
        return today.replace(year=today.year + ROLLING_YEARS)
    except ValueError:
        return today.replace(year=today.year + ROLLING_YEARS, day=28)


def on_weekdays(nights: NightRange, weekdays: Collection[int]) -> list[NightRange]:
    """The nights that begin on these ISO weekdays; none given means all."""
    if not weekdays or len(set(weekdays)) == 7:
        return [nights]
    picked = [night for night in nights.nights if night.isoweekday() in weekdays]
    return NightRange.merge(NightRange(night, night + timedelta(days=1)) for night in picked)


def opened(periods: Sequence[Period], new: Iterable[Period]) -> list[Period]:
    """The periods after opening more nights: merged; a run with a rolling period in it rolls."""
    every = [*periods, *new]
    runs = NightRange.merge(one.nights for one in every)
    rolling = [one.nights for one in every if one.rolling]
    known = {(one.nights, one.rolling): one for one in periods}
    found = [Period(run, rolling=any(run.covers(one) for one in rolling)) for run in runs]
    return [known.get((one.nights, one.rolling), one) for one in found]


def closed(periods: Sequence[Period], nights: Iterable[NightRange]) -> list[Period]:
    """The periods after closing nights; a rolling one rolls on unless its end was closed."""
    found = list(periods)
    for shut in nights:
        left: list[Period] = []
        for one in found:
            if not one.nights.overlaps(shut):
                left.append(one)
                continue
            left += [
                Period(part, rolling=one.rolling and part.departure == one.nights.departure)
                for part in one.nights.minus(shut)
            ]
        found = left
    return found


def count_within(nights: Iterable[NightRange], ranges: Iterable[NightRange]) -> int:
    """How many nights of the first are also in the second (both merged)."""
    others = list(ranges)
    return sum(
        common.length for one in nights for other in others if (common := one.intersection(other)) is not None
    )


def first_gap(nights: NightRange, ranges: Iterable[NightRange]) -> NightRange | None:
    """The first nights that none of the ranges has, or None when all are covered."""
    gaps = missing(nights, ranges)
    return gaps[0] if gaps else None


def missing(nights: NightRange, ranges: Iterable[NightRange]) -> list[NightRange]:
    """The nights that none of the ranges has."""
    left = [nights]
    for one in ranges:
        left = [part for rest in left for part in rest.minus(one)]
    return left
