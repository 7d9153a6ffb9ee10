"""Devis in PostgreSQL, each read with its client, its terms and the file that its acceptance made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.actor import Scope
from chassis.database import visible
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from sqlalchemy import ColumnElement, Select, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from values import Money, NightRange

from booking.adapters import rows
from booking.adapters.files import BOOKINGS_TOPIC
from booking.adapters.later import Later
from booking.adapters.tables import BOOKINGS, CLIENTS, PROPOSAL_LINKS, PROPOSALS, TERMS
from booking.adapters.terms_rows import terms_of
from booking.domain.errors import GuestLinkUnknown, ProposalNotFound, ProposalWithdrawn, QuoteUsed
from booking.domain.proposal import Proposal
from booking.domain.states import Means, State


class PostgresProposals:
    """The repository of devis; one per transaction."""

    def __init__(
        self, session: AsyncSession, later: Later, *, hidden: frozenset[Means] = frozenset()
    ) -> None:
        self._session = session
        self._later = later
        self._hidden = hidden

    async def get(self, proposal_id: UUID, scope: Scope, *, lock: bool = False) -> Proposal:
        """One devis within the scope."""
        within = and_(PROPOSALS.c.id == proposal_id, visible(PROPOSALS.c.owner_id, scope, "owner"))
        found = await self._load(_select().where(within), lock=lock)
        if not found:
            raise ProposalNotFound
        return found[0]

    async def by_link(self, token_hash: bytes, *, lock: bool = False) -> Proposal:
        """The devis behind a secret link; raises `GuestLinkUnknown`."""
        named = select(PROPOSAL_LINKS.c.proposal_id).where(PROPOSAL_LINKS.c.token_hash == token_hash)
        found = await self._load(_select().where(PROPOSALS.c.id.in_(named)), lock=lock)
        if not found:
            raise GuestLinkUnknown
        return found[0]

    async def of_owner(self, owner_id: UUID, *, before: UUID | None, limit: int) -> Sequence[Proposal]:
        """Devis of an owner, newest first."""
        query = _select().where(PROPOSALS.c.owner_id == owner_id)
        if before is not None:
            query = query.where(PROPOSALS.c.id < before)
        return await self._load(query.order_by(PROPOSALS.c.id.desc()).limit(limit))

    async def _load(self, query: Select[Any], *, lock: bool = False) -> list[Proposal]:
        await self._later.flush()
        if lock:
            query = query.with_for_update(of=PROPOSALS)
        found = (await self._session.execute(query)).all()
        return [self._of(row._mapping) for row in found]  # noqa: SLF001 (SQLAlchemy's public name of it)

    def _of(self, row: Mapping[Any, Any]) -> Proposal:
        quote = pricing.Quote.FromString(row[PROPOSALS.c.quote])
        nights = [NightRange.parse(one.nights.arrival, one.nights.departure) for one in quote.lines]
        owner_id = row[PROPOSALS.c.owner_id]
        terms = terms_of(owner_id, row[TERMS.c.revision], row[TERMS.c.body], row[TERMS.c.created_at])
        listings = {UUID(one.listing_id) for one in quote.lines}
        plain = (
            "id", "owner_id", "reference", "quote_id", "quote", "created_at", "expires_at", "note", "sent_at",
            "opened_at", "withdrawn_at", "asked_again_at", "booking_id",
        )  # fmt: skip
        state = row["booking_state"]
        return Proposal(
            **{name: row[PROPOSALS.c[name]] for name in plain},
            names={UUID(key): (code, name) for key, (code, name) in row[PROPOSALS.c.names].items()},
            client=rows.client_of({column.name: row[column] for column in CLIENTS.c}),
            terms=terms.holding(listings, max(one.length for one in nights)).without(self._hidden),
            total=Money(quote.total.amount, quote.total.currency),
            tax=Money(quote.tourist_tax.amount, quote.total.currency),
            arrival=min(one.arrival for one in nights),
            booking_number=row["booking_number"] or 0,
            booking_state=State(state) if state else None,
            booking_made_at=row["booking_made_at"],
        )

    async def add(self, proposal: Proposal) -> None:
        """Keeps a new devis; one quote makes one devis.

        Raises:
            QuoteUsed: another devis has the quote.

        """
        await self._later.flush()
        plain = ("id", "owner_id", "reference", "quote_id", "quote", "note", "created_at", "expires_at")
        values = {name: getattr(proposal, name) for name in plain} | {
            "names": {str(key): list(value) for key, value in proposal.names.items()},
            "client_id": proposal.client.id,
            "terms_revision": proposal.terms.revision,
        }
        kept = upsert(PROPOSALS).values(values).on_conflict_do_nothing(constraint="uq_proposals_quote_id")
        if await self._session.scalar(kept.returning(PROPOSALS.c.id)) is None:
            raise QuoteUsed(id=proposal.quote_id)

    async def add_link(self, proposal_id: UUID, token_hash: bytes, *, now: datetime) -> None:
        """Keeps the hash of a secret link; the first is the sending."""
        values = {"token_hash": token_hash, "proposal_id": proposal_id, "issued_at": now}
        await self._session.execute(insert(PROPOSAL_LINKS).values(values))
        await self._first(proposal_id, "sent_at", now)

    async def note_opened(self, proposal_id: UUID, *, now: datetime) -> None:
        """Notes the first time that the client looked."""
        await self._first(proposal_id, "opened_at", now)

    async def withdraw(self, proposal_id: UUID, *, now: datetime) -> None:
        """Notes that the owner took it back."""
        await self._first(proposal_id, "withdrawn_at", now)

    async def ask_again(self, proposal: Proposal, *, now: datetime) -> None:
        """Notes that the client asks for a new devis, and publishes it the first time."""
        if not await self._first(proposal.id, "asked_again_at", now):
            return
        message = events.ProposalChanged(
            proposal_id=str(proposal.id),
            owner_id=str(proposal.owner_id),
            reference=proposal.reference,
            change=events.PROPOSAL_CHANGE_ASKED_AGAIN,
        )
        await outbox.add(
            self._session, topic=BOOKINGS_TOPIC, key=proposal.id, message=message, revision=1, now=now
        )

    async def _first(self, proposal_id: UUID, column: str, now: datetime) -> bool:
        unset: ColumnElement[bool] = PROPOSALS.c[column].is_(None)
        noted = update(PROPOSALS).where(PROPOSALS.c.id == proposal_id, unset).values({column: now})
        return await self._session.scalar(noted.returning(PROPOSALS.c.id)) is not None

    async def accepted(self, proposal: Proposal, file_id: UUID) -> None:
        """Notes the file that an acceptance makes, in the transaction that writes the file down.

        Raises:
            ProposalWithdrawn: the owner took the devis back meanwhile.

        """
        await self._later.flush()
        noted = (
            update(PROPOSALS)
            .where(
                PROPOSALS.c.id == proposal.id,
                PROPOSALS.c.withdrawn_at.is_(None),
                PROPOSALS.c.booking_id.is_not_distinct_from(proposal.booking_id),
            )
            .values(booking_id=file_id)
        )
        if await self._session.scalar(noted.returning(PROPOSALS.c.id)) is None:
            raise ProposalWithdrawn(id=proposal.id)


def _select() -> Select[Any]:
    file = BOOKINGS.c
    return select(
        *PROPOSALS.c,
        *CLIENTS.c,
        TERMS.c.revision,
        TERMS.c.body,
        TERMS.c.created_at,
        func.coalesce(file.number, 0).label("booking_number"),
        file.state.label("booking_state"),
        file.created_at.label("booking_made_at"),
    ).select_from(
        PROPOSALS.join(CLIENTS, CLIENTS.c.id == PROPOSALS.c.client_id)
        .join(
            TERMS,
            and_(TERMS.c.owner_id == PROPOSALS.c.owner_id, TERMS.c.revision == PROPOSALS.c.terms_revision),
        )
        .outerjoin(BOOKINGS, BOOKINGS.c.id == PROPOSALS.c.booking_id)
    )
