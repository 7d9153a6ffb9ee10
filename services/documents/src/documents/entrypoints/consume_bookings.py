"""Takes the news of files (`booking.bookings`) and plans the mails they cause."""

from collections.abc import Callable

from chassis.events import Decoder, Event
from chassis.failpoints import failpoint
from chassis.logging import get_logger
from sejour.booking.v1.booking_events_pb2 import BookingChanged

from documents.application.plan_mails import MailPlanning
from documents.entrypoints.mapping import news_of

log = get_logger()

TOPIC = "booking.bookings"
GROUP = "documents"
_DECODER = Decoder(BookingChanged)


class BookingConsumer:
    """The handler of the group `documents`; a repeat of an event plans nothing new."""

    def __init__(self, planning: MailPlanning, wake: Callable[[], None]) -> None:
        self._planning = planning
        self._wake = wake

    async def __call__(self, event: Event) -> None:
        """Plans the mails of one event."""
        changed = _DECODER.decode(event)
        if not isinstance(changed, BookingChanged):
            return
        await failpoint("documents.before_plan")
        new = await self._planning(news_of(event, changed))
        await failpoint("documents.after_plan")
        if new:
            log.info("mails_planned", booking_id=changed.booking_id, revision=changed.revision, count=new)
            self._wake()
