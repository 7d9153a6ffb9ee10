"""Replaces what an owner may change of himself."""

from dataclasses import dataclass, replace
from uuid import UUID

from chassis.actor import Scope

from catalog.application.access import may_write_owner
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.errors import RevisionStale
from catalog.domain.owner import OwnerData


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOwner:
    """The owner as he should be; `label_ids` counts only from operators."""

    request: Request
    owner_id: UUID
    revision: int
    data: OwnerData
    label_ids: tuple[UUID, ...]


async def update_owner(command: UpdateOwner, *, uow: UnitOfWork, scope: Scope) -> UUID:
    """Writes and tells the change. Number, currency and memberships stay (operators may set memberships).

    His listings bear his VAT: where it changes they are told too, in the same transaction.

    Raises:
        OwnerNotFound: not within reach.
        NotAllowed: a label reads its members, it does not change them.
        RevisionStale: changed since it was read.

    """
    async with uow:
        owner = await uow.owners.get(command.owner_id, for_update=True)
        may_write_owner(scope, owner.id)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.revision != owner.revision:
            raise RevisionStale(revision=owner.revision)
        labels = tuple(sorted(command.label_ids)) if scope.is_unlimited else owner.label_ids
        if labels != owner.label_ids:
            await uow.labels.require(labels)
        changed = replace(owner, data=command.data, label_ids=labels)
        if changed != owner:
            await uow.owners.save(replace(changed, revision=owner.revision + 1))
        if changed.data.vat_bp != owner.data.vat_bp:
            await uow.listings.tell_all_of(owner.id)
        await uow.commit(command.request, owner.id)
    return owner.id
