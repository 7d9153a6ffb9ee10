"""Takes availability's word that a hold ended (topic `availability.holds`)."""

from uuid import UUID

from chassis.clock import Clock
from chassis.events import Decoder, Event
from chassis.kafka import Handler
from chassis.logging import get_logger
from sejour.availability.v1.availability_events_pb2 import HoldExpired

from booking.application.drive import Driver
from booking.application.moves import expire_on_news
from booking.domain.errors import BookingNotFound

log = get_logger()

TOPIC = "availability.holds"
_DECODER = Decoder(HoldExpired)


def take_expired(driver: Driver, clock: Clock) -> Handler:
    """The handler: repeats and news of an older hold change nothing."""

    async def take(event: Event) -> None:
        message = _DECODER.decode(event)
        if not isinstance(message, HoldExpired):
            return
        file_id = UUID(message.booking_id)
        try:
            changed = await expire_on_news(file_id, message.revision, driver=driver, clock=clock)
        except BookingNotFound:
            log.info("hold_of_unknown_file", booking_id=message.booking_id)
            return
        log.info("hold_expired", booking_id=message.booking_id, changed=changed)

    return take
