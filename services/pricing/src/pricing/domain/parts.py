"""What an owner types: seasons, rate plans, tariffs, prices on dates, supplements, discounts.

Amounts are minor units of `CURRENCY`; ranges of nights are half-open. Each part checks its own meaning
in `check`; what concerns several parts is checked by `book.RateBook`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from tariff import ChildPrice, DiscountKind, MealPlan, PriceUnit, Straddle, SupplementBase
from tariff.compile import MAX_CHILD_BANDS, PRICE_LIMIT
from tariff.parts import MAX_PACKAGE
from values import NightRange

from pricing.domain.errors import BadPrice, BadValue, SeasonsOverlap

CURRENCY = "EUR"
COLORS = frozenset({f"s{number}" for number in range(1, 9)})
MAX_NAME = 120
MAX_CODE = 40
MAX_CHILD_AGE = 17
MAX_PERSONS = 99
MAX_DAYS = 1000


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

    def check(self) -> None:
        """A code and a name."""
        need_text("rate_plan.code", self.code, MAX_CODE)
        need_text("rate_plan.name", self.name, MAX_NAME)


@dataclass(frozen=True, slots=True)
class StayRules:
    """When guests may arrive, leave, and for how long; empty or 0 is no rule."""

    arrival_days: tuple[int, ...] = ()
    departure_days: tuple[int, ...] = ()
    min_nights: int = 0
    max_nights: int = 0
    notice_days: int = 0

    def check(self, at: str) -> None:
        """Weekdays 1 to 7 once each; the minimum not above the maximum."""
        for name, days in (("arrival_days", self.arrival_days), ("departure_days", self.departure_days)):
            if len(set(days)) != len(days) or not set(days) <= set(range(1, 8)):
                raise BadValue(field=f"{at}.{name}", why="weekdays")
        for name, value in (
            ("min_nights", self.min_nights),
            ("max_nights", self.max_nights),
            ("notice_days", self.notice_days),
        ):
            need_between(f"{at}.{name}", value, 0, MAX_DAYS)
        if self.max_nights and self.max_nights < self.min_nights:
            raise BadValue(field=f"{at}.max_nights", why="below_minimum")


@dataclass(frozen=True, slots=True)
class TariffRow:
    """The prices of one season: by length of stay, and for the persons beyond the base."""

    season_id: UUID
    packages: Mapping[int, int] = field(default_factory=dict)
    extra_night: int = 0
    extra_adult: int = 0
    child_bands: tuple[ChildPrice, ...] = ()
    rules: StayRules = StayRules()

    def check(self, at: str) -> None:
        """Lengths 1 to 35, prices from zero, at most three rising bands of children."""
        for length, price in self.packages.items():
            need_between(f"{at}.packages[{length}]", length, 1, MAX_PACKAGE)
            need_price(f"{at}.packages[{length}]", price)
        need_price(f"{at}.extra_night", self.extra_night)
        need_price(f"{at}.extra_adult", self.extra_adult)
        ages = [band.up_to_age for band in self.child_bands]
        if len(ages) > MAX_CHILD_BANDS or ages != sorted(set(ages)):
            raise BadValue(field=f"{at}.child_bands", why="ages")
        for number, band in enumerate(self.child_bands):
            need_between(f"{at}.child_bands[{number}].max_age", band.up_to_age, 0, MAX_CHILD_AGE)
            need_price(f"{at}.child_bands[{number}].price", band.price)
        self.rules.check(f"{at}.rules")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOnDates(Owned):
    """A price typed on dates, which wins over the season."""

    listing_id: UUID
    rate_plan_id: UUID
    nights: NightRange
    unit: PriceUnit
    price: int
    reason: str = ""

    def check(self) -> None:
        """A price from zero."""
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

    def check(self) -> None:
        """A code, a name, a price from zero."""
        need_text("supplement.code", self.code, MAX_CODE)
        need_text("supplement.name", self.name, MAX_NAME)
        need_price("supplement.price", self.price)
        need_between("supplement.max_quantity", self.max_quantity, 0, MAX_DAYS)
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

    def check(self) -> None:
        """A code, a name, a percentage above zero."""
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


def need_text(where: str, text: str, longest: int) -> None:
    """Refuses an empty or endless text."""
    if not text.strip() or len(text) > longest:
        raise BadValue(field=where, why="empty" if not text.strip() else "too_long")


def need_length(where: str, text: str) -> None:
    """Refuses an endless text; an empty one is fine."""
    if len(text) > MAX_DAYS:
        raise BadValue(field=where, why="too_long")


def need_between(where: str, value: int, least: int, most: int) -> None:
    """Refuses a number outside `[least, most]`."""
    if not least <= value <= most:
        raise BadValue(field=where, why="out_of_range", least=least, most=most)


def need_price(where: str, amount: int) -> None:
    """Refuses an amount below zero or beyond any sense; zero is fine."""
    if not 0 <= amount <= PRICE_LIMIT:
        raise BadPrice(field=where, amount=amount, limit=PRICE_LIMIT)


def need_unique(where: str, ids: Sequence[UUID]) -> None:
    """Refuses an id named twice."""
    if len(set(ids)) != len(ids):
        raise BadValue(field=where, why="twice")


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
