"""Puts a listing in production, and takes it out."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope

from catalog.application.access import may_write_owner
from catalog.application.checklist import items_of
from catalog.application.ports import Request, Services, UnitOfWork
from catalog.domain.checklist import missing
from catalog.domain.errors import NotReady, RevisionStale
from catalog.domain.listing import State


@dataclass(frozen=True, slots=True)
class ChangeState:
    """Names a listing as it was seen."""

    request: Request
    listing_id: UUID
    revision: int


async def put_in_production(
    command: ChangeState, *, new_uow: Callable[[], UnitOfWork], scope: Scope, services: Services
) -> UUID:
    """Asks the others first, then checks again and writes in one transaction.

    Raises:
        ListingNotFound: not within reach.
        NotAllowed: the actor only reads it.
        RevisionStale: changed since it was read.
        NotReady: blocking items are open; metadata `missing`.

    """
    async with new_uow() as uow:
        listing = await uow.listings.get(command.listing_id)
        may_write_owner(scope, listing.owner_id)
        if done := await uow.claim(command.request):
            return UUID(done)
    readiness = await services.readiness(listing.id, listing.owner_id)
    async with new_uow() as uow:
        listing = await uow.listings.get(command.listing_id, for_update=True)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.revision != listing.revision:
            raise RevisionStale(revision=listing.revision)
        owner = await uow.owners.get(listing.owner_id)
        open_items = missing(items_of(listing, owner, readiness))
        if open_items:
            raise NotReady(missing=",".join(open_items))
        if listing.state is not State.IN_PRODUCTION:
            listing.state = State.IN_PRODUCTION
            await uow.listings.save(listing)
        await uow.commit(command.request, listing.id)
    return listing.id


async def withdraw(command: ChangeState, *, uow: UnitOfWork, scope: Scope) -> UUID:
    """Takes a listing out of production; a draft stays a draft. Bookings stay valid.

    Raises:
        ListingNotFound: not within reach.
        NotAllowed: the actor only reads it.
        RevisionStale: changed since it was read.

    """
    async with uow:
        listing = await uow.listings.get(command.listing_id, for_update=True)
        may_write_owner(scope, listing.owner_id)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.revision != listing.revision:
            raise RevisionStale(revision=listing.revision)
        if listing.state is State.IN_PRODUCTION:
            listing.state = State.WITHDRAWN
            await uow.listings.save(listing)
        await uow.commit(command.request, listing.id)
    return listing.id
