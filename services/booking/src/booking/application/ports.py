"""What the use cases need: a unit of work on booking's own data, and four other services."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.actor import Scope
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from values import Money, NightRange

from booking.domain.booking import BookingFile
from booking.domain.client import Client
from booking.domain.line import Line, Party
from booking.domain.proposal import Proposal
from booking.domain.terms import SalesTerms


@dataclass(frozen=True, slots=True)
class Write:
    """The identity of a write: repeated, it is done once."""

    request_id: UUID
    method: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """How many unpaid public options stand: per listing (the most), per mail, per caller."""

    listing: int
    mail: int
    caller: int


@dataclass(frozen=True, slots=True)
class Untold:
    """A file that failed without availability being told; `hold_ended` = it had held its nights."""

    id: UUID
    revision: int
    quote_id: UUID
    hold_ended: bool


class Files(Protocol):
    """The booking files within a scope."""

    async def add(self, file: BookingFile) -> None:
        """Keeps a new file."""

    async def get(self, file_id: UUID, scope: Scope, *, lock: bool = False) -> BookingFile:
        """One file; raises `BookingNotFound` beyond the scope. `lock` keeps rivals out until the commit."""

    async def stands(self, file: BookingFile) -> bool:
        """Whether a file is still as it was written down (`PLACING`); keeps rivals out until the commit."""

    async def save(self, file: BookingFile) -> None:
        """Keeps a changed file, its snapshot, and its news in the outbox."""

    async def next_number(self, owner_id: UUID, wanted: int) -> int:
        """The owner's next file number, or the wanted one (loading) unless it is 0."""

    async def open_options(self, file: BookingFile, *, since: datetime) -> OpenOptions:
        """Unpaid public options beside this file; waits for rivals on the same listings."""

    async def of_client(self, client_id: UUID, scope: Scope) -> Sequence[UUID]:
        """Files of a client that are not over."""

    async def stuck(self, *, before: datetime, now: datetime, limit: int) -> Sequence[UUID]:
        """Leases files that stand between two services since before."""

    async def untold(self, *, before: datetime, limit: int) -> Sequence[Untold]:
        """Files that failed before and of whose end availability was not told."""

    async def told(self, ids: Sequence[UUID]) -> None:
        """Notes that availability was told of the end of these."""

    async def overdue(self, *, before: datetime, limit: int) -> Sequence[UUID]:
        """Options whose hold should have ended before."""

    async def add_link(self, file_id: UUID, token_hash: bytes, *, now: datetime) -> None:
        """Keeps the hash of a secret link."""

    async def by_link(self, token_hash: bytes) -> UUID:
        """The file behind a secret link; raises `GuestLinkUnknown`."""


class Clients(Protocol):
    """The clients within a scope."""

    async def get(self, client_id: UUID, scope: Scope, *, lock: bool = False) -> Client:
        """One client; raises `ClientNotFound`."""

    async def add(self, client: Client, *, now: datetime) -> Client:
        """Keeps a new client and gives him his code."""

    async def save(self, client: Client, *, now: datetime) -> Client:
        """Keeps a changed client; returns him with his new revision."""

    async def same_person(self, client: Client) -> Client | None:
        """A client of the same owner with the same names and mail address."""

    async def look_alikes(self, client: Client) -> Sequence[Client]:
        """Other clients of the owner with the same names, a same phone or the same mail."""


class TermsBook(Protocol):
    """All revisions of all owners' terms."""

    async def newest(self, owner_id: UUID, *, lock: bool = False) -> SalesTerms | None:
        """The newest terms of an owner."""

    async def at(self, owner_id: UUID, revision: int) -> SalesTerms | None:
        """One revision."""

    async def add(self, terms: SalesTerms, *, now: datetime) -> None:
        """Keeps a new revision."""

    async def tell_paypal_changed(self, terms: SalesTerms, *, now: datetime) -> None:
        """Publishes that another PayPal address waits; addresses themselves are not told."""


