"""Rows and domain parts, both ways; one codec per kind of part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table
from tariff import (
    DiscountKind,
    MealPlan,
    PersonsCounted,
    PriceUnit,
    Straddle,
    SupplementBase,
)
from values import NightRange

from pricing.adapters import tables
from pricing.adapters.grids import grid_row, grid_values
from pricing.domain import parts
from pricing.domain.listing import Listing, ListingKind, ListingState
from pricing.domain.taxes import TaxRule, ends, folded, one_period

Row = Any
"""A row of SQLAlchemy: attributes named as the columns."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Where a kind of part lives, and how it gets there and back."""

    table: Table
    values: Callable[[Any], dict[str, Any]]
    part: Callable[[Row], Any]


def _owned(part: parts.Owned) -> dict[str, Any]:
    return {"id": part.id, "owner_id": part.owner_id, "revision": part.revision}


def _ids(row: Row) -> dict[str, Any]:
    return {"id": row.id, "owner_id": row.owner_id, "revision": row.revision}


def _range(arrival: date | None, departure: date | None) -> NightRange | None:
    return NightRange(arrival, departure) if arrival is not None and departure is not None else None


def _season_values(season: parts.Season) -> dict[str, Any]:
    periods = _periods(season.periods)
    return {**_owned(season), "name": season.name, "color": season.color, "periods": periods}


def _periods(ranges: Sequence[NightRange]) -> list[list[str]]:
    return [[one.arrival.isoformat(), one.departure.isoformat()] for one in ranges]


def _season(row: Row) -> parts.Season:
    periods = tuple(NightRange.parse(*one) for one in row.periods)
    return parts.Season(**_ids(row), name=row.name, color=row.color, periods=periods)


def _plan_values(plan: parts.RatePlan) -> dict[str, Any]:
    own = {"code": plan.code, "name": plan.name, "meal_plan": plan.meal_plan.value, "meals": plan.meals}
    return {**_owned(plan), **own}


def _plan(row: Row) -> parts.RatePlan:
    return parts.RatePlan(
        **_ids(row), code=row.code, name=row.name, meal_plan=MealPlan(row.meal_plan), meals=row.meals
    )


def _tariff_values(tariff: parts.Tariff) -> dict[str, Any]:
    return {
        **_owned(tariff),
        "name": tariff.name,
        "rate_plan_id": tariff.rate_plan_id,
        "listing_ids": list(tariff.listing_ids),
        "base_persons": tariff.base_persons,
        "extra_person_unit": tariff.extra_person_unit.value,
        "straddle": tariff.straddle.value,
        "grid": [grid_values(row) for row in tariff.rows],
    }


def _tariff(row: Row) -> parts.Tariff:
    return parts.Tariff(
        **_ids(row),
        name=row.name,
        rate_plan_id=row.rate_plan_id,
        listing_ids=tuple(row.listing_ids),
        base_persons=row.base_persons,
        extra_person_unit=PriceUnit(row.extra_person_unit),
        straddle=Straddle(row.straddle),
        rows=tuple(grid_row(one) for one in row.grid),
    )


def _price_values(price: parts.PriceOnDates) -> dict[str, Any]:
    return {
        **_owned(price),
        "listing_id": price.listing_id,
        "rate_plan_id": price.rate_plan_id,
        "arrival": price.nights.arrival,
        "departure": price.nights.departure,
        "unit": price.unit.value,
        "price": price.price,
        "currency": parts.CURRENCY,
        "reason": price.reason,
        "persons": price.persons,
    }


def _price(row: Row) -> parts.PriceOnDates:
    return parts.PriceOnDates(
        **_ids(row),
        listing_id=row.listing_id,
        rate_plan_id=row.rate_plan_id,
        nights=NightRange(row.arrival, row.departure),
        unit=PriceUnit(row.unit),
        price=row.price,
        reason=row.reason,
        persons=row.persons,
    )


def _supplement_values(one: parts.Supplement) -> dict[str, Any]:
    return {
        **_owned(one),
        "code": one.code,
        "name": one.name,
        "base": one.base.value,
        "price": one.price,
        "currency": parts.CURRENCY,
        "obligatory": one.obligatory,
        "max_quantity": one.max_quantity,
        "within_arrival": one.only_within.arrival if one.only_within else None,
        "within_departure": one.only_within.departure if one.only_within else None,
        "listing_ids": list(one.listing_ids),
        "rate_plan_ids": list(one.rate_plan_ids),
        "on_site": one.on_site,
        "min_nights": one.min_nights,
        "max_nights": one.max_nights,
        "persons_counted": one.persons.value,
    }


