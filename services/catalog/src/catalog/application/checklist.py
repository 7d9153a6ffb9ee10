"""What a listing needs for production: its own sheet, its owner, and what three other services say."""

from uuid import UUID

from chassis.actor import Scope

from catalog.application.access import may_write_owner
from catalog.application.ports import Services, UnitOfWork
from catalog.domain.checklist import Item, OwnerFacts, Readiness, checklist
from catalog.domain.listing import Listing
from catalog.domain.owner import Owner


def items_of(listing: Listing, owner: Owner, readiness: Readiness) -> list[Item]:
    """The checklist of a listing whose readiness is known."""
    facts = OwnerFacts(
        kind=owner.data.kind,
        siret=owner.data.siret,
        unclaimed=owner.unclaimed,
        vat_said=owner.data.vat_said,
    )
    return checklist(listing, facts, readiness)


async def get_checklist(listing_id: UUID, *, uow: UnitOfWork, scope: Scope, services: Services) -> list[Item]:
    """The checklist; a service that does not answer in time leaves its item open, as unknown.

    Raises:
        ListingNotFound: not within reach.
        NotAllowed: the actor only reads it.

    """
    async with uow:
        listing = await uow.listings.get(listing_id)
        may_write_owner(scope, listing.owner_id)
        owner = await uow.owners.get(listing.owner_id)
    readiness = await services.readiness(listing.id, listing.owner_id)
    return items_of(listing, owner, readiness)
