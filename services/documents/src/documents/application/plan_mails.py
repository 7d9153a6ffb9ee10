"""From a change of a file to the mails it causes: who gets them, at which address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import Clock

from documents.application.access import AsSystem
from documents.application.ports import Mailbox, Sources
from documents.domain.mail_plan import (
    OLDEST_NEWS,
    Audience,
    BookingNews,
    PlannedMail,
    Variant,
    ends_reminders,
    plan_mails,
)

ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class MailPlanning:
    """Called for each change of a file; a change that is seen again plans nothing new."""

    sources: Sources
    mailbox: Mailbox
    as_system: AsSystem
    clock: Clock

    async def __call__(self, news: BookingNews) -> int:
        """Writes the mail tasks of a change; answers how many are new."""
        if ends_reminders(news):
            await self.mailbox.drop_reminders(UUID(news.booking_id), before_revision=news.revision)
        planned = plan_mails(news, now=self.clock(), zone=ZONE)
        if not planned:
            return 0
        with self.as_system():
            booking = await self.sources.booking(news.booking_id)
            owner = await self.sources.owner(news.owner_id)
        address = {Audience.GUEST: booking.client.email, Audience.OWNER: owner.email}
        known_end = booking.hold_expires_at.ToDatetime(UTC) if booking.HasField("hold_expires_at") else None
        found = [
            (one, to)
            for one in planned
            if one.is_timely(news, known_end) and (to := address[one.audience].strip())
        ]
        return await self.mailbox.plan(found, news)

    async def asked_again(
        self, proposal_id: str, owner_id: str, event_id: UUID, occurred_at: datetime
    ) -> int:
        """M17 to the owner: a client asks for a new devis."""
        with self.as_system():
            owner = await self.sources.owner(owner_id)
        news = _notice(proposal_id, owner_id, 1, event_id, occurred_at)
        return await self._plan_notice("M17", Variant.ASKED_AGAIN, [owner.email], news)

    async def paypal_changed(
        self, owner_id: str, terms_revision: int, event_id: UUID, occurred_at: datetime
    ) -> int:
        """M19 to both PayPal addresses and to the owner's own: another one waits."""
        with self.as_system():
            owner = await self.sources.owner(owner_id)
            terms = await self.sources.terms(owner_id, terms_revision)
        if terms is None:
            return 0
        news = _notice(owner_id, owner_id, terms_revision, event_id, occurred_at)
        found = [terms.paypal_email, terms.next_paypal_email, owner.email]
        return await self._plan_notice("M19", Variant.PAYPAL, found, news)

    async def _plan_notice(
        self, kind: str, variant: Variant, addresses: Iterable[str], news: BookingNews
    ) -> int:
        now = self.clock()
        if now - news.occurred_at > OLDEST_NEWS:
            return 0
        planned = PlannedMail(kind, Audience.OWNER, now, variant)
        found = [(planned, one) for one in dict.fromkeys(each.strip() for each in addresses) if one]
        return await self.mailbox.plan(found, news)


def _notice(about: str, owner_id: str, revision: int, event_id: UUID, occurred_at: datetime) -> BookingNews:
    return BookingNews(
        booking_id=about,
        owner_id=owner_id,
        revision=revision,
        change="",
        state="",
        origin="",
        mail_confirmed=True,
        hold_expires_at=None,
        occurred_at=occurred_at,
        event_id=event_id,
    )
