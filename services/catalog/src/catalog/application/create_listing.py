"""Makes a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import new_id

from catalog.application.access import may_act_for_label
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.codes import is_code
from catalog.domain.errors import BadValue, ListingNotFound, NotAllowed
from catalog.domain.listing import Listing, Sells
from catalog.domain.owner import Owner
from catalog.domain.sheet import new_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateListing:
    """Asks for a draft. Empty code = one of our own; `sells` None = a property with one own resource."""

    request: Request
    owner_id: UUID
    label_id: UUID | None
    code: str
    values: Mapping[str, Any]
    sells: Sells | None
    source: str


def own_sells() -> Sells:
    """A property with one resource, for a listing that shares nothing."""
    return Sells(new_id(), "ALL", (new_id(),))


async def create_listing(command: CreateListing, *, uow: UnitOfWork, scope: Scope, clock: Clock) -> UUID:
    """Makes a draft and tells it; the id also for a repeat.

    Raises:
        OwnerNotFound, LabelNotFound: not within reach.
        NotAllowed: a label makes listings under its own code only; resources are given by operators only.
        CodeTaken, BadValue, UnknownField: the code or a value.

    """
    async with uow:
        owner = await uow.owners.get(command.owner_id, for_update=True)
        _may_create(command, owner, scope)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.label_id is not None:
            await uow.labels.require([command.label_id])
        sheet, origins = new_sheet(command.values, source=command.source, now=clock())
        listing = Listing(
            id=new_id(),
            code=_given_code(command.code) or await uow.listings.next_code(),
            owner_id=owner.id,
            supplier_no=owner.supplier_no,
            label_id=command.label_id,
            sells=await _sells(command, owner, uow, scope),
            sheet=sheet,
            origins=origins,
        )
        await uow.listings.add(listing)
        await uow.commit(command.request, listing.id)
    return listing.id


def _may_create(command: CreateListing, owner: Owner, scope: Scope) -> None:
    if scope.is_unlimited:
        return
    if scope.may("owner", owner.id):
        if command.label_id is not None and command.label_id not in owner.label_ids:
            raise NotAllowed
        return
    if command.label_id is None:
        raise NotAllowed
    may_act_for_label(scope, command.label_id)


def _given_code(code: str) -> str:
    found = code.strip().upper()
    if found and not is_code(found):
        raise BadValue("code", "LISTING_CODE")
    return found


async def _sells(command: CreateListing, owner: Owner, uow: UnitOfWork, scope: Scope) -> Sells:
    if command.sells is None:
        return own_sells()
    if not scope.is_unlimited:
        raise NotAllowed
    if not command.sells.resource_ids or len(set(command.sells.resource_ids)) != len(
        command.sells.resource_ids
    ):
        raise BadValue("sells.resource_ids", "DISTINCT_RESOURCES")
    # The owner's row is locked, so two listings cannot found the same property for different owners at once.
    holder = await uow.listings.owner_of_property(command.sells.property_id)
    if holder is not None and holder != owner.id:
        raise ListingNotFound(property_id=command.sells.property_id)
    return command.sells
