"""Makes a booking file from a quote: written down as PLACING first, then taken on by `drive`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.errors import ServiceError
from chassis.failpoints import failpoint
from chassis.ids import new_id, new_reference
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from booking.application.drive import Driver
from booking.application.guest_rules import check_guest
from booking.application.limits import need_room
from booking.application.option_ends import hold_end_of, option_end_of
from booking.application.ports import Catalog, UnitOfWork, Write
from booking.application.quoted import lines_of, stays_of
from booking.domain.booking import PARIS, BookingFile
from booking.domain.client import Client
from booking.domain.errors import (
    BadValue,
    BookingNotFound,
    ClientNotFound,
    NotAllowed,
    QuoteExpired,
    QuoteNotFound,
    QuoteUsed,
    TermsNotFound,
    TermsStale,
    error_of,
)
from booking.domain.proposal import Proposal
from booking.domain.states import Means, Origin, State
from booking.domain.terms import SalesTerms

_GUESTS = frozenset({Origin.HOSTED_PAGE, Origin.API, Origin.WIDGET})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceBooking:
    """What the caller asks. `expiry` is `DEFAULT`, `NONE` or `AT`; `number`, `booked_on` only for loading.

    `proposal` is the devis that is accepted: its terms hold, though newer ones were saved.
    """

    write: Write
    quote_id: UUID
    client_id: UUID | None
    new_client: Mapping[str, object] | None
    origin: Origin
    confirm: bool = False
    expiry: str = "DEFAULT"
    expires_at: datetime | None = None
    client_note: str = ""
    internal_note: str = ""
    message: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)
    needs_mail_confirmation: bool = False
    caller_key: str = ""
    link_hash: bytes = b""
    payment_means: Means | None = None
    proposal: Proposal | None = None
    number: int = 0
    booked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The file, whether the request was a repeat, and what the owner should know."""

    file: BookingFile
    replayed: bool
    warnings: tuple[str, ...]


async def place_booking(
    command: PlaceBooking, *, scope: Scope, driver: Driver, catalog: Catalog, clock: Clock
) -> Placed:
    """Makes the file and takes it on until its nights are held (or taken, with `confirm`).

    Idempotent on the request id: a repeat takes the same file on and returns it.

    Raises:
        NightsTaken, NightsNotOpen, Busy: availability refused; the file is FAILED and nothing is held. A
            rival that saw the nights go (`turns`) has left no file, and may ask again.
        QuoteNotFound, QuoteExpired, QuoteUsed, TermsStale, TermsNotFound: the price does not hold.
        TooManyOptions, OnlineOptionsOff, StatementNotReceived, PartyNotStated: rules for guests.
        StillPlacing: another service did not answer; the file ends by itself.

    """
    file_id = new_id()
    try:
        return await _place(command, file_id, scope=scope, driver=driver, catalog=catalog, clock=clock)
    finally:
        # Where the nights were held, it has ended long before.
        driver.turns.end(file_id)


async def _place(
    command: PlaceBooking,
    file_id: UUID,
    *,
    scope: Scope,
    driver: Driver,
    catalog: Catalog,
    clock: Clock,
) -> Placed:
    before: UUID | None = None
    try:
        file = await _prepare(command, file_id, scope=scope, driver=driver, catalog=catalog, now=clock())
    except ServiceError:
        # A repeat is answered even when its quote is used by now, has ended, or cannot be asked for.
        before = await _done_before(command, driver)
        if before is None:
            raise
    if before is None:
        async with driver.open_unit() as unit:
            before = await unit.claim(command.write, now=clock(), makes=file.id)
            if before is None:
                await _check_limits(file, unit, driver, now=clock())
                await unit.files.add(file)
                if command.proposal is not None:
                    await unit.proposals.accepted(command.proposal, file.id)
                await unit.commit()
        await failpoint("booking.after_placing")
    replayed = before is not None
    if before is not None:
        placed, unopened = await driver.run(before)
    else:
        placed, unopened = await driver.run(file.id, fresh=file)
    if (
        replayed
        and not scope.may("owner", placed.owner_id)
        and not (placed.by_guest and _may_be_guest(scope))
    ):
        raise BookingNotFound(id=placed.id)
    if placed.state is State.FAILED:
        raise error_of(placed.failure, placed.failure_details)
    return Placed(placed, replayed, _warnings(placed, unopened=unopened))


async def _done_before(command: PlaceBooking, driver: Driver) -> UUID | None:
    async with driver.open_unit(looking=True) as unit:
        return await unit.done_before(command.write)


async def _check_limits(file: BookingFile, unit: UnitOfWork, driver: Driver, *, now: datetime) -> None:
    if file.by_guest:
        await need_room(file, unit.files, driver.limits, now=now)


def _warnings(file: BookingFile, *, unopened: bool) -> tuple[str, ...]:
    found = ["NIGHTS_NOT_OPEN"] if unopened else []
    if not all(line.party.is_stated for line in file.lines):
        found.append("PARTY_NOT_STATED")
    return tuple(found)


