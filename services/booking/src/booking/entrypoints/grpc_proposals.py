"""The calls on devis."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import hash_token, new_token
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import proposal_service_pb2 as pb
from sejour.booking.v1.proposal_service_pb2_grpc import ProposalServiceServicer

from booking.adapters import codec, proposal_codec
from booking.adapters.queries import page_size
from booking.application import proposals as use_cases
from booking.application.drive import Driver
from booking.application.ports import Catalog
from booking.application.terms import without_payee
from booking.domain.errors import BadValue, OwnerNotFound, ProposalNotFound
from booking.domain.proposal import Proposal
from booking.entrypoints import mapping


@dataclass(frozen=True, slots=True)
class GrpcProposals(ProposalServiceServicer):
    """Translates calls to use cases and devis to protobuf."""

    driver: Driver
    catalog: Catalog
    clock: Clock

    def _answer(self, proposal: Proposal, *, is_owner: bool = True) -> pb.ProposalResponse:
        shown = proposal_codec.proposal(proposal, now=self.clock())
        if not is_owner:
            shown.terms.CopyFrom(codec.terms(without_payee(proposal.terms)))
        return pb.ProposalResponse(proposal=shown)

    async def CreateProposal(self, request: pb.CreateProposalRequest, _context: Any) -> pb.ProposalResponse:
        """Makes a devis."""
        who = request.WhichOneof("who")
        command = use_cases.CreateProposal(
            write=mapping.write_of(request, "CreateProposal"),
            quote_id=mapping.id_of(request.quote_id),
            client_id=mapping.id_of(request.client_id) if who == "client_id" else None,
            new_client=mapping.client_fields(request.new_client) if who == "new_client" else None,
            note=request.note,
        )
        made = await use_cases.create_proposal(
            command, scope=Scope.current(), driver=self.driver, catalog=self.catalog, clock=self.clock
        )
        return self._answer(made)

    async def GetProposal(self, request: pb.GetProposalRequest, _context: Any) -> pb.ProposalResponse:
        """One devis."""
        proposal_id, scope = mapping.id_of(request.id, ProposalNotFound), Scope.current()
        found = await use_cases.get_proposal(proposal_id, scope=scope, open_unit=self.driver.open_unit)
        return self._answer(found, is_owner=scope.may("owner", found.owner_id))

    async def ListProposals(
        self, request: pb.ListProposalsRequest, _context: Any
    ) -> pb.ListProposalsResponse:
        """Devis of an owner, newest first."""
        limit = page_size(request.page.limit)
        before: UUID | None = mapping.id_of(request.page.cursor, BadValue) if request.page.cursor else None
        found = await use_cases.list_proposals(
            mapping.id_of(request.owner_id, OwnerNotFound),
            before=before,
            limit=limit + 1,
            scope=Scope.current(),
            open_unit=self.driver.open_unit,
        )
        now = self.clock()
        return pb.ListProposalsResponse(
            proposals=[
                proposal_codec.for_list(proposal_codec.proposal(one, now=now)) for one in found[:limit]
            ],
            next_cursor=str(found[limit - 1].id) if len(found) > limit else "",
        )

    async def IssueProposalLink(
        self, request: pb.IssueProposalLinkRequest, _context: Any
    ) -> pb.IssueProposalLinkResponse:
        """A new secret link."""
        token = new_token()
        await use_cases.issue_link(
            mapping.id_of(request.proposal_id, ProposalNotFound),
            hash_token(token),
            scope=Scope.current(),
            open_unit=self.driver.open_unit,
            clock=self.clock,
        )
        return pb.IssueProposalLinkResponse(token=token)

    async def GetProposalByLink(self, request: pb.ProposalLinkRequest, _context: Any) -> pb.ProposalResponse:
        """The devis behind a secret link."""
        found = await use_cases.look_at(
            hash_token(request.token),
            opened=request.opened,
            open_unit=self.driver.open_unit,
            clock=self.clock,
        )
        return self._answer(found, is_owner=False)

    async def AcceptProposal(
        self, request: pb.AcceptProposalRequest, _context: Any
    ) -> pb.AcceptProposalResponse:
        """Makes the client's file."""
        by_client = request.WhichOneof("key") == "token"
        command = use_cases.AcceptProposal(
            proposal_id=None if by_client else mapping.id_of(request.proposal_id, ProposalNotFound),
            token_hash=hash_token(request.token) if by_client else b"",
            accepted=dict(request.accepted),
            payment_means=mapping.means_chosen(request.payment_means),
            message=request.message,
        )
        placed = await use_cases.accept_proposal(
            command, scope=Scope.current(), driver=self.driver, catalog=self.catalog, clock=self.clock
        )
        shown, token = codec.booking(placed.file), ""
        if by_client:
            shown, token = codec.for_guest(shown), new_token()
            async with self.driver.open_unit() as unit:
                await unit.files.add_link(placed.file.id, hash_token(token), now=self.clock())
                await unit.commit()
        answer = calls.BookingResponse(
            booking=shown, replayed=placed.replayed, warnings=placed.warnings, guest_link_token=token
        )
        return pb.AcceptProposalResponse(placed=answer)

    async def AskProposalAgain(self, request: pb.ProposalLinkRequest, _context: Any) -> pb.ProposalResponse:
        """Notes that the client asks for a new devis."""
        found = await use_cases.ask_again(
            hash_token(request.token), open_unit=self.driver.open_unit, clock=self.clock
        )
        return self._answer(found, is_owner=False)

    async def WithdrawProposal(
        self, request: pb.WithdrawProposalRequest, _context: Any
    ) -> pb.ProposalResponse:
        """Takes a devis back."""
        found = await use_cases.withdraw_proposal(
            mapping.id_of(request.proposal_id, ProposalNotFound),
            scope=Scope.current(),
            open_unit=self.driver.open_unit,
            clock=self.clock,
        )
        return self._answer(found)
