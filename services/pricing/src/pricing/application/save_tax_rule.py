"""Makes, replaces or copies tourist-tax rules, and publishes the sheets of the listings they concern."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from chassis.actor import OPERATOR, Scope
from chassis.clock import Clock

from pricing.application.changes import publish
from pricing.application.ports import OpenUnit, UnitOfWork
from pricing.domain.compiling import Remark
from pricing.domain.errors import BadValue, NotAllowed
from pricing.domain.listing import Listing
from pricing.domain.taxes import TaxRule


def need_operator(scope: Scope) -> None:
    """Lets operators and services pass.

    Raises:
        NotAllowed: it is neither.

    """
    if not (scope.is_system or scope.has(OPERATOR)):
        raise NotAllowed


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
    need_operator(scope)
    rule.check()
    async with open_unit() as unit:
        known = next((one for one in await unit.tax_rules([rule.insee]) if one.key == rule.key), None)
        rule = rule.as_saved(known)
        remarks = [*rule.remarks(), rule.beside(known)]
        if dry_run:
            return rule, remarks
        if await unit.claim(request_id, method="SaveTaxRule", body_hash=body_hash):
            if known is None:
                raise BadValue(field="rule", why="gone")
            return known, remarks
        [saved] = await store_rules(unit, [rule], now=clock())
        await unit.finish(request_id, saved.id)
        await unit.commit()
    return saved, remarks


async def copy_tax_rules(
    insee: str,
    year: int,
    *,
    request_id: UUID,
    body_hash: bytes,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
) -> list[TaxRule]:
    """Copies a commune's rules of a year to the next, to be confirmed; idempotent on `request_id`.

    A rule that the next year has already stays as it is. Returns the copies, by category; a repeat those of
    before, as they are now: their ids come from the request.

    Raises:
        NotAllowed: neither an operator nor a service.
        BadValue: the commune has no rule of that year.

    """
    need_operator(scope)
    async with open_unit() as unit:
        previous = await unit.claim(request_id, method="CopyTaxRules", body_hash=body_hash)
        await unit.lock_commune(insee)
        there = await unit.tax_rules([insee])
        of_year = [one.for_next_year(uuid5(request_id, one.category)) for one in there if one.year == year]
        if previous is not None:
            copied = {one.id for one in of_year}
            return _by_category(one for one in there if one.id in copied)
        if not of_year:
            raise BadValue(field="year", why="no_rule", insee=insee, year=year)
        known = {one.key for one in there}
        copies = [one for one in of_year if one.key not in known]
        for one in copies:
            one.check()
        saved = await store_rules(unit, copies, now=clock())
        await unit.finish(request_id, of_year[0].id)
        await unit.commit()
    return _by_category(saved)


def _by_category(rules: Iterable[TaxRule]) -> list[TaxRule]:
    return sorted(rules, key=lambda one: one.category)


async def store_rules(unit: UnitOfWork, rules: Sequence[TaxRule], *, now: datetime) -> list[TaxRule]:
    """Writes rules of one commune and tells the sheets they concern; the caller commits."""
    if not rules:
        return []
    concerned = await _locked(unit, rules[0].insee, {one.category for one in rules})
    saved = [await unit.put_tax_rule(rule) for rule in rules]
    books = await unit.books({one.owner_id for one in concerned})
    for owner_id, book in books.items():
        own = [one.id for one in concerned if one.owner_id == owner_id and one.id in book.listings]
        await publish(unit, book, own, now=now, lenient=True)
    return saved


async def _locked(unit: UnitOfWork, insee: str, categories: Collection[str]) -> list[Listing]:
    """The listings under such rules, their owners locked."""
    await unit.lock_commune(insee)
    owners = {one.owner_id for one in await unit.listings_in(insee)}
    await unit.lock_owners(owners)
    found = await unit.listings_in(insee)
    return [one for one in found if one.tax_category in categories and one.owner_id in owners]
