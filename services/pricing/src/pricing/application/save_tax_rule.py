"""Makes or replaces a tourist-tax rule, and publishes the sheets of the listings it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from chassis.actor import OPERATOR, Scope
from chassis.clock import Clock

from pricing.application.changes import publish
from pricing.application.ports import OpenUnit, UnitOfWork
from pricing.domain.compiling import Remark
from pricing.domain.errors import BadValue, NotAllowed
from pricing.domain.listing import Listing
from pricing.domain.taxes import TaxRule


async def save_tax_rule(
    rule: TaxRule,
    *,
    request_id: UUID,
    body_hash: bytes,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
    dry_run: bool = False,
) -> tuple[TaxRule, list[Remark]]:
    """Saves the rule of a commune, category and year; idempotent on `request_id`.

    A rule outside the national floor and cap is kept, marked `to_confirm`. Returns it with what is worth a
    look, and what it replaces; `dry_run` stores nothing.

    Raises:
        NotAllowed: neither an operator nor a service.

    """
    if not (scope.is_system or scope.has(OPERATOR)):
        raise NotAllowed
    rule.check()
    rule = replace(rule, to_confirm=rule.to_confirm or rule.outside_the_frame)
    async with open_unit() as unit:
        known = _of_year(await unit.tax_rules([rule.insee]), rule)
        remarks = [*rule.remarks(), rule.beside(known)]
        if dry_run:
            return rule, remarks
        if await unit.claim(request_id, method="SaveTaxRule", body_hash=body_hash):
            if known is None:
                raise BadValue(field="rule", why="gone")
            return known, remarks
        concerned = await _locked(unit, rule)
        saved = await unit.put_tax_rule(rule)
        books = await unit.books({one.owner_id for one in concerned})
        for owner_id, book in books.items():
            own = [one.id for one in concerned if one.owner_id == owner_id and one.id in book.listings]
            await publish(unit, book, own, now=clock(), lenient=True)
        await unit.finish(request_id, saved.id)
        await unit.commit()
    return saved, remarks


async def _locked(unit: UnitOfWork, rule: TaxRule) -> list[Listing]:
    """The listings under the rule, their owners locked."""
    await unit.lock_commune(rule.insee)
    owners = {one.owner_id for one in await unit.listings_in(rule.insee)}
    await unit.lock_owners(owners)
    found = await unit.listings_in(rule.insee)
    return [one for one in found if one.tax_category == rule.category and one.owner_id in owners]


def _of_year(rules: Collection[TaxRule], like: TaxRule) -> TaxRule | None:
    same = (rule for rule in rules if (rule.category, rule.year) == (like.category, like.year))
    return next(same, None)
