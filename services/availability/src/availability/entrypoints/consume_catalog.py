"""Takes the news of listings from the catalog."""

from collections.abc import Awaitable, Callable

from chassis.clock import Clock
from chassis.events import Decoder, Event
from sejour.catalog.v1.catalog_events_pb2 import ListingChanged

from availability.application.announce_listing import announce_listing
from availability.application.ports import Ledgers
from availability.entrypoints.mapping import to_listing

TOPIC = "catalog.listings"
_DECODER = Decoder(ListingChanged)


def take_listing(*, ledgers: Ledgers, clock: Clock) -> Callable[[Event], Awaitable[None]]:
    """The handler of `catalog.listings`; older and repeated news change nothing."""

    async def take(event: Event) -> None:
        message = _DECODER.decode(event)
        if isinstance(message, ListingChanged):
            await announce_listing(to_listing(message.listing), ledgers=ledgers, clock=clock)

    return take
