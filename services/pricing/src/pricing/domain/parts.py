"""What an owner types: seasons, rate plans, tariffs, prices on dates, supplements, discounts.

Amounts are minor units of `CURRENCY`; ranges of nights are half-open. Each part checks its own meaning
in `check`; what concerns several parts is checked by `book.RateBook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from tariff import (
    DiscountKind,
    MealPlan,
    PersonsCounted,
    PriceUnit,
    Straddle,
    SupplementBase,
    folded_code,
)
from values import NightRange

from pricing.domain.errors import BadValue, SeasonsOverlap
from pricing.domain.grid import StayRules, TariffRow
from pricing.domain.needs import (
    MAX_CODE,
    MAX_DAYS,
    MAX_NAME,
    MAX_PERSONS,
    need_between,
    need_length,
    need_price,
    need_text,
    need_unique,
)

__all__ = ["MAX_PERSONS", "StayRules", "TariffRow", "need_between", "need_length", "need_price"]

CURRENCY = "EUR"
COLORS = frozenset({f"s{number}" for number in range(1, 9)})
MIN_PROMO_CODE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A row of an owner; `revision` grows by one with each change, from 1."""

    id: UUID
    owner_id: UUID
    revision: int = 0

    def check(self) -> None:
        """Raises BadValue or BadPrice where a value cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Owned):
    """A name and the nights that belong to it."""

    name: str
    color: str
    periods: tuple[NightRange, ...]

    def check(self) -> None:
        """Periods in order that share no night, a name, a colour of the palette."""
        need_text("season.name", self.name, MAX_NAME)
        if self.color not in COLORS:
            raise BadValue(field="season.color", why="unknown")
        if not self.periods:
            raise BadValue(field="season.periods", why="empty")
        for before, after in pairwise(self.periods):
            if shared := before.intersection(after):
                raise _overlap(self.name, self.name, shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlan(Owned):
    """A formule."""

    code: str
    name: str
    meal_plan: MealPlan
    meals: int = 0
    """What of its prices is for meals, per person and night."""

    def check(self) -> None:
        """A code and a name; a price of meals only where there are meals."""
        need_text("rate_plan.code", self.code, MAX_CODE)
        need_text("rate_plan.name", self.name, MAX_NAME)
        need_price("rate_plan.meals", self.meals)
        if self.meals and self.meal_plan is MealPlan.ROOM_ONLY:
            raise BadValue(field="rate_plan.meals", why="no_meals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff(Owned):
    """One rate plan priced for some listings."""

    name: str
    rate_plan_id: UUID
    listing_ids: tuple[UUID, ...]
    base_persons: int
    extra_person_unit: PriceUnit
    straddle: Straddle
    rows: tuple[TariffRow, ...]

    def check(self) -> None:
        """A name, a base, each season and each listing once."""
        need_text("tariff.name", self.name, MAX_NAME)
        need_between("tariff.base_persons", self.base_persons, 1, MAX_PERSONS)
        need_unique("tariff.listing_ids", self.listing_ids)
        need_unique("tariff.rows", [row.season_id for row in self.rows])
        for number, row in enumerate(self.rows):
            row.check(f"tariff.rows[{number}]")
            for place, each in enumerate(row.occupancies):
                if each.persons == self.base_persons:
                    raise BadValue(field=f"tariff.rows[{number}].occupancies[{place}].persons", why="base")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOnDates(Owned):
    """A price typed on dates, which wins over the season."""

    listing_id: UUID
    rate_plan_id: UUID
    nights: NightRange
    unit: PriceUnit
    price: int
    reason: str = ""
    persons: int = 0
    """How many it covers; 0: the tariff's base."""

    def check(self) -> None:
        """A price from zero."""
        need_between("price.persons", self.persons, 0, MAX_PERSONS)
        need_price("price.price", self.price)
        need_length("price.reason", self.reason)

    def clashes(self, other: PriceOnDates) -> bool:
        """Whether both cannot stand: two fixed stays on the same dates, or two others that share a night."""
        if (self.listing_id, self.rate_plan_id) != (other.listing_id, other.rate_plan_id):
            return False
        fixed = PriceUnit.STAY
        if (self.unit is fixed) is not (other.unit is fixed):
            return False
        return self.nights == other.nights if self.unit is fixed else self.nights.overlaps(other.nights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Owned):
    """Something sold with the stay, or told and paid on site."""

    code: str
    name: str
    base: SupplementBase
    price: int
    obligatory: bool = False
    max_quantity: int = 0
    only_within: NightRange | None = None
    listing_ids: tuple[UUID, ...] = ()
    rate_plan_ids: tuple[UUID, ...] = ()
    on_site: bool = False
    min_nights: int = 0
    max_nights: int = 0
    """0: no such limit."""
    persons: PersonsCounted = PersonsCounted.ALL

    def check(self) -> None:
        """A code, a name, a price from zero."""
        need_text("supplement.code", self.code, MAX_CODE)
        need_text("supplement.name", self.name, MAX_NAME)
        need_price("supplement.price", self.price)
        need_between("supplement.max_quantity", self.max_quantity, 0, MAX_DAYS)
        _need_bounds("supplement", self.min_nights, self.max_nights)
        need_unique("supplement.listing_ids", self.listing_ids)
        need_unique("supplement.rate_plan_ids", self.rate_plan_ids)

    def concerns(self, listing_id: UUID, rate_plan_id: UUID) -> bool:
        """Whether that listing and plan have it."""
        return (not self.listing_ids or listing_id in self.listing_ids) and (
            not self.rate_plan_ids or rate_plan_id in self.rate_plan_ids
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Owned):
    """A percentage off the accommodation and the extra persons."""

    code: str
    name: str
    kind: DiscountKind
    basis_points: int
    threshold: int = 0
    before: date | None = None
    cumulative: bool = False
    listing_ids: tuple[UUID, ...] = ()
    promo_code: str = ""
    """What the guest types (CODE), as the owner wrote it."""
    min_nights: int = 0
    max_nights: int = 0
    """0: no such limit."""
    arrivals: NightRange | None = None
    """Arrivals on those days only."""
    accommodation_only: bool = False

    def check(self) -> None:
        """A code, a name, a percentage above zero; a promotional code for the kind CODE alone."""
        _need_bounds("discount", self.min_nights, self.max_nights)
        if self.kind is DiscountKind.CODE:
            need_between("discount.promo_code", len(folded_code(self.promo_code)), MIN_PROMO_CODE, MAX_CODE)
        elif self.promo_code:
            raise BadValue(field="discount.promo_code", why="only_code")
        need_text("discount.code", self.code, MAX_CODE)
        need_text("discount.name", self.name, MAX_NAME)
        need_between("discount.basis_points", self.basis_points, 1, 10_000)
        need_between("discount.threshold", self.threshold, 0, MAX_DAYS)
        need_unique("discount.listing_ids", self.listing_ids)
        if self.before is not None and self.kind is not DiscountKind.EARLY:
            raise BadValue(field="discount.before", why="only_early")

    def concerns(self, listing_id: UUID) -> bool:
        """Whether that listing has it."""
        return not self.listing_ids or listing_id in self.listing_ids


def _need_bounds(at: str, least: int, most: int) -> None:
    need_between(f"{at}.min_nights", least, 0, MAX_DAYS)
    need_between(f"{at}.max_nights", most, 0, MAX_DAYS)
    if most and most < least:
        raise BadValue(field=f"{at}.max_nights", why="below_minimum")


def need_no_overlap(seasons: Sequence[Season]) -> None:
    """Refuses seasons of one tariff that share a night.

    Raises:
        SeasonsOverlap: with both names and the shared nights.

    """
    periods = sorted((period, number) for number, season in enumerate(seasons) for period in season.periods)
    for (before, first), (after, second) in pairwise(periods):
        if shared := before.intersection(after):
            raise _overlap(seasons[first].name, seasons[second].name, shared)


def _overlap(first: str, second: str, shared: NightRange) -> SeasonsOverlap:
    period: dict[str, Any] = {"from": shared.arrival, "to": shared.departure}
    return SeasonsOverlap(first=first, second=second, **period)
