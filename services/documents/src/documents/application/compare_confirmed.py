"""Compares confirmed files with the mails that bring their documents; called by a job and by operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.errors import ServiceError
from chassis.logging import get_logger
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb

from documents.application.access import AsSystem
from documents.application.plan_mails import MailPlanning
from documents.application.ports import Mailbox, Sources
from documents.domain.mail_plan import OLDEST_NEWS, BookingNews

log = get_logger()

GRACE = timedelta(minutes=2)
"""News of a confirmation may be on its way for so long."""
MAIL = "M04"


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """One page: files looked at, those without a mail, those that have one now, where the next begins."""

    files: int
    without: Sequence[UUID] = ()
    mended: Sequence[UUID] = ()
    next: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmedComparing:
    """Looks at files confirmed in the last 48 hours: older news mail nobody."""

    sources: Sources
    mailbox: Mailbox
    planning: MailPlanning
    as_system: AsSystem
    clock: Clock

    async def page(self, *, after: str, limit: int, mend: bool) -> ConfirmedPage:
        """Compares one page of files.

        Raises:
            ServiceError: booking does not answer.

        """
        now = self.clock()
        with self.as_system():
            answer = await self.sources.confirmed(
                after=after, limit=limit, confirmed_after=now - OLDEST_NEWS, confirmed_until=now - GRACE
            )
        wanted = {UUID(one.booking_id): one for one in answer.files if one.is_mailed}
        there = await self.mailbox.with_mail(list(wanted), MAIL)
        without = [one for one in wanted if one not in there]
        for one in without:
            log.error("confirmed_without_mail", booking_id=str(one))
        mended = [one for one in without if mend and await self._plan(wanted[one], now)]
        return ConfirmedPage(len(answer.files), without, mended, answer.next)

    async def all(self, *, mend: bool) -> int:
        """All pages; returns how many files are left without their mail."""
        left, after = 0, ""
        while True:
            page = await self.page(after=after, limit=0, mend=mend)
            left += len(page.without) - len(page.mended)
            if not page.next:
                return left
            after = page.next

    async def _plan(self, file: reconcile_pb.ConfirmedFile, now: datetime) -> bool:
        try:
            with self.as_system():
                booking = await self.sources.booking(file.booking_id)
            return await self.planning(_news(file, booking, now)) > 0
        except ServiceError as error:
            log.exception("mail_not_planned", booking_id=file.booking_id, reason=error.reason)
            return False


def _news(file: reconcile_pb.ConfirmedFile, booking: booking_pb.Booking, now: datetime) -> BookingNews:
    """What the news that was lost had said."""
    return BookingNews(
        booking_id=file.booking_id,
        owner_id=file.owner_id,
        revision=file.confirmed_revision,
        change="CONFIRMED",
        state="CONFIRMED",
        origin=booking_pb.BookingOrigin.Name(booking.origin).removeprefix("BOOKING_ORIGIN_"),
        mail_confirmed=True,
        hold_expires_at=None,
        occurred_at=file.confirmed_at.ToDatetime(now.tzinfo),
    )
