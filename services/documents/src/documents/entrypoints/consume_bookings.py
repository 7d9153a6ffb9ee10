"""Takes the news of files (`booking.bookings`) and plans the mails they cause."""

from collections.abc import Callable

from chassis.events import Decoder, Event
from chassis.failpoints import failpoint
from chassis.logging import get_logger
from sejour.booking.v1.booking_events_pb2 import (
    PROPOSAL_CHANGE_ASKED_AGAIN,
    BookingChanged,
    PayPalAddressChanged,
    ProposalChanged,
)

from documents.application.plan_mails import MailPlanning
from documents.entrypoints.mapping import news_of

log = get_logger()

TOPIC = "booking.bookings"
GROUP = "documents"
_DECODER = Decoder(BookingChanged, ProposalChanged, PayPalAddressChanged)


class BookingConsumer:
    """The handler of the group `documents`; a repeat of an event plans nothing new."""

    def __init__(self, planning: MailPlanning, wake: Callable[[], None]) -> None:
        self._planning = planning
        self._wake = wake

    async def __call__(self, event: Event) -> None:
        """Plans the mails of one event."""
        changed = _DECODER.decode(event)
        await failpoint("documents.before_plan")
        new = await self._plan(event, changed)
        await failpoint("documents.after_plan")
        if new:
            log.info("mails_planned", key=event.key, revision=event.revision, count=new)
            self._wake()

    async def _plan(self, event: Event, changed: object) -> int:
        if isinstance(changed, BookingChanged):
            return await self._planning(news_of(event, changed))
        if isinstance(changed, ProposalChanged) and changed.change == PROPOSAL_CHANGE_ASKED_AGAIN:
            return await self._planning.asked_again(
                changed.proposal_id, changed.owner_id, event.event_id, event.occurred_at
            )
        if isinstance(changed, PayPalAddressChanged):
            return await self._planning.paypal_changed(
                changed.owner_id, changed.terms_revision, event.event_id, event.occurred_at
            )
        return 0
