"""Devis: the PDF, the mail that brings it with its secret link, and what became of that mail."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem
from documents.application.ports import Draft, Mailbox, Place, Printer, Shelf, Sources, WrittenMail
from documents.application.render_document import DEFAULT_ZONE, made_on
from documents.application.send_documents import end_of, need_mail
from documents.domain.errors import NotAllowed, ProposalNotFound
from documents.domain.mail_plan import Variant
from documents.printing import words
from documents.printing.proposal import ProposalSources, draft_proposal_mail, proposal_view
from documents.printing.render import input_hash, render

_MOST_MAILS = 50


@dataclass(frozen=True, slots=True)
class ProposalPapers:
    """`RenderProposal`, `DraftProposalMail`, `SendProposal`, `ListProposalMails`."""

    sources: Sources
    shelf: Shelf
    mailbox: Mailbox
    printer: Printer
    as_system: AsSystem
    wake: Callable[[], None]

    async def reach(self, proposal_id: str, *, owner_only: bool = True) -> proposals_pb.Proposal:
        """The devis, when the actor may see it: his own, or the one whose link he holds (`proposal:<id>`).

        Raises:
            ProposalNotFound: another's, or none.
            NotAllowed: a client asks for what is the owner's.

        """
        scope = Scope.current()
        try:
            UUID(proposal_id)
        except ValueError:
            raise ProposalNotFound from None
        if scope.is_public:
            raise ProposalNotFound
        if owner_only and scope.has(f"proposal:{proposal_id}"):
            raise NotAllowed
        try:
            return await self.sources.proposal(proposal_id)
        except RemoteError as error:
            if error.kind in {ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN}:
                raise ProposalNotFound from error
            raise

    async def render(self, proposal_id: str) -> pb.Document:
        """The PDF; the stored one while nothing it prints has changed."""
        proposal = await self.reach(proposal_id, owner_only=False)
        with self.as_system():
            return await self.paper(await self.sources.proposal(proposal.id))

    async def paper(self, proposal: proposals_pb.Proposal) -> pb.Document:
        """The PDF of a devis; the system acts."""
        wanted = {line.listing_id: line.listing_revision for line in proposal.quote.lines}
        owner = await self.sources.owner(proposal.owner_id)
        found = await asyncio.gather(*(self.sources.listing(*pair) for pair in wanted.items()))
        listings = dict(zip(wanted, found, strict=True))
        first = found[0]
        label = await self.sources.label(first.label_id)
        language = words.language_of(proposal.client.language)
        view = proposal_view(ProposalSources(proposal, owner, label, listings), language)
        zone = first.zone or DEFAULT_ZONE

        async def draw(version: int, now: datetime) -> bytes:
            day = made_on(now, zone, language)
            return await self.printer.print(
                render("proposal.html", view, language, version=version, made_on=day)
            )

        draft = Draft(
            place=Place(UUID(proposal.id), pb.DOCUMENT_KIND_PROPOSAL, None, language),
            owner_id=UUID(proposal.owner_id),
            input_hash=input_hash("proposal", view),
            revisions={"listing": first.revision, "terms": proposal.terms.revision},
            stem=f"devis-{owner.supplier_no}-{proposal.reference}",
            draw=draw,
        )
        return await self.shelf.keep(draft)

    async def draft(self, proposal_id: str) -> pb.DraftMailResponse:
        """Recipient, subject and text proposed for the mail that brings it."""
        proposal = await self.reach(proposal_id)
        with self.as_system():
            owner = await self.sources.owner(proposal.owner_id)
        subject, text = draft_proposal_mail(proposal, owner)
        return pb.DraftMailResponse(recipient=proposal.client.email, subject=subject, text=text)

    async def send(self, request: pb.SendProposalRequest, request_id: UUID, body_hash: bytes) -> pb.Mail:
        """Queues the mail once per request id, and waits a moment to tell how it ended.

        Raises:
            NoRecipient: the client has no address, or the given one is none.
            BadValue: no subject or text, or too long.
            ProposalNotFound: another's, or none.
            RequestIdReused: the id stands for another mail.

        """
        proposal = await self.reach(request.proposal_id)
        recipient, subject, text = need_mail(
            request.recipient or proposal.client.email, request.subject, request.text
        )
        with self.as_system():
            document = await self.paper(proposal)
        written = WrittenMail(
            booking_id=UUID(proposal.id),
            owner_id=UUID(proposal.owner_id),
            recipient=recipient,
            subject=subject,
            body=text,
            document_ids=(UUID(document.id),),
            variant=Variant.PROPOSAL,
        )
        mail = await self.mailbox.write(request_id, body_hash, written)
        return await end_of(mail, self.mailbox, self.wake)

    async def mails(self, proposal_id: str) -> Sequence[pb.Mail]:
        """Mails of a devis, newest first."""
        await self.reach(proposal_id)
        return await self.mailbox.of_booking(
            Scope.current(), UUID(proposal_id), before=None, limit=_MOST_MAILS
        )
