"""From what an owner typed to the rate sheet that `tariff` computes with, and what deserves a second look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import tariff as algorithm
from tariff import (
    ALL_WEEKDAYS,
    DiscountBase,
    DiscountKind,
    ExtraPersonPrice,
    NightPrice,
    RateSheet,
    folded_code,
)

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
            NightPrice(str(one.id), one.nights, one.unit, one.price, one.persons or None, one.reason)
            for one in prices
        ),
        straddle=tariff.straddle if tariff else algorithm.Straddle.PRORATA,
        supplements=tuple(_supplement(one) for one in supplements),
        discounts=tuple(_discount(one) for one in discounts),
        meal_plan=plan.meal_plan,
        meals=plan.meals,
        tax_rules=tuple(taxes),
        vat_bp=listing.vat_bp,
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
        min_through=rules.min_through or 1,
        horizon_days=rules.horizon_days or None,
        sell_gaps=rules.sell_gaps,
        min_by_weekday={day: nights or 1 for day, nights in rules.min_by_arrival_day.items()},
        named=row.named,
        weekday_prices=dict(row.weekday_prices),
        occupancies=row.occupancies,
    )


def _supplement(one: Supplement) -> algorithm.Supplement:
    return algorithm.Supplement(
        code=one.code,
        name=one.name,
        base=one.base,
        price=one.price,
        obligatory=one.obligatory,
        max_quantity=one.max_quantity or None,
        nights=one.only_within,
        persons=one.persons,
        min_nights=one.min_nights or None,
        max_nights=one.max_nights or None,
    )


def _discount(one: Discount) -> algorithm.Discount:
    early, late = one.kind is DiscountKind.EARLY, one.kind is DiscountKind.LATE
    least = max(one.min_nights, one.threshold if one.kind is DiscountKind.LENGTH else 0)
    alone = one.accommodation_only or one.kind is DiscountKind.SECOND_WEEK
    return algorithm.Discount(
        id=str(one.id),
        name=one.name,
        kind=one.kind,
        percent_bp=one.basis_points,
        min_days_before=(one.threshold or None) if early else None,
        booked_before=one.before if early else None,
        max_days_before=one.threshold if late else None,
        min_nights=least or None,
        max_nights=one.max_nights or None,
        arrivals=one.arrivals,
        applies_to=DiscountBase.ACCOMMODATION if alone else DiscountBase.ACCOMMODATION_AND_EXTRA_PERSONS,
        cumulative=one.cumulative,
        code=folded_code(one.promo_code),
    )