async def _prepare(
    command: PlaceBooking,
    file_id: UUID,
    *,
    scope: Scope,
    driver: Driver,
    catalog: Catalog,
    now: datetime,
) -> BookingFile:
    quote = await driver.pricing.quote(command.quote_id)
    owner_id = UUID(quote.owner_id)
    is_guest = not scope.may("owner", owner_id)
    if is_guest and not _may_be_guest(scope):
        raise QuoteNotFound(id=command.quote_id)
    _check_rights(command, is_guest=is_guest, scope=scope)
    _check_quote(quote, now=now)
    await driver.turns.take(file_id, stays_of(quote), driver.availability)
    async with driver.open_unit(looking=True) as unit:
        terms = await _terms(unit, owner_id, quote.terms_revision, command.proposal, is_guest=is_guest)
        client = await _client(command, unit, owner_id, scope, is_guest=is_guest)
    names = await catalog.listing_names(
        {UUID(line.listing_id): line.listing_revision for line in quote.lines}
    )
    lines = lines_of(quote, names)
    terms = terms.holding({line.listing_id for line in lines}, max(line.nights.length for line in lines))
    if is_guest:
        check_guest(command.accepted, client, lines, terms, limit=driver.limits.days_ahead, now=now)
    booked_on = command.booked_on or today(now, PARIS)
    arrival = min(line.nights.arrival for line in lines)
    needs_mail = command.needs_mail_confirmation or is_guest
    option_ends = option_end_of(
        command.expiry,
        command.expires_at,
        confirm=command.confirm,
        delay=terms.delay(command.payment_means),
        arrival=arrival,
        now=now,
    )
    return BookingFile(
        id=file_id,
        owner_id=owner_id,
        reference=new_reference(),
        origin=command.origin,
        client=client,
        lines=lines,
        terms=terms,
        deposit=terms.deposit,
        quote_id=command.quote_id,
        request_id=command.write.request_id,
        booked_on=booked_on,
        created_at=now,
        deposit_due_on=today(option_ends, PARIS) if option_ends and not command.confirm else booked_on,
        hold_expires_at=hold_end_of(option_ends, confirm=command.confirm, needs_mail=needs_mail, now=now),
        number=command.number,
        confirm=command.confirm,
        allow_unopened=not is_guest,
        by_guest=is_guest,
        mail_confirmed=not needs_mail,
        caller_key=command.caller_key,
        client_note=command.client_note,
        internal_note="" if is_guest else command.internal_note,
        message=command.message,
        accepted={**command.accepted, "at": now.isoformat()} if command.accepted else {},
        new_link=command.link_hash,
        payment_means=command.payment_means,
        seen_on=today(now, PARIS),
    )


def _may_be_guest(scope: Scope) -> bool:
    # An owner who signs in to book elsewhere comes as the public; his own grants open nobody else's quotes.
    return scope.is_public or not any(grant.startswith("owner:") for grant in scope.grants)


def _check_rights(command: PlaceBooking, *, is_guest: bool, scope: Scope) -> None:
    if is_guest and (
        command.confirm
        or command.expiry not in {"", "DEFAULT"}
        or command.client_id is not None
        or command.link_hash
        or command.origin not in _GUESTS
    ):
        raise NotAllowed
    if (command.number or command.booked_on) and not scope.is_system:
        raise NotAllowed
    if (
        len(command.client_note) > 20_000
        or len(command.internal_note) > 20_000
        or len(command.message) > 5_000
    ):
        raise BadValue(field="message", why="too_long")


def _check_quote(quote: pricing.Quote, *, now: datetime) -> None:
    if quote.used_by:
        raise QuoteUsed(id=quote.id)
    if quote.expires_at.ToDatetime(now.tzinfo) <= now:
        raise QuoteExpired(id=quote.id)
    if not quote.lines:
        raise BadValue(field="quote_id", why="no_lines")


async def _terms(
    unit: UnitOfWork, owner_id: UUID, seen: int, proposal: Proposal | None, *, is_guest: bool
) -> SalesTerms:
    if proposal is not None:
        return proposal.terms
    terms = await unit.terms.newest(owner_id)
    if terms is None:
        raise TermsNotFound(owner_id=owner_id)
    if seen != terms.revision and (seen or is_guest):
        raise TermsStale(revision=terms.revision)
    return terms


async def _client(
    command: PlaceBooking, unit: UnitOfWork, owner_id: UUID, scope: Scope, *, is_guest: bool
) -> Client:
    if command.client_id is not None:
        client = await unit.clients.get(command.client_id, scope)
        if client.owner_id != owner_id:
            raise ClientNotFound(id=command.client_id)
        return client
    if command.new_client is None:
        raise BadValue(field="client", why="empty")
    stated = Client(**{**command.new_client, "id": new_id(), "owner_id": owner_id, "code": ""})  # type: ignore[arg-type]
    if is_guest:
        # Whoever knows a name and a mail must not be shown the rest, and what a guest types is not dropped.
        alike = await unit.clients.look_alikes(stated)
        return next((one for one in alike if one.says_the_same_as(stated)), stated)
    return await unit.clients.same_person(stated) or stated
