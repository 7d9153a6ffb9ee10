"""From a change of a file to the mails it causes: who gets them, at which address."""

from dataclasses import dataclass
from datetime import UTC
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import Clock

from documents.application.access import AsSystem
from documents.application.ports import Mailbox, Sources
from documents.domain.mail_plan import Audience, BookingNews, ends_reminders, plan_mails

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
