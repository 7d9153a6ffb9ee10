"""A listing of the catalog's news, reduced to what pricing keeps."""

from __future__ import annotations

from uuid import UUID

from sejour.catalog.v1 import catalog_types_pb2 as catalog

from pricing.domain.listing import Listing, ListingKind, ListingState

DEFAULT_ZONE = "Europe/Paris"
_STATES = {
    catalog.LISTING_STATE_IN_PRODUCTION: ListingState.IN_PRODUCTION,
    catalog.LISTING_STATE_WITHDRAWN: ListingState.WITHDRAWN,
}


def to_listing(message: catalog.Listing) -> Listing:
    """The listing; what is unknown to us is a draft and a seasonal rental."""
    is_room = message.kind == catalog.LISTING_KIND_GUEST_ROOM
    return Listing(
        id=UUID(message.id),
        owner_id=UUID(message.owner_id),
        revision=message.revision,
        state=_STATES.get(message.state, ListingState.DRAFT),
        kind=ListingKind.GUEST_ROOM if is_room else ListingKind.SEASONAL_RENTAL,
        base_persons=message.base_persons,
        max_persons=message.max_persons,
        official_stars=message.official_stars,
        insee=message.address.insee,
        zone=message.zone or DEFAULT_ZONE,
        vat_bp=message.vat_bp,
    )
