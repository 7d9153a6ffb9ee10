"""Sends one waiting mail: composes it from the file as it is now, hands it over once, notes the end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ErrorKind, RemoteError, ServiceError
from chassis.failpoints import failpoint
from chassis.logging import get_logger
from chassis.tracing import enter, span
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem
from documents.application.notices import NOTICES, Notices, Ready
from documents.application.ports import (
    Mailbox,
    MailDoubtError,
    Mailer,
    MailLaterError,
    MailRefusedError,
    Shelf,
    Sources,
    WaitingMail,
)
from documents.application.render_document import DocumentRendering
from documents.domain.mail_plan import Audience, must_wait, still_true
from documents.printing.mails import Addresses, Envelope, compose, from_written, to_message

log = get_logger()

GIVE_UP = timedelta(hours=48)
BATCH = 10
_TRANSIENT = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.BUSY, ErrorKind.LIMITED})
_SYSTEM = Scope.system("documents")
_MAX_TRIES = 8


@dataclass(frozen=True, slots=True)
class MailSending:
    """The worker of mail."""

    sources: Sources
    mailbox: Mailbox
    shelf: Shelf
    rendering: DocumentRendering
    mailer: Mailer
    addresses: Addresses
    as_system: AsSystem
    clock: Clock
    notices: Notices
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Sends what is due, for ever; looks every second, and at once when woken."""
        while True:
            self.woken.clear()
            if await self.run_due() < BATCH:
                try:
                    # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes with the signal.
                    async with asyncio.timeout(1.0):
                        await self.woken.wait()
                except TimeoutError:
                    continue

    async def run_due(self) -> int:
        """Sends what is due now, one after the other; answers how many were taken."""
        await self.mailbox.doubt_the_lost()
        mails = await self.mailbox.lease(BATCH)
        for mail in mails:
            await self.send(mail)
        return len(mails)

    async def send(self, mail: WaitingMail) -> None:
        """Sends one leased mail; whatever happens is noted, nothing is raised but cancellation."""
        try:
            enter(None)
            with span(f"mail {mail.kind}", mail_id=str(mail.id)), self.as_system():
                await failpoint("documents.before_render")
                ready = await self._prepare(mail)
                if ready is None:
                    await self.mailbox.end(mail, "DROPPED")
                    return
                await self._hand_over(mail, ready)
        except MailRefusedError as error:
            await self.mailbox.end(mail, "REFUSED", str(error)[:200])
        except ValueError as error:
            # A header that cannot be; its sentence may repeat a name or an address.
            await self.mailbox.end(mail, "REFUSED", type(error).__name__)
        except MailDoubtError as error:
            await self.mailbox.end(mail, "IN_DOUBT", str(error))
        except MailLaterError as error:
            await self._later(mail, str(error))
        except ServiceError as error:
            transient = error.kind in _TRANSIENT
            await self._later(mail, error.reason, final=not transient and mail.attempts >= _MAX_TRIES)
        except Exception as error:
            log.exception("mail_failed", mail_id=str(mail.id), kind=mail.kind)
            await self._later(mail, type(error).__name__, final=mail.attempts >= _MAX_TRIES)

    async def _later(self, mail: WaitingMail, failure: str, *, final: bool = False) -> None:
        now = self.clock()
        if final or now - mail.created_at > GIVE_UP + timedelta(days=400 if mail.planned_end else 0):
            await self.mailbox.end(mail, "REFUSED", failure)
            return
        wait = timedelta(seconds=min(5 * 2 ** min(mail.attempts, 9), 1800))
        await self.mailbox.later(mail, now + wait, failure)

    async def _prepare(self, mail: WaitingMail) -> Ready | None:
        if mail.variant in NOTICES:
            return await self.notices(mail)
        try:
            booking = await self.sources.booking(str(mail.booking_id))
        except RemoteError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return None
            raise
        state = booking_pb.BookingState.Name(booking.state).removeprefix("BOOKING_STATE_")
        if must_wait(mail.kind, state):
            raise MailLaterError(state)
        true = still_true(
            mail.kind,
            mail.variant,
            state=state,
            mail_confirmed=booking.mail_confirmed,
            hold_expires_at=_end(booking),
            planned_end=mail.planned_end,
        )
        if not true:
            return None
        owner = await self.sources.owner(booking.owner_id)
        documents = await self._documents(mail, booking)
        if mail.subject and mail.body:
            return Ready(from_written(mail.subject, mail.body), booking.client.email, owner, documents)
        link = self.addresses.owner_file(booking.number)
        if mail.audience is Audience.GUEST:
            link = self.addresses.guest_file(await self.sources.guest_link(booking.id))
        text = compose(
            mail.kind,
            mail.variant,
            mail.audience,
            booking=booking,
            owner=owner,
            link=link,
            documents=documents,
        )
        return Ready(text, booking.client.email, owner, documents)

    async def _documents(self, mail: WaitingMail, booking: booking_pb.Booking) -> Sequence[pb.Document]:
        if mail.kind == "M04":
            return await self.rendering.everything(booking)
        return await self.shelf.named(_SYSTEM, mail.booking_id, mail.document_ids)

    async def _hand_over(self, mail: WaitingMail, ready: Ready) -> None:
        files = [
            (document.file_name, (await self.shelf.open(_SYSTEM, UUID(document.id)))[1])
            for document in ready.documents
        ]
        message = to_message(
            ready.text,
            Envelope(
                mail_id=str(mail.id),
                recipient=mail.recipient,
                to_guest=mail.audience is Audience.GUEST,
                sent_at=self.clock(),
            ),
            addresses=self.addresses,
            client_email=ready.client_email,
            owner=ready.owner,
            files=files,
        )
        await failpoint("documents.before_sending")
        ids = [UUID(document.id) for document in ready.documents]
        if not await self.mailbox.begin(mail, ready.text.subject, ids):
            return
        await failpoint("documents.before_send")
        try:
            await self.mailer.send(message, recipient=mail.recipient, mail_id=mail.id, kind=mail.kind)
        except (MailRefusedError, MailLaterError, MailDoubtError):
            raise
        except Exception as error:
            log.exception("mail_in_doubt", mail_id=str(mail.id), kind=mail.kind)
            raise MailDoubtError(type(error).__name__) from error
        await failpoint("documents.after_send")
        await self._note_sent(mail)

    async def _note_sent(self, mail: WaitingMail) -> None:
        """Notes the end of a mail that went out; what cannot be noted stays a doubt, never a second mail."""
        for wait in (0.2, 1.0, None):
            try:
                await self.mailbox.end(mail, "SENT")
            except Exception as error:
                log.exception("mail_sent_not_noted", mail_id=str(mail.id), error=type(error).__name__)
                if wait is not None:
                    await asyncio.sleep(wait)
            else:
                return


def _end(booking: booking_pb.Booking) -> datetime | None:
    return booking.hold_expires_at.ToDatetime(UTC) if booking.HasField("hold_expires_at") else None
