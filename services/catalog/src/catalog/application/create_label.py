"""Makes a label."""

from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope

from catalog.application.access import only_operators
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.owner import LabelData


@dataclass(frozen=True, slots=True)
class CreateLabel:
    """Asks for a new label."""

    request: Request
    data: LabelData


async def create_label(command: CreateLabel, *, uow: UnitOfWork, scope: Scope) -> UUID:
    """Makes a label; the id also for a repeat.

    Raises:
        NotAllowed: the actor is no operator.
        SlugTaken: another label has that slug.

    """
    only_operators(scope)
    async with uow:
        if done := await uow.claim(command.request):
            return UUID(done)
        label_id = await uow.labels.add(command.data)
        await uow.commit(command.request, label_id)
    return label_id
