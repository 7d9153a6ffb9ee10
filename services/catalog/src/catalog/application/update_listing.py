"""Changes fields of a sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock

from catalog.application.access import may_write_owner
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.errors import RevisionStale
from catalog.domain.listing import State
from catalog.domain.sheet import edit


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateListing:
    """Field key -> new value (None empties), and keys that go back to what their source proposes."""

    request: Request
    listing_id: UUID
    revision: int
    changes: Mapping[str, Any]
    revert: Sequence[str]


async def update_listing(command: UpdateListing, *, uow: UnitOfWork, scope: Scope, clock: Clock) -> UUID:
    """Writes the changes, marked as edited, and tells the listing.

    Raises:
        ListingNotFound: not within reach.
        NotAllowed: the actor only reads it.
        RevisionStale: changed since it was read.
        UnknownField, BadValue: naming the fields.

    """
    async with uow:
        listing = await uow.listings.get(command.listing_id, for_update=True)
        may_write_owner(scope, listing.owner_id)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.revision != listing.revision:
            raise RevisionStale(revision=listing.revision)
        change = edit(
            listing.sheet,
            listing.origins,
            command.changes,
            command.revert,
            now=clock(),
            in_production=listing.state is State.IN_PRODUCTION,
        )
        if change.any:
            listing.sheet, listing.origins = change.sheet, change.origins
            await uow.listings.save(listing)
        await uow.commit(command.request, listing.id)
    return listing.id
