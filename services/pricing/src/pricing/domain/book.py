"""Everything an owner typed, as one aggregate: it alone decides what may be saved and what is sold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import ServiceError
from tariff import RateSheet, TariffRefused, compile_sheet, folded_code
from tariff import TaxRule as SheetTaxRule

from pricing.domain import compiling
from pricing.domain.errors import (
    BadValue,
    CodeTaken,
    DiscountNotFound,
    ListingNotFound,
    PlanPricedTwice,
    PriceNotFound,
    PricesOverlap,
    RatePlanNotFound,
    RevisionStale,
    SeasonInUse,
    SeasonNotFound,
    SupplementNotFound,
    TariffNotFound,
)
from pricing.domain.listing import Listing
from pricing.domain.parts import (
    Discount,
    Owned,
    PriceOnDates,
    RatePlan,
    Season,
    Supplement,
    Tariff,
    need_no_overlap,
)

PartT = TypeVar("PartT", bound=Owned)

NOT_FOUND: Mapping[type[Owned], Callable[..., ServiceError]] = {
    Season: SeasonNotFound,
    RatePlan: RatePlanNotFound,
    Tariff: TariffNotFound,
    PriceOnDates: PriceNotFound,
    Supplement: SupplementNotFound,
    Discount: DiscountNotFound,
}


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """The compiled sheet of one listing and rate plan, and what is told beside it."""

    rate_plan_id: UUID
    name: str
    sheet: RateSheet
    on_site: tuple[Supplement, ...] = ()


@dataclass
class RateBook:
    """The parts of one owner by id, and his listings. Held under the owner's lock while it changes."""

    owner_id: UUID
    listings: dict[UUID, Listing] = field(default_factory=dict)
    seasons: dict[UUID, Season] = field(default_factory=dict)
    rate_plans: dict[UUID, RatePlan] = field(default_factory=dict)
    tariffs: dict[UUID, Tariff] = field(default_factory=dict)
    prices: dict[UUID, PriceOnDates] = field(default_factory=dict)
    supplements: dict[UUID, Supplement] = field(default_factory=dict)
    discounts: dict[UUID, Discount] = field(default_factory=dict)

    def shelf(self, kind: type[PartT]) -> dict[UUID, PartT]:
        """The parts of a kind."""
        shelves: dict[type[Owned], dict[UUID, object]] = {
            Season: self.seasons,  # type: ignore[dict-item]
            RatePlan: self.rate_plans,  # type: ignore[dict-item]
            Tariff: self.tariffs,  # type: ignore[dict-item]
            PriceOnDates: self.prices,  # type: ignore[dict-item]
            Supplement: self.supplements,  # type: ignore[dict-item]
            Discount: self.discounts,  # type: ignore[dict-item]
        }
        return shelves[kind]  # type: ignore[return-value]

    def save(self, part: PartT, *, is_new: bool) -> tuple[PartT, frozenset[UUID]]:
        """Takes a new or changed part; returns it with its revision, and the listings that it touches.

        Raises:
            ServiceError: it is not there, was saved by somebody else meanwhile, or breaks a rule.

        """
        shelf = self.shelf(type(part))
        before = None if is_new else self._seen(shelf, part)
        part.check()
        part = replace(part, revision=1 if before is None else before.revision + 1)
        shelf[part.id] = part
        self._check(part)
        touched = self._touched(part) | (frozenset() if before is None else self._touched(before))
        return part, touched

    def remove(self, kind: type[PartT], part_id: UUID) -> tuple[PartT, frozenset[UUID]]:
        """Takes a part out; returns it and the listings whose prices it touches.

        Raises:
            SeasonInUse: a tariff uses the season.

        """
        shelf = self.shelf(kind)
        part = shelf.get(part_id)
        if part is None:
            raise NOT_FOUND[kind](id=part_id)
        if isinstance(part, Season):
            for tariff in self._tariffs_of(part.id):
                raise SeasonInUse(season=part.name, tariff=tariff.name)
        touched = self._touched(part)
        del shelf[part_id]
        return part, touched

    def sheets(self, listing: Listing, taxes: Sequence[SheetTaxRule]) -> tuple[PlanSheet, ...]:
        """Compiles the sheets of a listing, one per plan that has a price, by name of the plan.

        Raises:
            BadValue: a sheet is refused by `tariff`.

        """
        tariffs = {t.rate_plan_id: t for t in self.tariffs.values() if listing.id in t.listing_ids}
        typed: dict[UUID, list[PriceOnDates]] = {}
        for price in sorted(self.prices.values(), key=lambda price: (price.nights, price.id)):
            if price.listing_id == listing.id:
                typed.setdefault(price.rate_plan_id, []).append(price)
        plans = [self.rate_plans[plan_id] for plan_id in {*tariffs, *typed} if plan_id in self.rate_plans]
        found = []
        for plan in sorted(plans, key=lambda plan: (plan.name, plan.id)):
            sheet = compiling.rate_sheet(
                listing,
                plan,
                tariffs.get(plan.id),
                seasons=self.seasons,
                prices=typed.get(plan.id, ()),
                supplements=self._supplements(listing.id, plan.id, on_site=False),
                discounts=self._discounts(listing.id),
                taxes=taxes,
            )
            try:
                compile_sheet(sheet)
            except TariffRefused as refused:
                first = refused.findings[0]
                params: dict[str, Any] = dict(first.params)
                raise BadValue(field=first.where, why=first.problem.name, **params) from refused
            found.append(
                PlanSheet(plan.id, plan.name, sheet, self._supplements(listing.id, plan.id, on_site=True))
            )
        return tuple(found)

    def _seen(self, shelf: Mapping[UUID, PartT], part: PartT) -> PartT:
        before = shelf.get(part.id)
        if before is None:
            raise NOT_FOUND[type(part)](id=part.id)
        if before.revision != part.revision:
            raise RevisionStale(id=part.id, revision=before.revision)
        return before

    def _check(self, part: Owned) -> None:
        """What concerns several parts."""
        if isinstance(part, Season):
            for tariff in self._tariffs_of(part.id):
                need_no_overlap([self.seasons[row.season_id] for row in tariff.rows])
        elif isinstance(part, Tariff):
            self._check_tariff(part)
        elif isinstance(part, PriceOnDates):
            self._check_price(part)
        elif isinstance(part, RatePlan):
            _need_own_code(part, self.rate_plans.values(), part.code)
        elif isinstance(part, Supplement):
            _need_own_code(part, self.supplements.values(), part.code)
            self._need_listings(part.listing_ids)
            self._need_plans(part.rate_plan_ids)
        elif isinstance(part, Discount):
            _need_own_code(part, self.discounts.values(), part.code)
            self._need_own_promo(part)
            self._need_listings(part.listing_ids)

    def _need_own_promo(self, discount: Discount) -> None:
        code = folded_code(discount.promo_code)
        for other in self.discounts.values():
            if code and other.id != discount.id and folded_code(other.promo_code) == code:
                raise CodeTaken(code=discount.promo_code)

    def _check_tariff(self, tariff: Tariff) -> None:
        self._need_plans([tariff.rate_plan_id])
        self._need_listings(tariff.listing_ids)
        for row in tariff.rows:
            if row.season_id not in self.seasons:
                raise SeasonNotFound(id=row.season_id)
        need_no_overlap([self.seasons[row.season_id] for row in tariff.rows])
        for other in self.tariffs.values():
            if other.id == tariff.id or other.rate_plan_id != tariff.rate_plan_id:
                continue
            for listing_id in sorted({*other.listing_ids} & {*tariff.listing_ids}):
                raise PlanPricedTwice(tariff=other.name, tariff_id=other.id, listing_id=listing_id)

    def _check_price(self, price: PriceOnDates) -> None:
        self._need_plans([price.rate_plan_id])
        self._need_listings([price.listing_id])
        for other in self.prices.values():
            if other.id != price.id and price.clashes(other):
                shared = price.nights.intersection(other.nights) or other.nights
                period: dict[str, Any] = {"from": shared.arrival, "to": shared.departure}
                raise PricesOverlap(price_id=other.id, **period)

    def _need_listings(self, ids: Iterable[UUID]) -> None:
        for listing_id in ids:
            if listing_id not in self.listings:
                raise ListingNotFound(id=listing_id)

    def _need_plans(self, ids: Iterable[UUID]) -> None:
        for plan_id in ids:
            if plan_id not in self.rate_plans:
                raise RatePlanNotFound(id=plan_id)

    def _tariffs_of(self, season_id: UUID) -> list[Tariff]:
        return [t for t in self.tariffs.values() if any(row.season_id == season_id for row in t.rows)]

    def _touched(self, part: Owned) -> frozenset[UUID]:
        """The listings whose sheets hold the part."""
        ids: set[UUID] = set()
        if isinstance(part, Season):
            ids = {one for tariff in self._tariffs_of(part.id) for one in tariff.listing_ids}
        elif isinstance(part, RatePlan):
            ids = {
                one for t in self.tariffs.values() if t.rate_plan_id == part.id for one in t.listing_ids
            } | {price.listing_id for price in self.prices.values() if price.rate_plan_id == part.id}
        elif isinstance(part, PriceOnDates):
            ids = {part.listing_id}
        elif isinstance(part, Tariff):
            ids = set(part.listing_ids)
        elif isinstance(part, (Supplement, Discount)):
            ids = set(part.listing_ids) or set(self.listings)
        return frozenset(ids & self.listings.keys())

    def _supplements(self, listing_id: UUID, plan_id: UUID, *, on_site: bool) -> tuple[Supplement, ...]:
        found = [
            one
            for one in self.supplements.values()
            if one.on_site is on_site and one.concerns(listing_id, plan_id)
        ]
        return tuple(sorted(found, key=lambda one: (not one.obligatory, one.id)))

    def _discounts(self, listing_id: UUID) -> tuple[Discount, ...]:
        found = [one for one in self.discounts.values() if one.concerns(listing_id)]
        return tuple(sorted(found, key=lambda one: one.id))


def _need_own_code(part: PartT, others: Iterable[RatePlan | Supplement | Discount], code: str) -> None:
    for other in others:
        if other.id != part.id and other.code == code:
            raise CodeTaken(code=code)
