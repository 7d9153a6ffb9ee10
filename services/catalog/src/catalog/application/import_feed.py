"""Takes a feed's records in: one transaction each, so that a bad one never stops the others."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ErrorKind, ServiceError
from chassis.ids import new_id

from catalog.application.access import may_act_for_label, may_write_owner
from catalog.application.import_record import Target, import_record
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.errors import NotAllowed
from catalog.domain.record import Found, Record, Refused, Remark
from catalog.domain.report import Line, Outcome, Report

_STOPPING = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFeed:
    """A feed file and for whom it is read."""

    request: Request
    label_id: UUID | None
    owner_id: UUID | None
    dry_run: bool
    file_name: str
    format: str


async def import_feed(
    command: ImportFeed,
    found: Iterator[Found],
    *,
    new_uow: Callable[[], UnitOfWork],
    scope: Scope,
    clock: Clock,
) -> Report:
    """Makes or refreshes drafts; a dry run computes the same and writes nothing.

    Idempotent: a repeat under the same request id gives the same report, and the same content again changes
    nothing. An import cut short goes on where it was when it is sent again.

    Raises:
        LabelNotFound, OwnerNotFound: not within reach.
        NotAllowed: nobody for whom the actor may import was named.
        FeedRefused: the file is no feed.

    """
    async with new_uow() as uow:
        target = await _target(command, uow, scope)
        if not command.dry_run and (done := await uow.imports.done(command.request)):
            return done
    lines: list[Line] = []
    while (one := await asyncio.to_thread(next, found, None)) is not None:
        lines.append(await _line(one, target, command, new_uow, clock))
    report = Report(
        id=new_id(),
        at=clock(),
        dry_run=command.dry_run,
        file_name=command.file_name,
        format=command.format,
        lines=lines,
    )
    if not command.dry_run:
        async with new_uow() as uow:
            await uow.imports.add(
                report, command.request, label_id=command.label_id, owner_id=command.owner_id
            )
            await uow.commit()
    return report


async def _target(command: ImportFeed, uow: UnitOfWork, scope: Scope) -> Target:
    if command.label_id is not None:
        may_act_for_label(scope, command.label_id)
        await uow.labels.require([command.label_id])
    elif command.owner_id is None and not scope.is_unlimited:
        raise NotAllowed
    if command.owner_id is not None:
        owner = await uow.owners.get(command.owner_id)
        if command.label_id is None:
            may_write_owner(scope, owner.id)
    origin = str(command.label_id or command.owner_id or "none")
    return Target(command.label_id, command.owner_id, origin)


async def _line(
    one: Found,
    target: Target,
    command: ImportFeed,
    new_uow: Callable[[], UnitOfWork],
    clock: Clock,
) -> Line:
    if isinstance(one.what, Refused):
        what = one.what
        remark = Remark(what.reason, dict(what.metadata))
        return Line(one.where, Outcome.REFUSED, what.external_id, what.name, (remark,))
    try:
        async with new_uow() as uow:
            line = await import_record(
                one.what, target, uow=uow, where=one.where, now=clock(), dry_run=command.dry_run
            )
            if not command.dry_run:
                await uow.commit()
    except ServiceError as error:
        if error.kind in _STOPPING:
            raise
        return _refused(one.where, one.what, error)
    return line


def _refused(where: str, record: Record, error: ServiceError) -> Line:
    remark = Remark(error.reason, dict(error.metadata))
    return Line(where, Outcome.REFUSED, record.external_id, record.name, (*record.remarks, remark))
