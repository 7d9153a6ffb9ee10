"""The calls of `DocumentsService`: each translates and passes on."""

from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.requests import hash_request, parse_request_id
from sejour.documents.v1 import documents_service_pb2 as pb
from sejour.documents.v1.documents_service_pb2_grpc import DocumentsServiceServicer

from documents.application.access import AsSystem, booking_uuid, reach_booking
from documents.application.compare_confirmed import ConfirmedComparing
from documents.application.get_property_statement import PropertyStatement
from documents.application.ports import Mailbox, Shelf, Sources
from documents.application.print_tax_register import TaxRegisterPaper
from documents.application.proposals import ProposalPapers
from documents.application.render_document import DocumentRendering
from documents.application.send_documents import DocumentsMail
from documents.domain.errors import NotAllowed
from documents.entrypoints.mapping import cursor_of, document_uuid, page_limit

MOST_COMPARED = 1000


class GrpcDocuments(DocumentsServiceServicer):
    """Documents and mail of files."""

    def __init__(
        self,
        *,
        sources: Sources,
        shelf: Shelf,
        mailbox: Mailbox,
        rendering: DocumentRendering,
        statement: PropertyStatement,
        mail: DocumentsMail,
        as_system: AsSystem,
        comparing: ConfirmedComparing,
        proposals: ProposalPapers,
        tax_register: TaxRegisterPaper,
    ) -> None:
        self._tax_register = tax_register
        self._proposals = proposals
        self._comparing = comparing
        self._sources = sources
        self._shelf = shelf
        self._mailbox = mailbox
        self._rendering = rendering
        self._statement = statement
        self._mail = mail
        self._as_system = as_system

    async def RenderDocument(self, request: pb.RenderDocumentRequest, context: Any) -> pb.DocumentResponse:  # noqa: ARG002
        """Makes or finds a document of a file."""
        found = await self._rendering(request.booking_id, request.kind, request.listing_id)
        return pb.DocumentResponse(document=found)

    async def ListDocuments(self, request: pb.ListDocumentsRequest, context: Any) -> pb.ListDocumentsResponse:  # noqa: ARG002
        """Documents of a file, newest first."""
        await reach_booking(self._sources, self._as_system, request.booking_id)
        found = await self._shelf.of_booking(Scope.current(), booking_uuid(request.booking_id))
        return pb.ListDocumentsResponse(documents=found)

    async def GetDocumentFile(
        self,
        request: pb.GetDocumentFileRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetDocumentFileResponse:
        """The stored bytes."""
        document, content = await self._shelf.open(Scope.current(), document_uuid(request.id))
        return pb.GetDocumentFileResponse(document=document, content=content)

    async def GetPropertyStatement(
        self,
        request: pb.GetPropertyStatementRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetDocumentFileResponse:
        """The état descriptif of a listing."""
        document, content = await self._statement(request.listing_id, request.language)
        return pb.GetDocumentFileResponse(document=document, content=content)

    async def DraftMail(self, request: pb.DraftMailRequest, context: Any) -> pb.DraftMailResponse:  # noqa: ARG002
        """A mail ready to edit."""
        return await self._mail.draft(request.booking_id, request.document_ids)

    async def SendDocuments(self, request: pb.SendDocumentsRequest, context: Any) -> pb.MailResponse:  # noqa: ARG002
        """Sends documents by mail."""
        mail = await self._mail.send(request, parse_request_id(request.request_id), hash_request(request))
        return pb.MailResponse(mail=mail)

    async def ListMails(self, request: pb.ListMailsRequest, context: Any) -> pb.ListMailsResponse:  # noqa: ARG002
        """Mails of a file, newest first."""
        await reach_booking(self._sources, self._as_system, request.booking_id, owner_only=True)
        limit = page_limit(request.page)
        found = await self._mailbox.of_booking(
            Scope.current(), UUID(request.booking_id), before=cursor_of(request.page), limit=limit + 1
        )
        more = found[limit - 1].id if len(found) > limit else ""
        return pb.ListMailsResponse(mails=found[:limit], next_cursor=more)

    async def CompareConfirmed(
        self,
        request: pb.CompareConfirmedRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.CompareConfirmedResponse:
        """Confirmed files without the mail that brings their documents."""
        if not Scope.current().is_unlimited:
            raise NotAllowed
        page = await self._comparing.page(
            after=request.after, limit=min(request.limit, MOST_COMPARED), mend=request.mend
        )
        return pb.CompareConfirmedResponse(
            files=page.files,
            without_documents=[str(one) for one in page.without],
            mended=[str(one) for one in page.mended],
            next=page.next,
        )

    async def RenderProposal(self, request: pb.ProposalRequest, context: Any) -> pb.DocumentResponse:  # noqa: ARG002
        """Makes or finds the PDF of a devis."""
        return pb.DocumentResponse(document=await self._proposals.render(request.proposal_id))

    async def DraftProposalMail(self, request: pb.ProposalRequest, context: Any) -> pb.DraftMailResponse:  # noqa: ARG002
        """The mail of a devis, ready to edit."""
        return await self._proposals.draft(request.proposal_id)

    async def SendProposal(self, request: pb.SendProposalRequest, context: Any) -> pb.MailResponse:  # noqa: ARG002
        """Sends a devis by mail."""
        request_id, body_hash = parse_request_id(request.request_id), hash_request(request)
        return pb.MailResponse(mail=await self._proposals.send(request, request_id, body_hash))

    async def ListProposalMails(self, request: pb.ProposalRequest, context: Any) -> pb.ListMailsResponse:  # noqa: ARG002
        """Mails of a devis, newest first."""
        return pb.ListMailsResponse(mails=await self._proposals.mails(request.proposal_id))

    async def PrintTaxRegister(
        self,
        request: pb.PrintTaxRegisterRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetDocumentFileResponse:
        """The register of the tourist tax as PDF."""
        document, content = await self._tax_register(request)
        return pb.GetDocumentFileResponse(document=document, content=content)
