"""What owners type, both ways. A part that is new gets its id from `new_id`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sejour.pricing.v1 import pricing_types_pb2 as pb
from tariff import DiscountKind, MealPlan, PersonsCounted, PriceUnit, Straddle, SupplementBase

from pricing.domain import parts
from pricing.mapping.grids import of_row, to_row
from pricing.mapping.values import (
    of_amount,
    of_enum,
    of_nights,
    to_amount,
    to_date,
    to_enum,
    to_id,
    to_nights,
    to_optional_id,
)

NewId = Callable[[], UUID]


def _ids(texts: Iterable[str], where: str) -> tuple[UUID, ...]:
    return tuple(to_id(text, f"{where}[{number}]") for number, text in enumerate(texts))


def to_season(message: pb.Season, new_id: NewId) -> parts.Season:
    """A season; its periods are put in order."""
    periods = [to_nights(one, f"season.periods[{number}]") for number, one in enumerate(message.periods)]
    return parts.Season(
        id=to_optional_id(message.id, "season.id") or new_id(),
        owner_id=to_id(message.owner_id, "season.owner_id"),
        revision=message.revision,
        name=message.name.strip(),
        color=message.color or "s1",
        periods=tuple(sorted(periods)),
    )


def of_season(season: parts.Season) -> pb.Season:
    """A season on the wire."""
    return pb.Season(
        id=str(season.id),
        owner_id=str(season.owner_id),
        name=season.name,
        color=season.color,
        periods=[of_nights(one) for one in season.periods],
        revision=season.revision,
    )


def to_rate_plan(message: pb.RatePlan, new_id: NewId) -> parts.RatePlan:
    """A rate plan."""
    return parts.RatePlan(
        id=to_optional_id(message.id, "rate_plan.id") or new_id(),
        owner_id=to_id(message.owner_id, "rate_plan.owner_id"),
        revision=message.revision,
        code=message.code.strip(),
        name=message.name.strip(),
        meal_plan=to_enum(
            MealPlan, pb.MealPlan, message.meal_plan, "rate_plan.meal_plan", default=MealPlan.ROOM_ONLY
        ),
        meals=message.meals,
    )


def of_rate_plan(plan: parts.RatePlan) -> pb.RatePlan:
    """A rate plan on the wire."""
    return pb.RatePlan(
        id=str(plan.id),
        owner_id=str(plan.owner_id),
        code=plan.code,
        name=plan.name,
        meal_plan=of_enum(plan.meal_plan, pb.MealPlan),
        meals=plan.meals,
        revision=plan.revision,
    )


def to_tariff(message: pb.Tariff, new_id: NewId) -> parts.Tariff:
    """A tariff with its grid."""
    return parts.Tariff(
        id=to_optional_id(message.id, "tariff.id") or new_id(),
        owner_id=to_id(message.owner_id, "tariff.owner_id"),
        revision=message.revision,
        name=message.name.strip(),
        rate_plan_id=to_id(message.rate_plan_id, "tariff.rate_plan_id"),
        listing_ids=_ids(message.listing_ids, "tariff.listing_ids"),
        base_persons=message.base_persons,
        extra_person_unit=to_enum(
            PriceUnit,
            pb.ExtraPersonUnit,
            message.extra_person_unit,
            "tariff.extra_person_unit",
            default=PriceUnit.NIGHT,
        ),
        straddle=to_enum(
            Straddle, pb.StraddleMode, message.straddle, "tariff.straddle", default=Straddle.PRORATA
        ),
        rows=tuple(to_row(row, f"tariff.rows[{number}]") for number, row in enumerate(message.rows)),
    )


def of_tariff(tariff: parts.Tariff) -> pb.Tariff:
    """A tariff on the wire."""
    return pb.Tariff(
        id=str(tariff.id),
        owner_id=str(tariff.owner_id),
        name=tariff.name,
        rate_plan_id=str(tariff.rate_plan_id),
        listing_ids=[str(one) for one in tariff.listing_ids],
        base_persons=tariff.base_persons,
        extra_person_unit=of_enum(tariff.extra_person_unit, pb.ExtraPersonUnit),
        straddle=of_enum(tariff.straddle, pb.StraddleMode),
        rows=[of_row(row) for row in tariff.rows],
        revision=tariff.revision,
    )


def to_price(message: pb.PriceOnDates, new_id: NewId) -> parts.PriceOnDates:
    """A price on dates."""
    return parts.PriceOnDates(
        id=to_optional_id(message.id, "price.id") or new_id(),
        owner_id=to_id(message.owner_id, "price.owner_id"),
        revision=message.revision,
        listing_id=to_id(message.listing_id, "price.listing_id"),
        rate_plan_id=to_id(message.rate_plan_id, "price.rate_plan_id"),
        nights=to_nights(message.nights, "price.nights"),
        unit=to_enum(PriceUnit, pb.PriceUnit, message.unit, "price.unit"),
        price=to_amount(message.price, "price.price"),
        reason=message.reason.strip(),
        persons=message.persons,
    )


def of_price(price: parts.PriceOnDates) -> pb.PriceOnDates:
    """A price on dates on the wire."""
    return pb.PriceOnDates(
        id=str(price.id),
        owner_id=str(price.owner_id),
        listing_id=str(price.listing_id),
        rate_plan_id=str(price.rate_plan_id),
        nights=of_nights(price.nights),
        unit=of_enum(price.unit, pb.PriceUnit),
        price=of_amount(price.price),
        reason=price.reason,
        revision=price.revision,
        persons=price.persons,
    )


def to_supplement(message: pb.Supplement, new_id: NewId) -> parts.Supplement:
    """A supplement."""
    within = message.HasField("only_within")
    return parts.Supplement(
        id=to_optional_id(message.id, "supplement.id") or new_id(),
        owner_id=to_id(message.owner_id, "supplement.owner_id"),
        revision=message.revision,
        code=message.code.strip(),
        name=message.name.strip(),
        base=to_enum(SupplementBase, pb.SupplementBase, message.base, "supplement.base"),
        price=to_amount(message.price, "supplement.price"),
        obligatory=message.obligatory,
        max_quantity=message.max_quantity,
        only_within=to_nights(message.only_within, "supplement.only_within") if within else None,
        listing_ids=_ids(message.listing_ids, "supplement.listing_ids"),
        rate_plan_ids=_ids(message.rate_plan_ids, "supplement.rate_plan_ids"),
        on_site=message.on_site,
        min_nights=message.min_nights,
        max_nights=message.max_nights,
        persons=to_enum(
            PersonsCounted,
            pb.PersonsCounted,
            message.persons_counted,
            "supplement.persons_counted",
            default=PersonsCounted.ALL,
        ),
    )


def of_supplement(one: parts.Supplement) -> pb.Supplement:
    """A supplement on the wire."""
    return pb.Supplement(
        id=str(one.id),
        owner_id=str(one.owner_id),
        code=one.code,
        name=one.name,
        base=of_enum(one.base, pb.SupplementBase),
        price=of_amount(one.price),
        obligatory=one.obligatory,
        max_quantity=one.max_quantity,
        only_within=of_nights(one.only_within) if one.only_within else None,
        listing_ids=[str(value) for value in one.listing_ids],
        rate_plan_ids=[str(value) for value in one.rate_plan_ids],
        on_site=one.on_site,
        revision=one.revision,
        min_nights=one.min_nights,
        max_nights=one.max_nights,
        persons_counted=_of_persons(one.persons),
    )


def _of_persons(persons: PersonsCounted) -> Any:
    """Everybody is unset, as it always was: a sheet told before is the same bytes."""
    if persons is PersonsCounted.ALL:
        return pb.PERSONS_COUNTED_UNSPECIFIED
    return of_enum(persons, pb.PersonsCounted)


def to_discount(message: pb.Discount, new_id: NewId) -> parts.Discount:
    """A discount."""
    return parts.Discount(
        id=to_optional_id(message.id, "discount.id") or new_id(),
        owner_id=to_id(message.owner_id, "discount.owner_id"),
        revision=message.revision,
        code=message.code.strip(),
        name=message.name.strip(),
        kind=to_enum(DiscountKind, pb.DiscountKind, message.kind, "discount.kind"),
        basis_points=message.basis_points,
        threshold=message.threshold,
        before=to_date(message.before, "discount.before"),
        cumulative=message.cumulative,
        listing_ids=_ids(message.listing_ids, "discount.listing_ids"),
        promo_code=message.promo_code.strip(),
        min_nights=message.min_nights,
        max_nights=message.max_nights,
        arrivals=to_nights(message.arrivals, "discount.arrivals") if message.HasField("arrivals") else None,
        accommodation_only=message.accommodation_only,
    )


def of_discount(one: parts.Discount) -> pb.Discount:
    """A discount on the wire."""
    return pb.Discount(
        id=str(one.id),
        owner_id=str(one.owner_id),
        code=one.code,
        name=one.name,
        kind=of_enum(one.kind, pb.DiscountKind),
        basis_points=one.basis_points,
        threshold=one.threshold,
        before=one.before.isoformat() if one.before else "",
        cumulative=one.cumulative,
        listing_ids=[str(value) for value in one.listing_ids],
        revision=one.revision,
        promo_code=one.promo_code,
        min_nights=one.min_nights,
        max_nights=one.max_nights,
        arrivals=of_nights(one.arrivals) if one.arrivals else None,
        accommodation_only=one.accommodation_only,
    )
