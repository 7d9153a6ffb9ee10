"""Devis: made from a quote by the owner, looked at, accepted, asked again and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ServiceError
from chassis.ids import new_id, new_reference
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from values import Money

from booking.application.drive import Driver
from booking.application.place_booking import PlaceBooking, Placed, place_booking
from booking.application.ports import Catalog, OpenUnit, UnitOfWork, Write
from booking.application.quoted import party_of
from booking.application.rights import require_owner
from booking.domain.booking import PARIS
from booking.domain.client import Client
from booking.domain.errors import (
    BadValue,
    ClientNotFound,
    PartyNotStated,
    ProposalExpired,
    QuoteExpired,
    QuoteNotFound,
    QuoteUsed,
    StatementNotReceived,
    TermsNotFound,
)
from booking.domain.option import day_end
from booking.domain.proposal import LONGEST_NOTE, Proposal
from booking.domain.states import Means, Origin

_SELF = Scope.system("booking")
_LONGEST_MESSAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProposal:
    """A devis to make: a known client, or what is stated of a new one."""

    write: Write
    quote_id: UUID
    client_id: UUID | None
    new_client: Mapping[str, object] | None
    note: str = ""


async def create_proposal(
    command: CreateProposal, *, scope: Scope, driver: Driver, catalog: Catalog, clock: Clock
) -> Proposal:
    """Makes a devis of the actor's own quote, under the terms of the quote. Idempotent on the request id.

    Raises:
        QuoteNotFound, QuoteExpired, QuoteUsed: the quote is another's, over, or has its file or devis.
        PartyNotStated: who stays is not said: the client could not accept.
        TermsNotFound: the owner has none.

    """
    quote = await driver.pricing.quote(command.quote_id)
    owner_id = UUID(quote.owner_id)
    if not scope.may("owner", owner_id):
        raise QuoteNotFound(id=command.quote_id)
    async with driver.open_unit(looking=True) as unit:
        before = await unit.done_before(command.write)
        if before is not None:
            return await unit.proposals.get(before, scope)
    _check(quote, command, clock)
    names = await catalog.listing_names(
        {UUID(line.listing_id): line.listing_revision for line in quote.lines}
    )
    proposal_id = new_id()
    arrival = min(date.fromisoformat(line.nights.arrival) for line in quote.lines)
    async with driver.open_unit() as unit:
        before = await unit.claim(command.write, now=clock(), makes=proposal_id)
        if before is not None:
            return await unit.proposals.get(before, scope)
        revision = quote.terms_revision
        terms = await (unit.terms.at(owner_id, revision) if revision else unit.terms.newest(owner_id))
        if terms is None:
            raise TermsNotFound(owner_id=owner_id)
        client = await _client(command, unit, owner_id, scope, clock)
        await unit.proposals.add(
            Proposal(
                id=proposal_id,
                owner_id=owner_id,
                reference=new_reference(),
                quote_id=command.quote_id,
                quote=quote.SerializeToString(deterministic=True),
                names=names,
                client=client,
                terms=terms,
                total=Money(quote.total.amount, quote.total.currency),
                tax=Money(quote.tourist_tax.amount, quote.total.currency),
                arrival=arrival,
                created_at=clock(),
                # Who would arrive tomorrow is promised nothing for next week.
                expires_at=min(quote.expires_at.ToDatetime(UTC), day_end(arrival, PARIS)),
                note=command.note.strip(),
            )
        )
        made = await unit.proposals.get(proposal_id, scope)
        await unit.commit()
    return made


def _check(quote: pricing.Quote, command: CreateProposal, clock: Clock) -> None:
    if quote.used_by:
        raise QuoteUsed(id=quote.id)
    if quote.expires_at.ToDatetime(UTC) <= clock():
        raise QuoteExpired(id=quote.id)
    if len(command.note) > LONGEST_NOTE:
        raise BadValue(field="note", why="too_long")
    for index, line in enumerate(quote.lines):
        if party_of(line.party).adults == 0:
            raise PartyNotStated(line=index)


async def _client(
    command: CreateProposal, unit: UnitOfWork, owner_id: UUID, scope: Scope, clock: Clock
) -> Client:
    if command.client_id is not None:
        known = await unit.clients.get(command.client_id, scope)
        if known.owner_id != owner_id:
            raise ClientNotFound(id=command.client_id)
        return known
    if command.new_client is None:
        raise BadValue(field="client", why="empty")
    stated = Client(**{**command.new_client, "id": new_id(), "owner_id": owner_id, "code": ""})  # type: ignore[arg-type]
    return await unit.clients.same_person(stated) or await unit.clients.add(stated, now=clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposal:
    """An acceptance: by the client behind his link (`token_hash`), or by the owner who names the devis."""

    proposal_id: UUID | None = None
    token_hash: bytes = b""
    accepted: Mapping[str, str] = field(default_factory=dict)
    payment_means: Means | None = None
    message: str = ""


async def accept_proposal(
    command: AcceptProposal, *, scope: Scope, driver: Driver, catalog: Catalog, clock: Clock
) -> Placed:
    """Makes the client's file from exactly this quote and its terms; who accepts again gets the same file.

    Raises:
        ProposalNotFound, GuestLinkUnknown: another's, or none.
        ProposalExpired, ProposalWithdrawn: it may no longer be accepted.
        StatementNotReceived: the client did not say that he has the état descriptif.
        NightsTaken: somebody else was first; nothing is held, and the devis stays as it was.
        StillPlacing: another service did not answer; the file ends by itself.

    """
    async with driver.open_unit(looking=True) as unit:
        if command.proposal_id is not None:
            proposal = await unit.proposals.get(command.proposal_id, scope)
        else:
            proposal = await unit.proposals.by_link(command.token_hash)
    if proposal.is_accepted and proposal.booking_id is not None:
        file, _unopened = await driver.run(proposal.booking_id)
        return Placed(file, replayed=True, warnings=())
    proposal.need_open(clock())
    by_client = command.proposal_id is None
    if by_client and not command.accepted.get("description_version"):
        raise StatementNotReceived
    if len(command.message) > _LONGEST_MESSAGE:
        raise BadValue(field="message", why="too_long")
    try:
        return await place_booking(
            _placing(command, proposal, by_client=by_client),
            scope=_SELF,
            driver=driver,
            catalog=catalog,
            clock=clock,
        )
    except ServiceError as error:
        if error.reason == QuoteExpired.reason:
            expires_at = proposal.expires_at.isoformat()
            raise ProposalExpired(id=proposal.id, expires_at=expires_at) from error
        raise


def _placing(command: AcceptProposal, proposal: Proposal, *, by_client: bool) -> PlaceBooking:
    # Nothing that a second click may say otherwise is part of what the request is known by.
    write = Write(proposal.acceptance_id, "AcceptProposal", proposal.id.bytes)
    return PlaceBooking(
        write=write,
        quote_id=proposal.quote_id,
        client_id=proposal.client.id,
        new_client=None,
        origin=Origin.HOSTED_PAGE if by_client else Origin.OWNER,
        client_note=proposal.note,
        message=command.message.strip(),
        accepted=dict(command.accepted),
        payment_means=command.payment_means,
        proposal=proposal,
    )


async def get_proposal(proposal_id: UUID, *, scope: Scope, open_unit: OpenUnit) -> Proposal:
    """One devis of the actor's owner, or the one whose link he holds (`proposal:<id>`).

    Raises:
        ProposalNotFound: another's, or none.

    """
    reach = _SELF if scope.has(f"proposal:{proposal_id}") else scope
    async with open_unit(looking=True) as unit:
        return await unit.proposals.get(proposal_id, reach)


async def list_proposals(
    owner_id: UUID, *, before: UUID | None, limit: int, scope: Scope, open_unit: OpenUnit
) -> Sequence[Proposal]:
    """Devis of an owner, newest first.

    Raises:
        OwnerNotFound: not the actor's owner.

    """
    require_owner(scope, owner_id)
    async with open_unit(looking=True) as unit:
        return await unit.proposals.of_owner(owner_id, before=before, limit=limit)


async def look_at(token_hash: bytes, *, opened: bool, open_unit: OpenUnit, clock: Clock) -> Proposal:
    """The devis behind a secret link; `opened` notes the first look.

    Raises:
        GuestLinkUnknown: the token opens nothing.

    """
    async with open_unit() as unit:
        proposal = await unit.proposals.by_link(token_hash)
        if opened and proposal.opened_at is None:
            await unit.proposals.note_opened(proposal.id, now=clock())
            await unit.commit()
            proposal = replace(proposal, opened_at=clock())
    return proposal


async def ask_again(token_hash: bytes, *, open_unit: OpenUnit, clock: Clock) -> Proposal:
    """Notes that the client asks for a new devis; repeats are harmless.

    Raises:
        GuestLinkUnknown: the token opens nothing.
        IllegalMove: he has accepted it.

    """
    async with open_unit() as unit:
        proposal = await unit.proposals.by_link(token_hash, lock=True)
        proposal.need_unaccepted("ASK_AGAIN")
        await unit.proposals.ask_again(proposal, now=clock())
        await unit.commit()
    return replace(proposal, asked_again_at=proposal.asked_again_at or clock())


async def withdraw_proposal(
    proposal_id: UUID, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> Proposal:
    """Takes a devis back; repeats are harmless.

    Raises:
        ProposalNotFound: another's, or none.
        IllegalMove: it was accepted.

    """
    async with open_unit() as unit:
        proposal = await unit.proposals.get(proposal_id, scope, lock=True)
        proposal.need_unaccepted("WITHDRAW")
        await unit.proposals.withdraw(proposal.id, now=clock())
        await unit.commit()
    return replace(proposal, withdrawn_at=proposal.withdrawn_at or clock())


async def issue_link(
    proposal_id: UUID, token_hash: bytes, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> None:
    """Keeps the hash of a new secret link.

    Raises:
        ProposalNotFound: another's, or none.

    """
    async with open_unit() as unit:
        proposal = await unit.proposals.get(proposal_id, scope)
        await unit.proposals.add_link(proposal.id, token_hash, now=clock())
        await unit.commit()
