"""A rate sheet as small arrays: kinds of nights, where each begins, and what an offer adds; see `vectorise`.

A *kind* of night is a season, or a typed price over a season: all that its nights share. `design.md` 5 has
the layout; stay rules stand with the kind, not with each night, for they are the season's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariff.parts import (
    MAX_PACKAGE,
    Discount,
    DiscountBase,
    NightPrice,
    PersonsCounted,
    PriceUnit,
    Season,
    Straddle,
    Supplement,
    SupplementBase,
)
from tariff.sheet import RateSheet

Array = NDArray[Any]

UNPRICED = 255
"""The kind of a night that has neither season nor typed price."""
MOST_KINDS = 255
SLOTS = 4
"""Discounts, and supplements with conditions, that an offer has room for."""
BANDS = 3
FAR = 32_000
"""« No limit » of days; nobody searches so far ahead."""
ANY_LENGTH = 255
_INT32 = 2**31 - 1
_MOST_PERSONS = 198
_MOST_NIGHTS = 90
_STRADDLES = (Straddle.PRORATA, Straddle.ARRIVAL_SEASON, Straddle.MAJORITY, Straddle.HIGHEST)
_PERSONS = (PersonsCounted.ALL, PersonsCounted.ADULTS, PersonsCounted.CHILDREN, PersonsCounted.EXTRA)

ROW_FIELDS: dict[str, tuple[type, int]] = {
    "share": (np.int32, MAX_PACKAGE + 1),
    "long": (np.int64, 2),
    "extra": (np.int32, BANDS + 1),
    "pattern": (np.int32, 0),
    "season": (np.int16, 0),
    "typed": (np.bool_, 0),
    "min_nights": (np.uint8, 0),
    "min_through": (np.uint8, 0),
    "max_nights": (np.uint8, 0),
    "notice": (np.int16, 0),
    "horizon": (np.int16, 0),
    "arrivals": (np.uint8, 0),
    "departures": (np.uint8, 0),
}
"""What a kind of night knows: name -> type and how many (0: one). `share[L]` is the numerator of one night
over 7 L, -1 = not sold for that length; `long` = (a, b): a + b L for longer stays; `extra` = the numerators
over 7 of the extra adult and of each age band; `pattern` names base and bands; weekdays are bits 0 to 6."""

Pattern = tuple[int, tuple[int, ...]]
"""How many persons are covered, and the age limits of the bands."""


@dataclass(frozen=True, slots=True)
class VectorSheet:
    """What `OfferTable.put` takes. Days are ordinals, amounts minor units."""

    starts: Array
    """int32: first day of each stretch of nights of one kind; the last stretch has no end."""
    kinds: Array
    """uint8: the kind of each stretch, `UNPRICED` for none."""
    rows: dict[str, Array]
    """By the names of `ROW_FIELDS`, one entry per kind (share, long, extra: one column per kind)."""
    patterns: tuple[Pattern, ...]
    currency: str
    base_persons: int
    max_persons: int
    straddle: int
    folded: tuple[int, int, int, int]
    """Obligatory supplements per stay, per night, per person, per person and night."""
    supplements: tuple[tuple[int, ...], ...]
    """price, base's number, persons' number, from, to (days), least and most nights."""
    discounts: tuple[tuple[int, ...], ...]
    """rate, least and most days before, booked before, least and most nights, arrivals from, to, flags
    (1: accommodation alone, 2: cumulative)."""
    fixed: tuple[tuple[int, int], ...]
    """(arrival, nights) of the fixed stays: those are priced by `evaluate`."""
    odd: bool
    """True for a sheet that does not fit: `evaluate` prices every stay."""


def vectorise(sheet: RateSheet) -> VectorSheet:
    """Turns a sheet that `compile_sheet` accepts into arrays; what does not fit is `odd`."""
    stretches = sheet.index.stretches()
    patterns: dict[Pattern, int] = {}
    rows, kinds = _kinds(sheet, stretches, patterns)
    plain, slots = _supplements(sheet)
    odd = len(rows) > MOST_KINDS or len(slots) > SLOTS or len(sheet.discounts) > SLOTS
    odd = odd or not all(map(_fits, sheet.seasons)) or not _tame(sheet, rows)
    return VectorSheet(
        starts=np.array([start for start, _, _ in stretches], np.int32),
        kinds=np.minimum(np.array(kinds, np.int32), UNPRICED).astype(np.uint8),
        rows={} if odd else _columns(rows),
        patterns=tuple(patterns),
        currency=sheet.currency,
        base_persons=sheet.base_persons,
        max_persons=sheet.max_persons,
        straddle=_STRADDLES.index(sheet.straddle),
        folded=plain,
        supplements=() if odd else slots,
        discounts=() if odd else tuple(map(_discount, sheet.discounts)),
        fixed=tuple((p.nights.arrival.toordinal(), p.nights.length) for p in _fixed(sheet)),
        odd=odd,
    )


def _kinds(
    sheet: RateSheet,
    stretches: list[tuple[int, Season | None, NightPrice | None]],
    patterns: dict[Pattern, int],
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
            row = _row(sheet, season, typed, patterns)
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
    packages, extra = season.packages, season.extra_night
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
    patterns: dict[Pattern, int],
) -> dict[str, Any]:
    if typed is not None:
        times = 7 if typed.unit is PriceUnit.NIGHT else 1
        share = (-1, *(typed.price * times * length for length in range(1, MAX_PACKAGE + 1)))
        long = (0, typed.price * times)
    else:
        assert season is not None  # noqa: S101 - a kind is one or the other
        share, long = season_shares(season), _long_shares(season)
    extra, limits = _extra_prices(season)
    base = sheet.base_persons if typed is None or typed.persons is None else typed.persons
    notice = sheet.notice_days if season is None or season.notice_days is None else season.notice_days
    most = min(sheet.max_nights, ANY_LENGTH)
    everyday = tuple(range(1, 8))
    return {
        "share": share,
        "long": long,
        "extra": extra,
        "pattern": patterns.setdefault((base, limits), len(patterns)),
        "season": -1 if season is None else 0,
        "typed": typed is not None,
        "min_nights": min(season.min_nights, ANY_LENGTH) if season else 0,
        "min_through": min(season.min_through, ANY_LENGTH) if season else 0,
        "max_nights": min(season.max_nights or most, most) if season else most,
        "notice": min(notice, FAR),
        "horizon": FAR if sheet.horizon_days is None else min(sheet.horizon_days, FAR),
        "arrivals": _weekdays(season.arrival_weekdays if season else everyday),
        "departures": _weekdays(season.departure_weekdays if season else everyday),
    }


def _extra_prices(season: Season | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numerators over 7 per night of an extra adult and of each band; no limits where nothing is asked."""
    extra = season.extra_person if season else None
    if extra is None:
        return (0,) * (BANDS + 1), ()
    times = 7 if extra.unit is PriceUnit.NIGHT else 1
    bands = sorted(extra.children, key=lambda band: band.up_to_age)[:BANDS]
    prices = [extra.adult * times, *(band.price * times for band in bands)]
    return tuple(prices + [0] * (BANDS + 1 - len(prices))), tuple(band.up_to_age for band in bands)


