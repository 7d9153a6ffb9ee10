"""The price of one line of a quote: from `tariff`'s answer, or agreed by the owner, explained as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from tariff import (
    ChosenSupplement,
    Line,
    LineKind,
    MealPlan,
    NotSellable,
    Party,
    PromoState,
    Reason,
    ReasonKind,
    StayRules,
    TouristTax,
    evaluate,
    gap_rule_counts,
    taxed_price,
    tourist_tax,
)
from tariff import TaxRule as SheetTaxRule
from values import NightRange

from pricing.domain.book import PlanSheet
from pricing.domain.compiling import Remark
from pricing.domain.listing import Listing
from pricing.domain.parts import CURRENCY
from pricing.domain.taxes import years_without_rule


@dataclass(frozen=True, slots=True)
class PricedListing:
    """A listing with its sheets as compiled at `revision` (0: none yet)."""

    listing: Listing
    revision: int
    plans: tuple[PlanSheet, ...]

    def plan(self, plan_id: UUID) -> PlanSheet | None:
        """The sheet of a plan."""
        return next((plan for plan in self.plans if plan.rate_plan_id == plan_id), None)


@dataclass(frozen=True, slots=True)
class Stay:
    """What is asked: the nights, who stays, what they choose besides."""

    nights: NightRange
    party: Party
    chosen: tuple[ChosenSupplement, ...] = ()
    promo_code: str = ""
    """As typed."""

    @property
    def is_party_stated(self) -> bool:
        """False for an entry of the owner who does not know yet who comes."""
        return self.party.occupants > 0


@dataclass(frozen=True, slots=True)
class AgreedPlan:
    """The formule of an agreed total; `meals` per person and night are inside it."""

    id: UUID | None = None
    name: str = ""
    meal_plan: MealPlan = MealPlan.ROOM_ONLY
    meals: int = 0


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One amount with what it takes to explain it."""

    kind: str
    amount: int
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePrice:
    """The price of a stay in one listing; `total = accommodation + discounts + supplements = sum(lines)`."""

    listing_id: UUID
    listing_revision: int
    rate_plan_id: UUID | None
    rate_plan_name: str
    meal_plan: MealPlan
    stay: Stay
    lines: tuple[ExplainedLine, ...]
    beside: tuple[ExplainedLine, ...]
    accommodation: int
    discounts: int
    supplements: int
    total: int
    tourist_tax: int
    sheet_revision: int
    normal_total: int | None = None
    agreed_reason: str = ""
    warnings: tuple[Remark, ...] = ()
    promo: PromoState | None = None
    promo_bounds: Mapping[str, str] = field(default_factory=dict)
    currency: str = field(default=CURRENCY)


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What one plan answers to a stay: a price, or every reason why not."""

    rate_plan_id: UUID | None
    name: str
    price: LinePrice | None
    refusals: tuple[Remark, ...] = ()


def price_plan(
    priced: PricedListing,
    plan: PlanSheet,
    stay: Stay,
    *,
    booked_on: date,
    rules: StayRules,
    hole: int | None = None,
) -> PlanAnswer:
    """Asks one plan for the price of a stay."""
    answer = evaluate(
        plan.sheet,
        stay.nights,
        stay.party,
        booked_on,
        stay.chosen,
        rules=rules,
        promo_code=stay.promo_code,
        hole=hole,
    )
    if isinstance(answer, NotSellable):
        return PlanAnswer(plan.rate_plan_id, plan.name, None, _remarks(answer.reasons, stay, rules))
    line = LinePrice(
        listing_id=priced.listing.id,
        listing_revision=priced.listing.revision,
        rate_plan_id=plan.rate_plan_id,
        rate_plan_name=plan.name,
        meal_plan=plan.sheet.meal_plan,
        stay=stay,
        lines=tuple(_explained(one, stay) for one in answer.lines),
        beside=(
            *_tax_lines(answer.tourist_tax, priced, plan.sheet.tax_rules, stay, meals=plan.sheet.meals),
            *_on_site(plan, stay),
        ),
        accommodation=answer.accommodation + answer.extra_persons,
        discounts=answer.discounts,
        supplements=answer.supplements,
        total=answer.total,
        tourist_tax=_amount(answer.tourist_tax),
        sheet_revision=priced.revision,
        warnings=_remarks(answer.warnings, stay, rules),
        promo=answer.promo,
        promo_bounds={key: str(value) for key, value in answer.promo_bounds.items()},
    )
    return PlanAnswer(plan.rate_plan_id, plan.name, line)


def price_plans(
    priced: PricedListing,
    stay: Stay,
    *,
    booked_on: date,
    rules: StayRules,
    plan_id: UUID | None = None,
    hole: int | None = None,
) -> list[PlanAnswer]:
    """Asks every plan, or one: the sold first, cheapest first, ties by name. Never an empty list."""
    plans = [plan for plan in priced.plans if plan_id is None or plan.rate_plan_id == plan_id]
    answers = [price_plan(priced, plan, stay, booked_on=booked_on, rules=rules, hole=hole) for plan in plans]
    if not answers:
        nights = ",".join(night.isoformat() for night in stay.nights.nights)
        return [PlanAnswer(plan_id, "", None, (Remark(ReasonKind.NO_SEASON.value, {"nights": nights}),))]
    return sorted(answers, key=_rank)


def hole_may_help(priced: PricedListing, stay: Stay, answers: Sequence[PlanAnswer]) -> bool:
    """Whether a minimum is broken that drops in a short hole."""
    remarks = (
        remark
        for answer in answers
        for remark in (*answer.refusals, *(answer.price.warnings if answer.price else ()))
    )
    return any(remark.reason == ReasonKind.MIN_STAY.value for remark in remarks) and any(
        gap_rule_counts(plan.sheet, stay.nights) for plan in priced.plans
    )


def agreed_line(
    priced: PricedListing,
    stay: Stay,
    total: int,
    *,
    plan: AgreedPlan,
    normal: LinePrice | None,
    taxes: Sequence[SheetTaxRule],
    warnings: Sequence[Remark],
    reason: str,
) -> LinePrice:
    """The line of an agreed total (« prix convenu »), with the normal price beside it where there is one."""
    tax, lines = tax_lines(priced, taxes, stay, total, meals=plan.meals)
    sheet = priced.plan(plan.id) if plan.id else None
    return LinePrice(
        listing_id=priced.listing.id,
        listing_revision=priced.listing.revision,
        rate_plan_id=plan.id,
        rate_plan_name=plan.name,
        meal_plan=plan.meal_plan,
        stay=stay,
        lines=(ExplainedLine("AGREED", total, {"reason": reason, "nights": str(stay.nights.length)}),),
        beside=(*lines, *(_on_site(sheet, stay) if sheet else ())),
        accommodation=total,
        discounts=0,
        supplements=0,
        total=total,
        tourist_tax=tax,
        sheet_revision=priced.revision if sheet else 0,
        normal_total=normal.total if normal else None,
        agreed_reason=reason,
        warnings=tuple(warnings),
    )


def tax_lines(
    priced: PricedListing, rules: Sequence[SheetTaxRule], stay: Stay, accommodation: int, *, meals: int
) -> tuple[int, list[ExplainedLine]]:
    """The tourist tax of a stay whose accommodation costs that much, and its lines.

    `accommodation` has VAT inside, and `meals` for each person and night.
    """
    eaten = meals * stay.party.persons * stay.nights.length
    tax = tourist_tax(
        rules,
        stay.nights,
        accommodation_ht=taxed_price(accommodation, meals=eaten, vat_bp=priced.listing.vat_bp),
        occupants=stay.party.occupants,
        taxable=stay.party.taxable,
    )
    return _amount(tax), _tax_lines(tax, priced, rules, stay, meals=meals)


def _rank(answer: PlanAnswer) -> tuple[bool, int, int, str, str]:
    total = answer.price.total if answer.price else 0
    return answer.price is None, total, len(answer.refusals), answer.name, str(answer.rate_plan_id)


def _amount(tax: TouristTax | None) -> int:
    return tax.amount if tax else 0


def _remarks(reasons: Sequence[Reason], stay: Stay, rules: StayRules) -> tuple[Remark, ...]:
    """The reasons as remarks; a party that the owner did not state is no breach of the capacity."""
    return tuple(
        Remark(reason.kind.value, {key: str(value) for key, value in reason.params.items()})
        for reason in reasons
        if stay.is_party_stated or rules is StayRules.ENFORCE or reason.kind is not ReasonKind.CAPACITY
    )


_KINDS = {LineKind.TYPED_PRICE: "NIGHT_PRICE"}


def _explained(line: Line, stay: Stay) -> ExplainedLine:
    params = {key: str(value) for key, value in line.params.items()}
    kind = _KINDS.get(line.kind, line.kind.value)
    if line.kind is LineKind.ACCOMMODATION:
        whole = line.params["nights"] == stay.nights.length
        kind = "SEASON_PACKAGE" if whole else "SEASON_PRORATA"
    if "percent_bp" in line.params:
        whole_percent, hundredths = divmod(int(line.params["percent_bp"]), 100)
        params["percent"] = f"{whole_percent}.{hundredths:02}".rstrip("0").rstrip(".")
    if line.kind is LineKind.EXTRA_PERSONS:
        params["quantity"] = params["persons"]
    return ExplainedLine(kind, line.amount, params)


def _tax_lines(
    tax: TouristTax | None,
    priced: PricedListing,
    rules: Sequence[SheetTaxRule],
    stay: Stay,
    *,
    meals: int,
) -> list[ExplainedLine]:
    lines = []
    common = {"category": priced.listing.tax_category, "insee": priced.listing.insee}
    for line in tax.lines if tax else ():
        params = {
            **common,
            "rule": line.rule,
            "nights": str(line.nights),
            "persons": str(line.persons),
            "base_amount": str(line.base),
            "capped": str(int(line.capped)),
            "unit_amount": str(line.unit),
        }
        params |= {f"additional.{one.name}": str(one.amount) for one in line.additional}
        if line.cost_ht and (priced.listing.vat_bp or meals):
            params |= {"vat_bp": str(priced.listing.vat_bp), "accommodation_ht": str(line.cost_ht)}
            params |= {"meals": str(meals)} if meals else {}
        lines.append(ExplainedLine("TOURIST_TAX", line.amount, params))
    if missing := years_without_rule(rules, stay.nights):
        years = ",".join(map(str, missing))
        lines.append(ExplainedLine("TOURIST_TAX", 0, {**common, "unknown_years": years}))
    return lines


def _on_site(plan: PlanSheet, stay: Stay) -> list[ExplainedLine]:
    return [
        ExplainedLine(
            "ON_SITE",
            one.price,
            {"code": one.code, "name": one.name, "base": one.base.value, "unit_amount": str(one.price)},
        )
        for one in plan.on_site
        if one.only_within is None or one.only_within.contains(stay.nights.arrival)
    ]
