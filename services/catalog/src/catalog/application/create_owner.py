"""Makes an owner."""

from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope

from catalog.application.access import may_act_for_label
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.errors import BadValue, NotAllowed
from catalog.domain.owner import CURRENCY, OwnerData


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOwner:
    """Asks for a new owner; `supplier_no` 0 = next free."""

    request: Request
    data: OwnerData
    supplier_no: int
    currency: str
    label_ids: tuple[UUID, ...]


async def create_owner(command: CreateOwner, *, uow: UnitOfWork, scope: Scope) -> UUID:
    """Makes an owner and tells it; the id also for a repeat.

    Raises:
        NotAllowed: neither operator nor a label making a member of its own.
        SupplierNoTaken: another owner has that number.
        LabelNotFound: a label that does not exist or is another's.
        BadValue: a number or currency of a wrong form.

    """
    if not scope.is_unlimited:
        if not command.label_ids or not scope.ids("label"):
            raise NotAllowed
        for label_id in command.label_ids:
            may_act_for_label(scope, label_id)
    if not 0 <= command.supplier_no <= 999_999_999:
        raise BadValue("supplier_no", "SUPPLIER_NUMBER")
    currency = command.currency or "EUR"
    if not CURRENCY.match(currency):
        raise BadValue("currency", "CURRENCY")
    async with uow:
        if done := await uow.claim(command.request):
            return UUID(done)
        await uow.labels.require(command.label_ids)
        owner = await uow.owners.add(
            command.data,
            supplier_no=command.supplier_no,
            currency=currency,
            label_ids=command.label_ids,
        )
        await uow.commit(command.request, owner.id)
    return owner.id
