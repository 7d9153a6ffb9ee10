"""Reads tourist-tax rules from a file: says line by line what it does, or would; a commune at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, unique
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ServiceError

from pricing.application.ports import OpenUnit
from pricing.application.save_tax_rule import need_operator, store_rules
from pricing.domain.compiling import Remark
from pricing.domain.errors import BadValue
from pricing.domain.tax_file import BadLine, Layout, Read, read_tax_file
from pricing.domain.taxes import TaxRule

MOST_BYTES = 20 * 1024 * 1024
MOST_RULES = 2000
"""Of one call: what is read, compared and saved within a deadline."""

Key = tuple[str, str, int]


@unique
class Outcome(Enum):
    """What becomes of a rule of a file."""

    NEW = "NEW"
    REPLACED = "REPLACED"
    UNCHANGED = "UNCHANGED"
    KEPT = "KEPT"
    REFUSED = "REFUSED"


_CHANGED = {Outcome.NEW, Outcome.REPLACED}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of a file, or a line that gives none, and what is worth a look."""

    number: int
    commune: str
    outcome: Outcome
    rule: TaxRule | None
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTaxRules:
    """A file, or the part of it after a line."""

    content: bytes
    file_name: str
    layout: Layout
    after_line: int = 0
    replace: bool = False
    """Also what another source said."""
    dry_run: bool = False


async def import_tax_rules(
    command: ImportTaxRules, *, scope: Scope, open_unit: OpenUnit, clock: Clock, new_id: Callable[[], UUID]
) -> tuple[list[Line], int]:
    """The lines of a file, and after which one the next call goes on (0: the file is at its end).

    What another source said before is kept unless `replace`: a rule typed by hand is not lost to a file, even
    one that is typed meanwhile. Each commune is saved by itself; a call that is cut off leaves whole ones,
    and a repeat saves the others.

    Raises:
        NotAllowed: neither an operator nor a service.
        BadValue: the file is too large or lacks the columns, or the layout names what is none of ours.

    """
    need_operator(scope)
    if len(command.content) > MOST_BYTES:
        raise BadValue(field="content", why="too_large", most=MOST_BYTES)
    command.layout.check()
    # Prices are asked for meanwhile.
    read, next_after = await asyncio.to_thread(_part, command, new_id)
    async with open_unit() as unit:
        communes = {one.rule.insee for one in read if one.rule is not None}
        known = {rule.key: rule for rule in await unit.tax_rules(communes)}
    lines = list(_compared(read, known, command))
    if not command.dry_run:
        for places in _changing(lines):
            some = await _save([read[place] for place in places], command, open_unit, clock)
            for place, line in zip(places, some, strict=True):
                lines[place] = line
    return lines, next_after


def _part(command: ImportTaxRules, new_id: Callable[[], UUID]) -> tuple[list[Read], int]:
    """As many whole lines as one call takes."""
    found: list[Read] = []
    for one in read_tax_file(command.content, command.layout, new_id, after_line=command.after_line):
        if len(found) >= MOST_RULES and one.line != found[-1].line:
            return found, found[-1].line
        found.append(one)
    return found, 0


def _compared(read: Iterable[Read], known: Mapping[Key, TaxRule], command: ImportTaxRules) -> Iterable[Line]:
    seen: dict[Key, int] = {}
    for one in read:
        if one.rule is None:
            yield _refused(one, one.problem or BadLine("VALUE"))
            continue
        rule = replace(one.rule, source=one.rule.source or command.file_name[:200])
        try:
            rule.check()
        except ServiceError as error:
            yield _refused(one, BadLine("VALUE", **error.metadata))
            continue
        before = seen.setdefault(rule.key, one.line)
        if before != one.line:
            yield _refused(one, BadLine("TWICE", line=before))
            continue
        there = known.get(rule.key)
        rule = rule.as_saved(there)
        beside = rule.beside(there)
        outcome = Outcome("REPLACED" if beside.reason == "REPLACES" else beside.reason)
        if outcome is Outcome.REPLACED and there and there.source != rule.source and not command.replace:
            outcome = Outcome.KEPT
        yield Line(one.line, one.commune, outcome, rule, (*rule.remarks(), beside))


def _refused(one: Read, why: BadLine) -> Line:
    return Line(one.line, one.commune, Outcome.REFUSED, one.rule, (Remark(why.reason, why.params),))


def _changing(lines: Sequence[Line]) -> list[list[int]]:
    """The places of the rules of each commune in which something changes, by code."""
    communes: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        if line.rule is not None:
            communes.setdefault(line.rule.insee, []).append(place)
    return [
        places
        for _, places in sorted(communes.items())
        if any(lines[one].outcome in _CHANGED for one in places)
    ]


async def _save(
    read: Sequence[Read], command: ImportTaxRules, open_unit: OpenUnit, clock: Clock
) -> list[Line]:
    """Saves what is read of one commune, compared once more now that nobody else writes there."""
    insee = next(one.rule.insee for one in read if one.rule is not None)
    async with open_unit() as unit:
        await unit.lock_commune(insee)
        lines = list(_compared(read, {rule.key: rule for rule in await unit.tax_rules([insee])}, command))
        rules = [line.rule for line in lines if line.rule is not None and line.outcome in _CHANGED]
        await store_rules(unit, rules, now=clock())
        await unit.commit()
    return lines
