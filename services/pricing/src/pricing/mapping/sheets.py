"""The news of rate sheets: written from compiled plans, read back into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from sejour.pricing.v1 import pricing_events_pb2 as events
from tariff import from_json, to_json

from pricing.domain.book import PlanSheet
from pricing.domain.listing import Listing
from pricing.mapping.tariffs import of_supplement, to_supplement


def of_plans(listing: Listing, plans: Sequence[PlanSheet]) -> events.RateSheetsChanged:
    """The whole news of a listing, without its revision."""
    return events.RateSheetsChanged(
        listing_id=str(listing.id),
        owner_id=str(listing.owner_id),
        sheets=[_of_plan(plan) for plan in plans],
    )


def to_plans(message: events.RateSheetsChanged) -> tuple[PlanSheet, ...]:
    """The plans of a stored news."""
    return tuple(
        PlanSheet(
            UUID(one.rate_plan_id),
            one.rate_plan_name,
            from_json(one.sheet_json),
            tuple(to_supplement(told, _no_new_id) for told in one.on_site),
        )
        for one in message.sheets
    )


def _of_plan(plan: PlanSheet) -> events.RateSheet:
    text = to_json(plan.sheet)
    taxes = json.loads(text)["tax_rules"]
    return events.RateSheet(
        rate_plan_id=str(plan.rate_plan_id),
        rate_plan_name=plan.name,
        sheet_json=text.encode(),
        tax_json=json.dumps(taxes, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(),
        on_site=[of_supplement(one) for one in plan.on_site],
    )


def _no_new_id() -> UUID:
    raise AssertionError("a stored supplement has its id")
