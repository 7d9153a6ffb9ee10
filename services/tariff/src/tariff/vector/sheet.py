"""A rate sheet as small arrays: kinds of nights, where each begins, and what an offer adds; see `vectorise`.

A *kind* of night is a season, or a typed price over a season: all that its nights share. `design.md` 5 has
the layout; stay rules stand with the kind, not with each night, for they are the season's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tariff.index import Grid
from tariff.parts import MAX_PACKAGE, NightPrice, PriceUnit, Season, Straddle
from tariff.sheet import RateSheet
from tariff.vector.additions import BEYOND, Slot, discount, supplements
from tariff.vector.kinds import kinds_of, shared, spread
from tariff.vector.layout import BANDS, DISCOUNTS, MOST_KINDS, ROW_FIELDS, SLOTS, UNPRICED, Array, Extra

_MOST_PERSONS, _MOST_NIGHTS = 198, 90
_STRADDLES = (Straddle.PRORATA, Straddle.ARRIVAL_SEASON, Straddle.MAJORITY, Straddle.HIGHEST)


@dataclass(frozen=True, slots=True)
class VectorSheet:
    """What `OfferTable.put` takes. Days are ordinals, amounts minor units."""

    starts: Array
    """int32: first day of each stretch of nights of one kind; the last stretch has no end."""
    kinds: Array
    """uint8: the kind of each stretch, `UNPRICED` for none."""
    rows: dict[str, Array]
    """By the names of `ROW_FIELDS`, one entry per kind (share, long, extra: one column per kind)."""
    extras: tuple[Extra, ...]
    """What `rows["extra"]` counts in."""
    shared: dict[str, tuple[Any, ...]]
    """What `rows["named"]`, `rows["weekly"]` and `rows["occupied"]` count in."""
    currency: str
    base_persons: int
    max_persons: int
    straddle: int
    folded: tuple[int, int, int, int]
    """Obligatory supplements per stay, per night, per person, per person and night."""
    supplements: tuple[Slot, ...]
    discounts: tuple[Slot, ...]
    fixed: tuple[tuple[int, int], ...]
    """(arrival, nights) of the fixed stays: those are priced by `evaluate`."""
    gaps: bool
    """Whether some season sells holes shorter than its minimum: `evaluate` prices stays that fill one."""
    odd: bool
    """True for a sheet that does not fit: `evaluate` prices every stay."""


def vectorise(sheet: RateSheet) -> VectorSheet:
    """Turns a sheet that `compile_sheet` accepts into arrays; what does not fit is `odd`."""
    stretches = sheet.index.stretches()
    extras: dict[Extra, int] = {}
    rows, kinds = kinds_of(sheet, stretches, extras)
    plain, slots = supplements(sheet)
    odd = len(rows) > MOST_KINDS or len(slots) > SLOTS or len(sheet.discounts) > DISCOUNTS
    rows = spread(rows)
    odd = odd or any(season.min_by_weekday for season in sheet.seasons)
    odd = odd or not all(_fits(season, sheet) for season in sheet.seasons) or not _tame(sheet, rows, extras)
    common = shared(rows)
    return VectorSheet(
        starts=np.array([start for start, _, _ in stretches], np.int32),
        kinds=np.minimum(np.array(kinds, np.int32), UNPRICED).astype(np.uint8),
        rows={} if odd else _columns(rows),
        extras=tuple(extras),
        shared=common,
        currency=sheet.currency,
        base_persons=sheet.base_persons,
        max_persons=sheet.max_persons,
        straddle=_STRADDLES.index(sheet.straddle),
        folded=plain,
        supplements=() if odd else slots,
        discounts=() if odd else tuple(map(discount, sheet.discounts)),
        fixed=tuple((p.nights.arrival.toordinal(), p.nights.length) for p in _fixed(sheet)),
        odd=odd,
        gaps=any(season.sell_gaps for season in sheet.seasons),
    )


def _columns(rows: list[dict[str, Any]]) -> dict[str, Array]:
    return {
        name: np.array([row[name] for row in rows], kind).reshape(len(rows), *([many] if many else [])).T
        for name, (kind, many) in ROW_FIELDS.items()
    }


def _fixed(sheet: RateSheet) -> list[NightPrice]:
    return [price for price in sheet.night_prices if price.unit is PriceUnit.STAY]


def _fits(season: Season, sheet: RateSheet) -> bool:
    extra = season.extra_person
    if extra is not None and (len(extra.children) > BANDS or extra.unit is PriceUnit.STAY):
        return False
    return all(_grid_fits(grid, sheet) for grid in _grids(season))


def _grids(season: Season) -> tuple[Grid, ...]:
    return (season, *season.occupancies)


def _grid_fits(grid: Grid, sheet: RateSheet) -> bool:
    if sheet.straddle is not Straddle.PRORATA and (grid.named or grid.weekday_prices):
        return False
    # Where a night lacks its price, the length decides for all nights of the season together.
    if 0 < len(grid.weekday_prices) < 7 and grid.packages and grid.extra_night is not None:
        return False
    return all(1 <= length <= MAX_PACKAGE for length in grid.packages)


def _dearest(row: dict[str, Any]) -> float:
    """The dearest night that has its own price or is of a named package."""
    packages = [price / min(lengths) for _, _, lengths, price in row["named"]]
    return max((*row["weekly"], *packages), default=0)


def _tame(sheet: RateSheet, rows: list[dict[str, Any]], extras: dict[Extra, int]) -> bool:
    """Whether no total and no numerator of any party leaves 32 bits."""
    shares = [value for row in rows for value in (*row["share"], *row["long"])]
    night = max((share / (7 * length) for row in rows for length, share in enumerate(row["share"]) if length),
                default=0)  # fmt: skip
    night = max([night, *(row["long"][1] / 7 for row in rows), *map(_dearest, rows)])
    person = max((price for _, _, prices in extras for price in prices), default=0)
    supplement = sum(each.price for each in sheet.supplements if each.obligatory)
    total = _MOST_NIGHTS * (night + _MOST_PERSONS * (person / 7 + supplement))
    days = [each.percent_bp for each in sheet.discounts]
    return max([total, *map(abs, shares), person * _MOST_PERSONS * 1.0, *days], default=0) < BEYOND