def _supplement(row: Row) -> parts.Supplement:
    return parts.Supplement(
        **_ids(row),
        code=row.code,
        name=row.name,
        base=SupplementBase(row.base),
        price=row.price,
        obligatory=row.obligatory,
        max_quantity=row.max_quantity,
        only_within=_range(row.within_arrival, row.within_departure),
        listing_ids=tuple(row.listing_ids),
        rate_plan_ids=tuple(row.rate_plan_ids),
        on_site=row.on_site,
        min_nights=row.min_nights,
        max_nights=row.max_nights,
        persons=PersonsCounted(row.persons_counted),
    )


def _discount_values(one: parts.Discount) -> dict[str, Any]:
    return {
        **_owned(one),
        "code": one.code,
        "name": one.name,
        "kind": one.kind.value,
        "basis_points": one.basis_points,
        "threshold": one.threshold,
        "before": one.before,
        "cumulative": one.cumulative,
        "listing_ids": list(one.listing_ids),
        "promo_code": one.promo_code,
        "min_nights": one.min_nights,
        "max_nights": one.max_nights,
        "arrivals_from": one.arrivals.arrival if one.arrivals else None,
        "arrivals_to": one.arrivals.departure if one.arrivals else None,
        "accommodation_only": one.accommodation_only,
    }


def _discount(row: Row) -> parts.Discount:
    return parts.Discount(
        **_ids(row),
        code=row.code,
        name=row.name,
        kind=DiscountKind(row.kind),
        basis_points=row.basis_points,
        threshold=row.threshold,
        before=row.before,
        cumulative=row.cumulative,
        listing_ids=tuple(row.listing_ids),
        promo_code=row.promo_code,
        min_nights=row.min_nights,
        max_nights=row.max_nights,
        arrivals=_range(row.arrivals_from, row.arrivals_to),
        accommodation_only=row.accommodation_only,
    )


CODECS: Mapping[type[parts.Owned], Codec] = {
    parts.Season: Codec(tables.SEASONS, _season_values, _season),
    parts.RatePlan: Codec(tables.RATE_PLANS, _plan_values, _plan),
    parts.Tariff: Codec(tables.TARIFFS, _tariff_values, _tariff),
    parts.PriceOnDates: Codec(tables.PRICES, _price_values, _price),
    parts.Supplement: Codec(tables.SUPPLEMENTS, _supplement_values, _supplement),
    parts.Discount: Codec(tables.DISCOUNTS, _discount_values, _discount),
}


def listing_values(listing: Listing) -> dict[str, Any]:
    """The row of a listing."""
    return {
        "id": listing.id,
        "owner_id": listing.owner_id,
        "revision": listing.revision,
        "state": listing.state.value,
        "kind": listing.kind.value,
        "base_persons": listing.base_persons,
        "max_persons": listing.max_persons,
        "official_stars": listing.official_stars,
        "insee": listing.insee,
        "zone": listing.zone,
        "vat_bp": listing.vat_bp,
    }


def listing_of(row: Row) -> Listing:
    """The listing of a row."""
    return Listing(
        id=row.id,
        owner_id=row.owner_id,
        revision=row.revision,
        state=ListingState(row.state),
        kind=ListingKind(row.kind),
        base_persons=row.base_persons,
        max_persons=row.max_persons,
        official_stars=row.official_stars,
        insee=row.insee,
        zone=row.zone,
        vat_bp=row.vat_bp,
    )


_TAX_NAMES = [
    column.name
    for column in tables.TAX_RULES.columns
    if column.name not in {"collected", "collected_from", "collected_to", "folded_commune"}
]


def tax_rule_values(rule: TaxRule) -> dict[str, Any]:
    """The row of a tourist-tax rule."""
    first, last = ends(rule.collected)
    return {name: getattr(rule, name) for name in _TAX_NAMES} | {
        "additional": dict(rule.additional),
        "collected": _periods(rule.collected),
        "collected_from": first,
        "collected_to": last,
        "folded_commune": folded(rule.commune),
    }


def tax_rule_of(row: Row) -> TaxRule:
    """The tourist-tax rule of a row.

    Where the two days are not the ends of the periods, the version before this one has written them since.
    """
    collected = tuple(NightRange.parse(*one) for one in row.collected)
    written = one_period(row.year, row.collected_from, row.collected_to)
    if ends(collected) != ends(written):
        collected = written
    return TaxRule(**{name: getattr(row, name) for name in _TAX_NAMES}, collected=collected)