def _weekdays(days: Iterable[int]) -> int:
    return sum(1 << (day - 1) for day in set(days))


def _columns(rows: list[dict[str, Any]]) -> dict[str, Array]:
    return {
        name: np.array([row[name] for row in rows], kind).reshape(len(rows), *([many] if many else [])).T
        for name, (kind, many) in ROW_FIELDS.items()
    }


def _supplements(sheet: RateSheet) -> tuple[tuple[int, int, int, int], tuple[tuple[int, ...], ...]]:
    """The obligatory supplements: those without a condition folded, the others as slots."""
    plain, slots = [0, 0, 0, 0], []
    for each in sheet.supplements:
        if not each.obligatory:
            continue
        place = _folded(each)
        if place is None:
            slots.append(_slot(each))
        else:
            plain[place] += each.price
    return (plain[0], plain[1], plain[2], plain[3]), tuple(slots)


def _folded(supplement: Supplement) -> int | None:
    bounds = (supplement.nights, supplement.min_nights, supplement.max_nights)
    base = supplement.base
    if any(bound is not None for bound in bounds) or base is SupplementBase.PER_WEEK:
        return None
    if base.counts_persons and supplement.persons is not PersonsCounted.ALL:
        return None
    return 2 * base.counts_persons + base.counts_nights


def _slot(supplement: Supplement) -> tuple[int, ...]:
    nights, base = supplement.nights, supplement.base
    flags = base.counts_persons + 2 * base.counts_nights + 4 * (base is SupplementBase.PER_WEEK)
    return (
        supplement.price,
        flags,
        _PERSONS.index(supplement.persons),
        nights.arrival.toordinal() if nights else 0,
        nights.departure.toordinal() if nights else _INT32,
        supplement.min_nights or 0,
        _INT32 if supplement.max_nights is None else supplement.max_nights,
    )


def _discount(discount: Discount) -> tuple[int, ...]:
    arrivals = discount.arrivals
    alone = discount.applies_to is DiscountBase.ACCOMMODATION
    return (
        discount.percent_bp,
        -_INT32 if discount.min_days_before is None else discount.min_days_before,
        _INT32 if discount.max_days_before is None else discount.max_days_before,
        _INT32 if discount.booked_before is None else discount.booked_before.toordinal(),
        discount.min_nights or 0,
        _INT32 if discount.max_nights is None else discount.max_nights,
        arrivals.arrival.toordinal() if arrivals else 0,
        arrivals.departure.toordinal() if arrivals else _INT32,
        alone + 2 * discount.cumulative,
    )


def _fixed(sheet: RateSheet) -> list[NightPrice]:
    return [price for price in sheet.night_prices if price.unit is PriceUnit.STAY]


def _fits(season: Season) -> bool:
    extra = season.extra_person
    if extra is not None and (len(extra.children) > BANDS or extra.unit is PriceUnit.STAY):
        return False
    return all(1 <= length <= MAX_PACKAGE for length in season.packages)


def _tame(sheet: RateSheet, rows: list[dict[str, Any]]) -> bool:
    """Whether no total and no numerator of any party leaves 32 bits."""
    shares = [value for row in rows for value in (*row["share"], *row["long"])]
    night = max((share / (7 * length) for row in rows for length, share in enumerate(row["share"]) if length),
                default=0)  # fmt: skip
    night = max([night, *(row["long"][1] / 7 for row in rows)])
    person = max((value for row in rows for value in row["extra"]), default=0)
    supplement = sum(each.price for each in sheet.supplements if each.obligatory)
    total = _MOST_NIGHTS * (night + _MOST_PERSONS * (person / 7 + supplement))
    days = [each.percent_bp for each in sheet.discounts]
    return max([total, *map(abs, shares), person * _MOST_PERSONS * 1.0, *days], default=0) < _INT32
