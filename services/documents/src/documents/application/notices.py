"""Mails that are about no file: a devis, the wish for a new one, a PayPal address that changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.actor import Scope
from chassis.errors import ErrorKind, RemoteError
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.ports import Shelf, Sources, WaitingMail
from documents.domain.mail_plan import Variant
from documents.printing import words
from documents.printing.mails import Addresses, MailText
from documents.printing.proposal import asked_again, paypal_changed, with_link

NOTICES = frozenset({Variant.PROPOSAL, Variant.ASKED_AGAIN, Variant.PAYPAL})
_SYSTEM = Scope.system("documents")


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that may go: its text, whom it answers to, and what it brings."""

    text: MailText
    client_email: str
    owner: catalog_pb.Owner
    documents: Sequence[pb.Document] = ()


@dataclass(frozen=True, slots=True)
class Notices:
    """Composes them from what is true when they are sent; the system acts."""

    sources: Sources
    shelf: Shelf
    addresses: Addresses

    async def __call__(self, mail: WaitingMail) -> Ready | None:
        """The mail, or None where it is no longer true."""
        try:
            if mail.variant == Variant.PAYPAL:
                return await self._paypal(mail)
            return await self._proposal(mail)
        except RemoteError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return None
            raise

    async def _proposal(self, mail: WaitingMail) -> Ready:
        proposal = await self.sources.proposal(str(mail.booking_id))
        owner = await self.sources.owner(proposal.owner_id)
        email = proposal.client.email
        if mail.variant == Variant.ASKED_AGAIN:
            link = self.addresses.owner_proposal(proposal.id)
            return Ready(asked_again(proposal, owner, link), email, owner)
        documents = await self.shelf.named(_SYSTEM, mail.booking_id, mail.document_ids)
        link = self.addresses.guest_proposal(await self.sources.proposal_link(proposal.id))
        language = words.language_of(proposal.client.language)
        return Ready(with_link(mail.subject, mail.body, link, language), email, owner, documents)

    async def _paypal(self, mail: WaitingMail) -> Ready | None:
        terms = await self.sources.terms(str(mail.owner_id), mail.revision)
        if terms is None or not terms.next_paypal_email:
            return None
        owner = await self.sources.owner(str(mail.owner_id))
        return Ready(paypal_changed(terms, owner, self.addresses.owner_terms), "", owner)
