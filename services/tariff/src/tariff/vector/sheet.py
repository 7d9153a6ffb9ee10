"""A rate sheet as small arrays: kinds of nights, where each begins, and what an offer adds; see `vectorise`.

A *kind* of night is a season, or a typed price over a season: all that its nights share. `design.md` 5 has
the layout; stay rules stand with the kind, not with each night, for they are the season's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariff.parts import (
    MAX_PACKAGE,
    NightPrice,
    PriceUnit,
    Season,
    Straddle,
)
from tariff.sheet import RateSheet
from tariff.vector.additions import BEYOND, Slot, discount, supplements

Array = NDArray[Any]

UNPRICED = 255
"""The kind of a night that has neither season nor typed price."""
MOST_KINDS = 255
SLOTS = 4
"""Discounts, and supplements with conditions, that an offer has room for."""
SUPPLEMENT, DISCOUNT = 7, 9
"""Numbers in a slot of either; `additions` says which."""
BANDS = 3
FAR = 32_000
"""« No limit » of days; nobody searches so far ahead."""
ANY_LENGTH = 255
_MOST_PERSONS, _MOST_NIGHTS = 198, 90
_MOST_MOST_NIGHTS = 90
_STRADDLES = (Straddle.PRORATA, Straddle.ARRIVAL_SEASON, Straddle.MAJORITY, Straddle.HIGHEST)

ROW_FIELDS: dict[str, tuple[type, int]] = {
    "share": (np.int32, MAX_PACKAGE + 1),
    "long": (np.int64, 2),
    "extra": (np.int32, 0),
    "season": (np.int16, 0),
    "typed": (np.bool_, 0),
    "rules": (np.int64, 0),
    "arrivals": (np.uint8, 0),
    "departures": (np.uint8, 0),
}
"""What a kind of night knows: name -> type and how many (0: one). `share[L]` is the numerator of one night
over 7 L, -1 = not sold for that length; `long` = (a, b): a + b L for longer stays; `extra` is the number of
its `Extra`; `rules` holds all stay rules, see `rules_word`; weekdays are bits 0 to 6."""

Extra = tuple[int, tuple[int, ...], tuple[int, ...]]
"""How many persons are covered, the age limits of the bands, and the numerators over 7 of the price per night
of an extra adult and of each band."""
NO_EXTRA: Extra = (0, (), (0,) * (BANDS + 1))


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
    odd: bool
    """True for a sheet that does not fit: `evaluate` prices every stay."""


def vectorise(sheet: RateSheet) -> VectorSheet:
    """Turns a sheet that `compile_sheet` accepts into arrays; what does not fit is `odd`."""
    stretches = sheet.index.stretches()
    extras: dict[Extra, int] = {}
    rows, kinds = _kinds(sheet, stretches, extras)
    plain, slots = supplements(sheet)
    odd = len(rows) > MOST_KINDS or len(slots) > SLOTS or len(sheet.discounts) > SLOTS
    odd = odd or not all(map(_fits, sheet.seasons)) or not _tame(sheet, rows, extras)
    return VectorSheet(
        starts=np.array([start for start, _, _ in stretches], np.int32),
        kinds=np.minimum(np.array(kinds, np.int32), UNPRICED).astype(np.uint8),
        rows={} if odd else _columns(rows),
        extras=tuple(extras),
        currency=sheet.currency,
        base_persons=sheet.base_persons,
        max_persons=sheet.max_persons,
        straddle=_STRADDLES.index(sheet.straddle),
        folded=plain,
        supplements=() if odd else slots,
        discounts=() if odd else tuple(map(discount, sheet.discounts)),
        fixed=tuple((p.nights.arrival.toordinal(), p.nights.length) for p in _fixed(sheet)),
        odd=odd,
    )


def _kinds(
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
            names[name] = known.setdefault(tuple(row.values()), len(rows))
            if names[name] == len(rows):
                rows.append(row)
        kinds.append(names[name])
    return rows, kinds


def season_shares(season: Season) -> tuple[int, ...]:
    """`index.price_of_length` for the lengths 1 to 35: the share of one night over 7 L, -1 where none."""
    return _shares(tuple(season.packages.items()), season.extra_night)


@lru_cache(maxsize=4096)
def _shares(prices: tuple[tuple[int, int], ...], extra: int | None) -> tuple[int, ...]:
    # The years of a season have the same prices: what one was reckoned for serves the others.
    packages = dict(prices)
    week = packages.get(7)
    found = [-1] * (MAX_PACKAGE + 1)
    known = paid = 0
    for length in range(1, MAX_PACKAGE + 1):
        price = packages.get(length)
        if price is not None:
            known, paid = length, price
            found[length] = 7 * price
        elif length > 7 and week is not None:
            found[length] = week * length
        elif known and extra is not None:
            found[length] = 7 * (paid + (length - known) * extra)
    return tuple(found)


def _long_shares(season: Season) -> tuple[int, int]:
    """The same for longer stays, as (a, b): a + b L; (-1, 0) where none is sold."""
    if 7 in season.packages:
        return 0, season.packages[7]
    longest = max(season.packages, default=0)
    if not longest or season.extra_night is None:
        return -1, 0
    return 7 * (season.packages[longest] - longest * season.extra_night), 7 * season.extra_night


def _row(
    sheet: RateSheet,
    season: Season | None,
    typed: NightPrice | None,
    extras: dict[Extra, int],
) -> dict[str, Any]:
    if typed is not None:
        times = 7 if typed.unit is PriceUnit.NIGHT else 1
        share = (-1, *(typed.price * times * length for length in range(1, MAX_PACKAGE + 1)))
        long = (0, typed.price * times)
    else:
        assert season is not None  # noqa: S101 - a kind is one or the other
        share, long = season_shares(season), _long_shares(season)
    base = sheet.base_persons if typed is None or typed.persons is None else typed.persons
    extra = _extra(season, base)
    notice = sheet.notice_days if season is None or season.notice_days is None else season.notice_days
    most = min(sheet.max_nights, ANY_LENGTH)
    everyday = tuple(range(1, 8))
    return {
        "share": share,
        "long": long,
        "extra": extras.setdefault(extra, len(extras)),
        "season": -1 if season is None else 0,
        "typed": typed is not None,
        "rules": rules_word(
            least=season.min_nights if season else 0,
            through=season.min_through if season else 0,
            most=min(season.max_nights or most, most) if season else most,
            notice=notice,
            horizon=FAR if sheet.horizon_days is None else sheet.horizon_days,
        ),
        "arrivals": _weekdays(season.arrival_weekdays if season else everyday),
        "departures": _weekdays(season.departure_weekdays if season else everyday),
    }


def rules_word(*, least: int, through: int, most: int, notice: int, horizon: int) -> int:
    """Least nights, least nights of whoever touches it, most nights, notice and horizon in one word.

    Little-endian: three bytes, one empty, two int16. One look-up per offer then gives them all.
    """
    days = min(notice, FAR) << 32 | min(horizon, FAR) << 48
    return min(least, ANY_LENGTH) | min(through, ANY_LENGTH) << 8 | min(most, ANY_LENGTH) << 16 | days


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


def _columns(rows: list[dict[str, Any]]) -> dict[str, Array]:
    return {
        name: np.array([row[name] for row in rows], kind).reshape(len(rows), *([many] if many else [])).T
        for name, (kind, many) in ROW_FIELDS.items()
    }


def _fixed(sheet: RateSheet) -> list[NightPrice]:
    return [price for price in sheet.night_prices if price.unit is PriceUnit.STAY]


def _fits(season: Season) -> bool:
    extra = season.extra_person
    if extra is not None and (len(extra.children) > BANDS or extra.unit is PriceUnit.STAY):
        return False
    return all(1 <= length <= MAX_PACKAGE for length in season.packages)


def _tame(sheet: RateSheet, rows: list[dict[str, Any]], extras: dict[Extra, int]) -> bool:
    """Whether no total and no numerator of any party leaves 32 bits."""
    shares = [value for row in rows for value in (*row["share"], *row["long"])]
    night = max((share / (7 * length) for row in rows for length, share in enumerate(row["share"]) if length),
                default=0)  # fmt: skip
    night = max([night, *(row["long"][1] / 7 for row in rows)])
    person = max((price for _, _, prices in extras for price in prices), default=0)
    supplement = sum(each.price for each in sheet.supplements if each.obligatory)
    total = _MOST_NIGHTS * (night + _MOST_PERSONS * (person / 7 + supplement))
    days = [each.percent_bp for each in sheet.discounts]
    return max([total, *map(abs, shares), person * _MOST_PERSONS * 1.0, *days], default=0) < BEYOND
