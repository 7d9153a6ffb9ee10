"""What the use cases need of the world: other services, paper, files."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from chassis.actor import Scope
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import proposal_service_pb2 as proposal_pb
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.domain.mail_plan import Audience, BookingNews, PlannedMail, Variant
from documents.printing.prices import PriceSheet


class Sources(Protocol):
    """The other services. Calls go as the current actor, so what he may not see is NOT_FOUND."""

    async def booking(self, booking_id: str) -> booking_pb.Booking:
        """A file at its newest revision; `BookingNotFound` (also as RemoteError)."""

    async def confirmed(
        self, *, after: str, limit: int, confirmed_after: datetime, confirmed_until: datetime
    ) -> reconcile_pb.ListConfirmedResponse:
        """A page of confirmed files by id."""

    async def guest_link(self, booking_id: str) -> str:
        """The token of a new secret link of the file."""

    async def proposal(self, proposal_id: str) -> proposal_pb.Proposal:
        """A devis; PROPOSAL_NOT_FOUND."""

    async def proposal_link(self, proposal_id: str) -> str:
        """The token of a new secret link of a devis."""

    async def listing(self, listing_id: str, revision: int = 0) -> catalog_pb.Listing:
        """A listing, newest (0) or frozen; LISTING_NOT_FOUND."""

    async def owner(self, owner_id: str) -> catalog_pb.Owner:
        """An owner with all his data."""

    async def label(self, label_id: str) -> catalog_pb.Label | None:
        """A label; None for an empty id."""

    async def fields(self) -> Sequence[catalog_pb.FieldDef]:
        """The declared fields in form order."""

    async def photo(self, photo_id: str) -> bytes | None:
        """JPEG bytes; None when they cannot be had: a document prints without its photo."""

    async def prices(self, owner_id: str) -> PriceSheet:
        """All that an owner charges."""

    async def terms(self, owner_id: str, revision: int = 0) -> booking_pb.SalesTerms | None:
        """An owner's sales terms, newest (0) or of a revision; None before the first."""


class Printer(Protocol):
    """HTML to PDF."""

    async def print(self, html: str, given: Mapping[str, bytes] | None = None) -> bytes:
        """The PDF bytes of a page with its assets."""


@dataclass(frozen=True, slots=True)
class Place:
    """What versions are counted in: a file or none, a kind, a listing or none, a language."""

    booking_id: UUID | None
    kind: int
    listing_id: UUID | None
    language: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document about to be drawn; the version is known only then."""

    place: Place
    owner_id: UUID
    input_hash: bytes
    revisions: Mapping[str, int]
    stem: str
    """File name without version and ending."""
    draw: Callable[[int, datetime], Awaitable[bytes]]
    """The PDF of a version, made on a day."""


class Shelf(Protocol):
    """Stored documents; what lies outside a scope is not there."""

    async def keep(self, draft: Draft) -> pb.Document:
        """The newest version when it prints the same, else a new one."""

    async def of_booking(self, scope: Scope, booking_id: UUID) -> list[pb.Document]:
        """Documents of a file, newest first."""

    async def open(self, scope: Scope, document_id: UUID) -> tuple[pb.Document, bytes]:
        """A document and its bytes; `DocumentNotFound`."""

    async def named(self, scope: Scope, booking_id: UUID, ids: Sequence[UUID]) -> list[pb.Document]:
        """Documents of a file by id; `DocumentNotFound` when one is not among them."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail leased to this worker."""

    id: UUID
    booking_id: UUID
    owner_id: UUID
    kind: str
    variant: str
    revision: int
    audience: Audience
    recipient: str
    subject: str
    body: str
    document_ids: tuple[UUID, ...]
    planned_end: datetime | None
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail as the owner edited it."""

    booking_id: UUID
    owner_id: UUID
    recipient: str
    subject: str
    body: str
    document_ids: tuple[UUID, ...]
    variant: Variant = Variant.USUAL


class Mailbox(Protocol):
    """The tasks of mail, and what became of them."""

    async def plan(self, found: Sequence[tuple[PlannedMail, str]], news: BookingNews) -> int:
        """Writes planned mails with their recipients, once per event; answers how many are new."""

    async def drop_reminders(self, booking_id: UUID, *, before_revision: int) -> None:
        """Drops the waiting reminders (M05) of earlier revisions."""

    async def with_mail(self, booking_ids: Sequence[UUID], kind: str) -> set[UUID]:
        """Those files to which a mail of this kind was planned and not dropped."""

    async def lease(self, limit: int) -> list[WaitingMail]:
        """Mails that are due."""

    async def begin(self, mail: WaitingMail, subject: str, document_ids: Sequence[UUID]) -> bool:
        """Notes that a mail is about to be handed over; False when somebody else did."""

    async def end(self, mail: WaitingMail, state: str, failure: str = "") -> None:
        """Notes `SENT`, `REFUSED`, `IN_DOUBT` or `DROPPED`, and publishes it."""

    async def later(self, mail: WaitingMail, due_at: datetime, failure: str) -> None:
        """Puts a mail back."""

    async def doubt_the_lost(self) -> int:
        """Ends as `IN_DOUBT` the mails whose worker died while sending."""

    async def write(self, request_id: UUID, body_hash: bytes, written: WrittenMail) -> pb.Mail:
        """Queues a mail of the owner, once per request id."""

    async def get(self, scope: Scope, mail_id: UUID) -> pb.Mail | None:
        """One mail."""

    async def of_booking(
        self, scope: Scope, booking_id: UUID, *, before: UUID | None, limit: int
    ) -> list[pb.Mail]:
        """Mails of a file, newest first."""


class MailRefusedError(Exception):
    """The mail server, or a header, refuses this mail for good."""


class MailLaterError(Exception):
    """Nothing was handed over; trying again later is right."""


class MailDoubtError(Exception):
    """The connection broke while sending: it may have gone out."""


class Mailer(Protocol):
    """The way out for mail."""

    async def send(self, message: EmailMessage, *, recipient: str, mail_id: UUID, kind: str) -> None:
        """Hands a message over; raises one of the three errors above."""
