"""A devis: a quote that an owner sends to a client. It holds no nights, and is accepted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID, uuid5

from values import Money

from booking.domain.client import Client
from booking.domain.errors import IllegalMove, ProposalExpired, ProposalWithdrawn
from booking.domain.states import State
from booking.domain.terms import SalesTerms

LONGEST_NOTE = 2_000


@unique
class ProposalState(StrEnum):
    """Where a devis stands."""

    READY = "READY"
    SENT = "SENT"
    OPENED = "OPENED"
    ACCEPTED = "ACCEPTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A devis of one owner. `quote` is the message of pricing as stored; `terms` are those that hold for it.

    `booking_*` is the file that its last acceptance made; a file that failed is none.
    """

    id: UUID
    owner_id: UUID
    reference: str
    quote_id: UUID
    quote: bytes
    names: Mapping[UUID, tuple[str, str]]
    client: Client
    terms: SalesTerms
    total: Money
    tax: Money
    arrival: date
    created_at: datetime
    expires_at: datetime
    note: str = ""
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    withdrawn_at: datetime | None = None
    asked_again_at: datetime | None = None
    booking_id: UUID | None = None
    booking_number: int = 0
    booking_state: State | None = None
    booking_made_at: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether an acceptance made a file, or is about to."""
        return self.booking_id is not None and self.booking_state is not State.FAILED

    def state(self, now: datetime) -> ProposalState:
        """Where it stands now."""
        if self.is_accepted:
            return ProposalState.ACCEPTED
        if self.withdrawn_at is not None:
            return ProposalState.WITHDRAWN
        if self.expires_at <= now:
            return ProposalState.EXPIRED
        if self.opened_at is not None:
            return ProposalState.OPENED
        return ProposalState.READY if self.sent_at is None else ProposalState.SENT

    @property
    def acceptance_id(self) -> UUID:
        """The id under which the next acceptance is made: all who accept now make one and the same file."""
        return uuid5(self.id, f"accepted after {self.booking_id or 'nothing'}")

    def need_open(self, now: datetime) -> None:
        """Passes while it may be accepted.

        Raises:
            ProposalWithdrawn: the owner took it back.
            ProposalExpired: its time is over.

        """
        if self.withdrawn_at is not None:
            raise ProposalWithdrawn(id=self.id)
        if self.expires_at <= now:
            raise ProposalExpired(id=self.id, expires_at=self.expires_at.isoformat())

    def need_unaccepted(self, action: str) -> None:
        """Passes while no file was made from it.

        Raises:
            IllegalMove: one was.

        """
        if self.is_accepted:
            raise IllegalMove(state=ProposalState.ACCEPTED, action=action)
