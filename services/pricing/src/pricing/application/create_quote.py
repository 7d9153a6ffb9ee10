"""Stores a quote: by the tariff, or for a total that the owner agreed with his guest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.errors import FieldError, ServiceError
from tariff import StayRules

from pricing.application.ports import Holes, OpenUnit, Sheets, UnitOfWork
from pricing.application.prices import ask_plans, find_listing, need_sane, rules_for
from pricing.domain.compiling import Remark
from pricing.domain.errors import BadValue, LinesOfTwoOwners, NotAllowed, RatePlanNotFound, StayRefused
from pricing.domain.lines import AgreedPlan, LinePrice, PlanAnswer, PricedListing, Stay, agreed_line
from pricing.domain.parts import need_length, need_price
from pricing.domain.quote import GUEST_LIFETIME, OWNER_LIFETIME, Quote, QuoteSource
from pricing.domain.taxes import compiled_rules

MAX_LINES = 20
_MAX_DETAIL = 3000
_MAX_VALUE = 400


@dataclass(frozen=True, slots=True)
class LineAsked:
    """One line to quote; `agreed_total` is the owner's own price of it, everything included."""

    listing_id: UUID
    rate_plan_id: UUID | None
    stay: Stay
    agreed_total: int | None = None
    agreed_reason: str = ""


@dataclass(frozen=True, slots=True)
class CreateQuote:
    """Lines of one owner, and the revision of the sales terms shown with them."""

    request_id: UUID
    body_hash: bytes
    lines: tuple[LineAsked, ...]
    terms_revision: int


async def create_quote(
    command: CreateQuote,
    *,
    quote_id: UUID,
    scope: Scope,
    sheets: Sheets,
    holes: Holes,
    open_unit: OpenUnit,
    clock: Clock,
) -> Quote | UUID:
    """Prices the lines and stores them; returns the quote, or the id of the one that a repeat made before.

    Idempotent on `command.request_id`.

    Raises:
        StayRefused: a line is not sold; stay rules refuse guests and only warn the owner.
        NotAllowed: an agreed total by another than the owner.
        LinesOfTwoOwners: the lines are of different owners.

    """
    if not 1 <= len(command.lines) <= MAX_LINES:
        raise BadValue(field="lines", why="out_of_range", least=1, most=MAX_LINES)
    try:
        quote = await _quote(command, quote_id=quote_id, scope=scope, sheets=sheets, holes=holes, now=clock())
    except ServiceError:  # A repeat is answered even where the stay is no longer sold.
        async with open_unit() as unit:
            before = await _made_before(unit, command)
        if before is None:
            raise
        return before
    async with open_unit() as unit:
        before = await _made_before(unit, command, makes=quote.id)
        if before is not None:
            return before
        await unit.add_quote(quote)
        await unit.commit()
    return quote


async def _made_before(unit: UnitOfWork, command: CreateQuote, *, makes: UUID | None = None) -> UUID | None:
    before = await unit.claim(
        command.request_id, method="CreateQuote", body_hash=command.body_hash, makes=makes
    )
    return UUID(before.resource_id) if before is not None and before.resource_id else None


async def _quote(
    command: CreateQuote, *, quote_id: UUID, scope: Scope, sheets: Sheets, holes: Holes, now: datetime
) -> Quote:
    lines, owners, refused = [], set(), []
    is_owner = True
    for number, asked in enumerate(command.lines):
        need_sane(asked.stay, f"lines[{number}].")
        priced = await find_listing(asked.listing_id, scope=scope, sheets=sheets)
        owners.add(priced.listing.owner_id)
        rules = rules_for(priced.listing, scope)
        is_owner = is_owner and rules is StayRules.WARN
        line = await _line(priced, asked, number, rules=rules, sheets=sheets, holes=holes, now=now)
        if isinstance(line, LinePrice):
            lines.append(line)
        else:
            refused += [(number, remark) for remark in line.refusals]
    if len(owners) > 1:
        raise LinesOfTwoOwners
    if refused:
        raise _refusal(refused)
    agreed = any(one.agreed_total is not None for one in command.lines)
    return Quote(
        id=quote_id,
        owner_id=owners.pop(),
        source=QuoteSource.OWNER if agreed else QuoteSource.TARIFF,
        lines=tuple(lines),
        terms_revision=command.terms_revision,
        created_at=now,
        expires_at=now + (OWNER_LIFETIME if is_owner else GUEST_LIFETIME),
        is_public=not is_owner,
    )


async def _line(
    priced: PricedListing,
    asked: LineAsked,
    number: int,
    *,
    rules: StayRules,
    sheets: Sheets,
    holes: Holes,
    now: datetime,
) -> LinePrice | PlanAnswer:
    """The price of one line, or the answer that refuses it."""
    if asked.agreed_total is not None and rules is not StayRules.WARN:
        raise NotAllowed(field=f"lines[{number}].agreed_total")
    if asked.rate_plan_id is not None and priced.plan(asked.rate_plan_id) is None:
        await _named_plan(priced, asked.rate_plan_id, sheets)
    booked_on = today(now, priced.listing.zone)
    answers = await ask_plans(
        priced, asked.stay, booked_on=booked_on, rules=rules, plan_id=asked.rate_plan_id, holes=holes
    )
    best = answers[0]
    if asked.agreed_total is None:
        return best.price or best
    need_price(f"lines[{number}].agreed_total", asked.agreed_total)
    need_length(f"lines[{number}].agreed_reason", asked.agreed_reason)
    return agreed_line(
        priced,
        asked.stay,
        asked.agreed_total,
        plan=await _plan_of_agreed(priced, asked.rate_plan_id or best.rate_plan_id, sheets),
        normal=best.price,
        taxes=compiled_rules(await sheets.tax_rules(priced.listing)),
        warnings=best.price.warnings if best.price else best.refusals,
        reason=asked.agreed_reason,
    )


async def _plan_of_agreed(priced: PricedListing, plan_id: UUID | None, sheets: Sheets) -> AgreedPlan:
    """The plan of an agreed line: the one asked, else the cheapest, else any of the owner, else none."""
    plan = priced.plan(plan_id) if plan_id else None
    if plan is not None:
        return AgreedPlan(plan.rate_plan_id, plan.name, plan.sheet.meal_plan, plan.sheet.meals)
    if plan_id is not None:
        return await _named_plan(priced, plan_id, sheets)
    return AgreedPlan()


async def _named_plan(priced: PricedListing, plan_id: UUID, sheets: Sheets) -> AgreedPlan:
    book = await sheets.rate_plans(priced.listing.owner_id)
    named = book.rate_plans.get(plan_id)
    if named is None:
        raise RatePlanNotFound(id=plan_id)
    return AgreedPlan(named.id, named.name, named.meal_plan, named.meals)


def _refusal(refused: Sequence[tuple[int, Remark]]) -> StayRefused:
    fields = [FieldError(f"lines[{number}]", remark.reason) for number, remark in refused]
    details = []
    for number, remark in refused:
        # Metadata travels in trailers of 8 kB: long lists of nights are left out.
        params = {key: value for key, value in remark.params.items() if len(value) <= _MAX_VALUE}
        details.append({"line": number, "reason": remark.reason, "params": params})
    while len(text := json.dumps(details, ensure_ascii=False, separators=(",", ":"))) > _MAX_DETAIL:
        details.pop()
    return StayRefused(fields=fields, refusals=text)
