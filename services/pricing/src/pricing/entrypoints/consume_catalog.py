"""Takes the catalog's news: keeps what pricing needs of each listing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chassis.clock import Clock
from chassis.events import Decoder, Event
from chassis.logging import get_logger
from sejour.catalog.v1 import catalog_events_pb2 as catalog

from pricing.application.ports import OpenUnit
from pricing.application.take_listing import take_listing
from pricing.mapping.listings import to_listing

log = get_logger()

TOPIC = "catalog.listings"


def take_catalog_news(open_unit: OpenUnit, clock: Clock) -> Callable[[Event], Awaitable[None]]:
    """The handler of `catalog.listings`; harmless to repeat and in any order."""
    decoder = Decoder(catalog.ListingChanged)

    async def handle(event: Event) -> None:
        message = decoder.decode(event)
        if not isinstance(message, catalog.ListingChanged):
            return
        listing = to_listing(message.listing)
        if await take_listing(listing, open_unit=open_unit, clock=clock):
            log.info("listing_taken", listing_id=str(listing.id), revision=listing.revision)

    return handle
