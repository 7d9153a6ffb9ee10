"""Builders of an owner's book."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis.ids import new_id
from pricing.domain.book import RateBook
from pricing.domain.listing import Listing, ListingKind, ListingState
from pricing.domain.parts import RatePlan, Season, Tariff, TariffRow
from tariff import MealPlan, PriceUnit, Straddle
from values import NightRange

OWNER = UUID("01900000-0000-7000-8000-000000000001")


def a_listing(**changes: object) -> Listing:
    base = Listing(
        id=new_id(),
        owner_id=OWNER,
        revision=1,
        state=ListingState.IN_PRODUCTION,
        kind=ListingKind.SEASONAL_RENTAL,
        base_persons=4,
        max_persons=6,
        official_stars=3,
        insee="07028",
    )
    return replace(base, **changes)


def a_season(name: str, *periods: tuple[str, str]) -> Season:
    ranges = tuple(NightRange.parse(*one) for one in periods)
    return Season(id=new_id(), owner_id=OWNER, name=name, color="s1", periods=ranges)


def a_plan(code: str = "location", **changes: object) -> RatePlan:
    plan = RatePlan(id=new_id(), owner_id=OWNER, code=code, name=code.title(), meal_plan=MealPlan.ROOM_ONLY)
    return replace(plan, **changes)


def a_tariff(plan: RatePlan, listing: Listing, *rows: TariffRow, **changes: object) -> Tariff:
    tariff = Tariff(
        id=new_id(),
        owner_id=OWNER,
        name="Tarif",
        rate_plan_id=plan.id,
        listing_ids=(listing.id,),
        base_persons=4,
        extra_person_unit=PriceUnit.WEEK,
        straddle=Straddle.PRORATA,
        rows=rows,
    )
    return replace(tariff, **changes)


def a_book(*listings: Listing) -> RateBook:
    return RateBook(OWNER, listings={one.id: one for one in listings})