class Proposals(Protocol):
    """Devis."""

    async def get(self, proposal_id: UUID, scope: Scope, *, lock: bool = False) -> Proposal:
        """One devis within the scope; raises `ProposalNotFound`."""

    async def by_link(self, token_hash: bytes, *, lock: bool = False) -> Proposal:
        """The devis behind a secret link; raises `GuestLinkUnknown`."""

    async def of_owner(self, owner_id: UUID, *, before: UUID | None, limit: int) -> Sequence[Proposal]:
        """Devis of an owner, newest first."""

    async def add(self, proposal: Proposal) -> None:
        """Keeps a new devis; raises `QuoteUsed` where the quote has one."""

    async def add_link(self, proposal_id: UUID, token_hash: bytes, *, now: datetime) -> None:
        """Keeps the hash of a secret link; the first is the sending."""

    async def note_opened(self, proposal_id: UUID, *, now: datetime) -> None:
        """Notes the first time that the client looked."""

    async def withdraw(self, proposal_id: UUID, *, now: datetime) -> None:
        """Notes that the owner took it back."""

    async def ask_again(self, proposal: Proposal, *, now: datetime) -> None:
        """Notes that the client asks for a new devis, and publishes it the first time."""

    async def accepted(self, proposal: Proposal, file_id: UUID) -> None:
        """Notes the file that an acceptance makes; raises `ProposalWithdrawn`."""


class UnitOfWork(Protocol):
    """One transaction; leaving it without `commit` keeps nothing."""

    @property
    def files(self) -> Files:
        """Booking files."""

    @property
    def clients(self) -> Clients:
        """Clients."""

    @property
    def terms(self) -> TermsBook:
        """Sales terms."""

    @property
    def proposals(self) -> Proposals:
        """Devis."""

    async def done_before(self, write: Write) -> UUID | None:
        """The resource of an earlier write under the request id; takes nothing and waits for nobody."""

    async def claim(self, write: Write, *, now: datetime, makes: UUID | None = None) -> UUID | None:
        """Takes the request id; the resource of an earlier write under it, else None.

        `makes` notes at once what the write makes, as `finish` would.
        """

    async def finish(self, write: Write, resource_id: UUID) -> None:
        """Notes what the write made."""

    async def forget(self, request_id: UUID) -> None:
        """Lets a write be tried again as if it had never been."""

    async def commit(self) -> None:
        """Keeps everything."""


class OpenUnit(Protocol):
    """Opens units of work."""

    def __call__(self, *, looking: bool = False) -> AbstractAsyncContextManager[UnitOfWork]:
        """A new unit; `looking` = only to read, each question for itself."""


class Pricing(Protocol):
    """What is asked of pricing."""

    async def quote(self, quote_id: UUID) -> pricing.Quote:
        """A quote as stored."""

    async def use_quote(self, quote_id: UUID, booking_id: UUID) -> None:
        """Marks it used by a file."""

    async def return_quote(self, quote_id: UUID, booking_id: UUID) -> None:
        """Gives a quote back that a file used and came to nothing."""

    async def tax(self, line: Line, party: Party) -> tuple[Money, Sequence[pricing.PriceLine]]:
        """Tourist tax of a line with other persons, explained."""

    async def price(self, line: Line, party: Party) -> pricing.QuoteLine | None:
        """The line with other persons by the tariff of today; None when it is not sold."""


class Availability(Protocol):
    """What is asked of availability. Every call may be repeated."""

    async def taken(self, listing_id: UUID, nights: NightRange) -> NightRange | None:
        """The first of some nights that are taken now; None also where availability does not say."""

    async def hold(self, file: BookingFile) -> bool:
        """Holds the nights of all lines; True when some were not open for sale."""

    async def extend(self, file_id: UUID, revision: int, expires_at: datetime | None) -> None:
        """Moves the end of the hold."""

    async def confirm(self, file: BookingFile) -> None:
        """Takes the nights."""

    async def release(self, file_id: UUID, revision: int) -> None:
        """Frees the nights."""

    async def end(self, revisions: Mapping[UUID, int]) -> None:
        """Tells that files came to nothing: what they have is freed, and late commands take nothing."""

    async def move(self, file: BookingFile, lines: Sequence[Line], revision: int) -> None:
        """Makes what stands for the file what the lines say."""

    async def hold_again(self, file: BookingFile) -> None:
        """Holds the nights of a file that should have them, open or not."""

    async def holds_anything(self, file_id: UUID) -> bool:
        """Whether any night is held or taken for the file."""


class Catalog(Protocol):
    """What is asked of the catalog."""

    async def listing_names(self, listings: Mapping[UUID, int]) -> Mapping[UUID, tuple[str, str]]:
        """Code and French name of listings at a revision (0 = newest)."""
