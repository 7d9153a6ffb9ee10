"""Obligatory supplements and discounts of a sheet as numbers; called by `vectorise`."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from tariff.parts import (
    Discount,
    DiscountBase,
    DiscountKind,
    PersonsCounted,
    Supplement,
    SupplementBase,
    folded_code,
)
from tariff.sheet import RateSheet

Slot = tuple[int, ...]
BEYOND = 2**31 - 1
_WEEK = 7
_PERSONS = (PersonsCounted.ALL, PersonsCounted.ADULTS, PersonsCounted.CHILDREN, PersonsCounted.EXTRA)


def supplements(sheet: RateSheet) -> tuple[tuple[int, int, int, int], tuple[Slot, ...]]:
    """The obligatory supplements: those without a condition folded, the others as slots.

    Folded: per stay, per night, per person, per person and night. A slot: price, flags (1: by person, 2: by
    night, 4: by week), whom it counts, from, to (days), least and most nights.
    """
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


def _slot(supplement: Supplement) -> Slot:
    nights, base = supplement.nights, supplement.base
    return (
        supplement.price,
        base.counts_persons + 2 * base.counts_nights + 4 * (base is SupplementBase.PER_WEEK),
        _PERSONS.index(supplement.persons),
        nights.arrival.toordinal() if nights else 0,
        nights.departure.toordinal() if nights else BEYOND,
        supplement.min_nights or 0,
        BEYOND if supplement.max_nights is None else supplement.max_nights,
    )


def discount(one: Discount) -> Slot:
    """Rate, least and most days before, booked before, least and most nights, arrivals, flags, code.

    Flags: 1: of the accommodation alone, 2: cumulative, 4: of the second week.
    """
    arrivals = one.arrivals
    second = one.kind is DiscountKind.SECOND_WEEK
    alone = one.applies_to is DiscountBase.ACCOMMODATION
    return (
        one.percent_bp,
        -BEYOND if one.min_days_before is None else one.min_days_before,
        BEYOND if one.max_days_before is None else one.max_days_before,
        BEYOND if one.booked_before is None else one.booked_before.toordinal(),
        max(one.min_nights or 0, 2 * _WEEK if second else 0),
        BEYOND if one.max_nights is None else one.max_nights,
        arrivals.arrival.toordinal() if arrivals else 0,
        arrivals.departure.toordinal() if arrivals else BEYOND,
        alone + 2 * one.cumulative + 4 * second,
        code_number(one.code),
    )


@lru_cache(maxsize=4096)
def code_number(code: str) -> int:
    """A promotional code, typed or folded, as a number of 62 bits; 0 for none."""
    folded = folded_code(code)
    if not folded:
        return 0
    return int.from_bytes(blake2b(folded.encode(), digest_size=8).digest()) >> 2 | 1
