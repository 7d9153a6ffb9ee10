"""The owner's own mail about a file: proposed, edited by him, sent with documents attached."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem, booking_uuid, reach_booking
from documents.application.ports import Mailbox, Shelf, Sources, WrittenMail
from documents.domain.errors import BadValue, DocumentNotFound, NoRecipient
from documents.printing.mails import draft_text, is_address

_SUBJECT_MAX = 200
_TEXT_MAX = 20_000
_PATIENCE_STEPS = 30
_STEP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class DocumentsMail:
    """`DraftMail` and `SendDocuments`."""

    sources: Sources
    shelf: Shelf
    mailbox: Mailbox
    as_system: AsSystem
    wake: Callable[[], None]

    async def draft(self, booking_id: str, document_ids: Sequence[str]) -> pb.DraftMailResponse:
        """Recipient, subject and text proposed for these documents.

        Raises:
            BookingNotFound, DocumentNotFound: another's, or none.

        """
        booking = await reach_booking(self.sources, self.as_system, booking_id, owner_only=True)
        documents = await self.shelf.named(Scope.current(), booking_uuid(booking_id), _uuids(document_ids))
        with self.as_system():
            owner = await self.sources.owner(booking.owner_id)
        subject, text = draft_text(booking, owner, documents)
        return pb.DraftMailResponse(recipient=booking.client.email, subject=subject, text=text)

    async def send(self, request: pb.SendDocumentsRequest, request_id: UUID, body_hash: bytes) -> pb.Mail:
        """Queues the mail once per request id, and waits a moment to tell how it ended.

        Raises:
            NoRecipient: the client has no address, or the given one is none.
            BadValue: no subject or text, or too long.
            BookingNotFound, DocumentNotFound: another's, or none.
            RequestIdReused: the id stands for another mail.

        """
        booking = await reach_booking(self.sources, self.as_system, request.booking_id, owner_only=True)
        recipient, subject, text = need_mail(
            request.recipient or booking.client.email, request.subject, request.text
        )
        ids = _uuids(request.document_ids)
        await self.shelf.named(Scope.current(), UUID(booking.id), ids)
        written = WrittenMail(
            booking_id=UUID(booking.id),
            owner_id=UUID(booking.owner_id),
            recipient=recipient,
            subject=subject,
            body=text,
            document_ids=tuple(ids),
        )
        mail = await self.mailbox.write(request_id, body_hash, written)
        return await end_of(mail, self.mailbox, self.wake)


def need_mail(recipient: str, subject: str, text: str) -> tuple[str, str, str]:
    """Recipient, subject and text as they go out.

    Raises:
        NoRecipient: the address is none.
        BadValue: no subject or text, or too long.

    """
    recipient, subject, text = recipient.strip(), " ".join(subject.split()), text.strip()
    if not is_address(recipient):
        raise NoRecipient
    for name, value, longest in (("subject", subject, _SUBJECT_MAX), ("text", text, _TEXT_MAX)):
        if not value or len(value) > longest:
            raise BadValue(field=name)
    return recipient, subject, text


async def end_of(mail: pb.Mail, mailbox: Mailbox, wake: Callable[[], None]) -> pb.Mail:
    """The mail a moment later, so that its sender learns how it ended."""
    wake()
    for _ in range(_PATIENCE_STEPS):
        if mail.state != pb.MAIL_STATE_WAITING:
            break
        await asyncio.sleep(_STEP_SECONDS)
        mail = await mailbox.get(Scope.system("documents"), UUID(mail.id)) or mail
    return mail


def _uuids(ids: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in dict.fromkeys(ids)]
    except ValueError:
        raise DocumentNotFound from None
