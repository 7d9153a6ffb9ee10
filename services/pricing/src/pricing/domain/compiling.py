"""From what an owner typed to the rate sheet that `tariff` computes with, and what deserves a second look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import tariff as algorithm
from tariff import ALL_WEEKDAYS, DiscountKind, ExtraPersonPrice, NightPrice, RateSheet
from tariff.compile import Problem, find_problems

from pricing.domain.listing import Listing
from pricing.domain.parts import (
    CURRENCY,
    Discount,
    PriceOnDates,
    RatePlan,
    Season,
    Supplement,
    Tariff,
    TariffRow,
)

WEEK = 7


@dataclass(frozen=True, slots=True)
class Remark:
    """A stable reason with the values for its sentence: a warning or a refusal."""

    reason: str
    params: Mapping[str, str] = field(default_factory=dict)


def rate_sheet(
    listing: Listing,
    plan: RatePlan,
    tariff: Tariff | None,
    *,
    seasons: Mapping[UUID, Season],
    prices: Sequence[PriceOnDates],
    supplements: Sequence[Supplement],
    discounts: Sequence[Discount],
    taxes: Sequence[algorithm.TaxRule],
) -> RateSheet:
    """The sheet of one listing and plan; without a tariff it holds only the prices typed on dates.

    The capacity of the listing bounds the base: a listing may shrink after its tariff was saved.
    """
    base = tariff.base_persons if tariff else listing.base_persons or listing.capacity
    return RateSheet(
        currency=CURRENCY,
        base_persons=min(base, listing.capacity),
        max_persons=listing.capacity,
        seasons=tuple(season(row, seasons[row.season_id], tariff) for row in tariff.rows) if tariff else (),
        night_prices=tuple(
            NightPrice(str(one.id), one.nights, one.unit, one.price, reason=one.reason) for one in prices
        ),
        straddle=tariff.straddle if tariff else algorithm.Straddle.PRORATA,
        supplements=tuple(_supplement(one) for one in supplements),
        discounts=tuple(_discount(one) for one in discounts),
        meal_plan=plan.meal_plan,
        tax_rules=tuple(taxes),
    )


def season(row: TariffRow, of: Season, tariff: Tariff) -> algorithm.Season:
    """One row of the grid with the nights of its season."""
    extra = None
    if row.extra_adult or row.child_bands:
        extra = ExtraPersonPrice(tariff.extra_person_unit, row.extra_adult, row.child_bands)
    rules = row.rules
    return algorithm.Season(
        id=str(of.id),
        name=of.name,
        periods=of.periods,
        packages=dict(row.packages),
        extra_night=row.extra_night or None,
        extra_person=extra,
        arrival_weekdays=rules.arrival_days or ALL_WEEKDAYS,
        departure_weekdays=rules.departure_days or ALL_WEEKDAYS,
        min_nights=rules.min_nights or 1,
        max_nights=rules.max_nights or None,
        notice_days=rules.notice_days or None,
    )


def remarks(tariff: Tariff, seasons: Mapping[UUID, Season], listings: Mapping[UUID, Listing]) -> list[Remark]:
    """What is worth a second look: gaps, prices of zero, a longer stay that costs less."""
    rows = [(row, seasons[row.season_id]) for row in tariff.rows if row.season_id in seasons]
    sheet = RateSheet(CURRENCY, 1, 1, seasons=tuple(season(row, of, tariff) for row, of in rows))
    found = [
        Remark("GAP", {key: str(value) for key, value in finding.params.items()})
        for finding in find_problems(sheet)
        if finding.problem is Problem.GAP
    ]
    for row, of in rows:
        found += _of_row(row, of.name)
    for listing_id in tariff.listing_ids:
        listing = listings.get(listing_id)
        if listing is not None and tariff.base_persons > listing.capacity:
            params = {"listing_id": str(listing_id), "max_persons": str(listing.capacity)}
            found.append(Remark("BASE_ABOVE_CAPACITY", params))
    return found


def _of_row(row: TariffRow, name: str) -> Iterator[Remark]:
    if not row.packages:
        yield Remark("NOTHING_PRICED", {"season": name})
    lengths = sorted(row.packages)
    for length in lengths:
        if row.packages[length] == 0:
            yield Remark("ZERO_PRICE", {"season": name, "nights": str(length)})
    for shorter, longer in pairwise(lengths):
        if 0 < row.packages[longer] < row.packages[shorter]:
            params = {"season": name, "nights": str(longer), "amount": str(row.packages[longer])}
            params |= {"shorter": str(shorter), "shorter_amount": str(row.packages[shorter])}
            yield Remark("LONGER_CHEAPER", params)
    night, week = row.packages.get(1), row.packages.get(WEEK)
    if night and week and week > WEEK * night:
        params = {"season": name, "amount": str(week), "night_amount": str(night)}
        yield Remark("WEEK_DEARER_THAN_NIGHTS", params)


def _supplement(one: Supplement) -> algorithm.Supplement:
    return algorithm.Supplement(
        code=one.code,
        name=one.name,
        base=one.base,
        price=one.price,
        obligatory=one.obligatory,
        max_quantity=one.max_quantity or None,
        nights=one.only_within,
    )


def _discount(one: Discount) -> algorithm.Discount:
    early, late = one.kind is DiscountKind.EARLY, one.kind is DiscountKind.LATE
    return algorithm.Discount(
        id=str(one.id),
        name=one.name,
        kind=one.kind,
        percent_bp=one.basis_points,
        min_days_before=(one.threshold or None) if early else None,
        booked_before=one.before if early else None,
        max_days_before=one.threshold if late else None,
        min_nights=one.threshold if one.kind is DiscountKind.LENGTH else None,
        cumulative=one.cumulative,
    )
