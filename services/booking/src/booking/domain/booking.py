"""The booking file: its states, its money, and every legal move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from values import Money

from booking.domain.cancellation import Consequence, consequence
from booking.domain.client import Client
from booking.domain.deposit import DepositRule, Instalment, schedule
from booking.domain.errors import (
    BadValue,
    Failures,
    IllegalMove,
    PaymentNotFound,
    RevisionStale,
    StillPlacing,
)
from booking.domain.ledger import Payment, Totals, lesser, paid, positive
from booking.domain.line import Line, Party
from booking.domain.pending import Pending, PendingHold, PendingLines
from booking.domain.states import OPTIONS, UNPAID, Change, Means, Nature, Origin, State, Who
from booking.domain.term_parts import kept_share
from booking.domain.terms import SalesTerms

FIRST_HOLD_REVISION = 1
LONGEST_NOTE = 20_000
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal; parameters hold ids, dates, amounts, never persons."""

    at: datetime
    kind: str
    who: Who
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class BookingFile:
    """One file of an owner.

    `revision` grows with each change that others see; `number` is 0 and the client is not kept until the
    nights are held. `hold_revision` is the newest revision under which availability holds the nights.
    """

    id: UUID
    owner_id: UUID
    reference: str
    origin: Origin
    client: Client | None
    lines: tuple[Line, ...]
    terms: SalesTerms
    deposit: DepositRule
    quote_id: UUID
    request_id: UUID
    booked_on: date
    created_at: datetime
    deposit_due_on: date
    hold_expires_at: datetime | None
    number: int = 0
    state: State = State.PLACING
    revision: int = FIRST_HOLD_REVISION
    hold_revision: int = FIRST_HOLD_REVISION
    confirm: bool = False
    allow_unopened: bool = False
    by_guest: bool = False
    mail_confirmed: bool = True
    caller_key: str = ""
    client_note: str = ""
    internal_note: str = ""
    message: str = ""
    accepted: dict[str, str] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    pending: Pending | None = None
    ending: State | None = None
    failure: str = ""
    failure_details: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    new_payments: list[Payment] = field(default_factory=list)
    payment_means: Means | None = None
    seen_on: date | None = None
    """The day on which it is looked at: the owner's own steps of cancellation count from it."""
    new_link: bytes = b""
    """Hash of a secret link that is kept with the next change, and then whether it was."""
    has_new_link: bool = False

    # What it is worth and when it is

    @property
    def currency(self) -> str:
        """The owner's currency."""
        return self.lines[0].total.currency

    @property
    def arrival(self) -> date:
        """First night of all lines."""
        return min(line.nights.arrival for line in self.lines)

    @property
    def departure(self) -> date:
        """Day after the last night of all lines."""
        return max(line.nights.departure for line in self.lines)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its nights."""
        return PARIS

    @property
    def who_made_it(self) -> Who:
        """Owner or client, for the journal."""
        return Who.CLIENT if self.by_guest or self.origin is Origin.HOSTED_PAGE else Who.OWNER

    def totals(self) -> Totals:
        """All sums, from the lines and the ledger."""
        zero = Money.zero(self.currency)
        total = sum((line.total for line in self.lines), zero)
        tax = sum((line.tax for line in self.lines), zero)
        came_in = paid(self.payments, self.currency)
        due = self.deposit.due(total)
        received = came_in.stay + came_in.tax
        return Totals(
            accommodation=sum((line.accommodation for line in self.lines), zero),
            supplements=sum((line.supplements for line in self.lines), zero),
            discounts=sum((line.discounts for line in self.lines), zero),
            total=total,
            tax=tax,
            deposit_due=due,
            deposit_paid=positive(lesser(came_in.stay, due)),
            paid=came_in.stay,
            tax_paid=came_in.tax,
            balance=positive(total - came_in.stay),
            outstanding_with_tax=positive(total + tax - received),
            overpaid=positive(received - total - tax),
        )

    def schedule(self) -> tuple[Instalment, ...]:
        """What is due and when."""
        totals = self.totals()
        return schedule(
            total=totals.total,
            tax=totals.tax,
            deposit=totals.deposit_due,
            booked_on=self.booked_on,
            deposit_due_on=self.deposit_due_on,
            arrival=self.arrival,
            balance_days_before=self.terms.balance_days_before,
        )

    @property
    def needs_action(self) -> bool:
        """Whether it waits for the owner: the « * » of the planning."""
        return self.state in OPTIONS

    @property
    def is_firm(self) -> bool:
        """Whether it binds: confirmed, or money was given for it."""
        return self.state in {State.CONFIRMED, State.CHANGING} or self.totals().paid.amount > 0

    def consequence(self, *, by_client: bool) -> Consequence:
        """What a cancellation now would entail."""
        share = None
        if self.seen_on is not None:
            share = kept_share(self.terms.cancellation, (self.arrival - self.seen_on).days)
        return consequence(
            self.deposit.kind, by_client=by_client, totals=self.totals(), firm=self.is_firm, share=share
        )

    # Placing

    def place(self, *, number: int, client: Client, now: datetime) -> None:
        """The nights are held: the file becomes an option, or goes on to be confirmed."""
        self._need("PLACE", State.PLACING)
        self.number, self.client = number, client
        self._note(now, "RESERVATION_PLACED" if self.confirm else "OPTION_PLACED", self.who_made_it)
        if self.accepted.get("description_version"):
            version = self.accepted["description_version"]
            self._note(now, "STATEMENT_RECEIVED", self.who_made_it, version=version)
        if self.confirm:
            # The end of the hold stays known: it counts again if the confirmation is refused.
            self.state = State.CONFIRMING
            self.revision += 1
        else:
            self.state = State.OPTION
            self._changed(Change.PLACED)

    def give_up_placing(self, reason: str, details: Mapping[str, str]) -> None:
        """Writes down that the file will fail; its nights are freed next."""
        self._need("FAIL", State.PLACING)
        self.failure, self.failure_details = reason, dict(details)

    def fail(self, *, now: datetime, is_untold: bool = False) -> None:
        """Ends a file that was never placed; it keeps no person.

        `is_untold`: availability was not told that it is over. It is told a little later (`ending` stands
        until then), so that a command that comes late takes no night.
        """
        self._need("FAIL", State.PLACING)
        self.state, self.client, self.message = State.FAILED, None, ""
        self.ending = State.FAILED if is_untold else None
        self._note(now, "FAILED", Who.SYSTEM, reason=self.failure)
        self.revision += 1

    # Confirming

    def begin_confirmation(self, *, now: datetime, who: Who) -> None:
        """Writes down that it is being confirmed; availability is asked next."""
        self._need("CONFIRM", *OPTIONS)
        self._need_rest()
        self.state, self.confirm, self.pending = State.CONFIRMING, False, None
        self._clear_failure()
        self._note(now, "CONFIRMING", who)
        self.revision += 1

    def confirmed(self, *, now: datetime) -> None:
        """The nights are taken."""
        self._need("CONFIRM", State.CONFIRMING)
        self.state, self.hold_expires_at, self.mail_confirmed = State.CONFIRMED, None, True
        self._note(now, "CONFIRMED", Who.SYSTEM)
        self._changed(Change.CONFIRMED)

    def lose_nights(self, details: Mapping[str, str], *, now: datetime) -> None:
        """Somebody else has the nights: the file ends as expired."""
        self._need("EXPIRE", State.CONFIRMING, *OPTIONS)
        self.failure, self.failure_details = "NIGHTS_TAKEN", dict(details)
        self._expired(now)

    def refuse_confirmation(self, reason: str, details: Mapping[str, str], *, now: datetime) -> None:
        """Availability refuses for another reason: an option again, or expired when its time is over."""
        self._need("CONFIRM", State.CONFIRMING)
        self.failure, self.failure_details = reason, dict(details)
        if self.hold_expires_at is not None and self.hold_expires_at <= now:
            self._expired(now)
            return
        self.state, self.confirm = State.OPTION, False
        self._note(now, "CONFIRMATION_REFUSED", Who.SYSTEM, reason=reason)
        self._changed(Change.UPDATED)

    # The end of the hold

    def begin_new_end(self, kind: Change, expires_at: datetime | None, *, now: datetime) -> None:
        """Writes down the new end of the hold; availability is asked next."""
        self._need("EXTEND", *OPTIONS)
        self._need_rest()
        if expires_at is not None and expires_at <= now:
            raise BadValue(field="expires_at", why="past")
        self.revision += 1
        self.pending = PendingHold(kind, expires_at, self.revision)

    def take_new_end(self, *, now: datetime) -> None:
        """Availability holds the nights until the new end."""
        pending = self.pending
        if not isinstance(pending, PendingHold):
            raise IllegalMove(state=self.state, action="EXTEND")
        self.pending = None
        self.hold_expires_at, self.hold_revision = pending.expires_at, pending.revision
        self.deposit_due_on = self._deposit_day(pending.expires_at)
        self._clear_failure()
        if pending.kind is Change.MAIL_CONFIRMED:
            self.mail_confirmed = True
        who = Who.CLIENT if pending.kind is Change.MAIL_CONFIRMED else Who.OWNER
        until = pending.expires_at.isoformat() if pending.expires_at else ""
        self._note(now, str(pending.kind), who, until=until)
        self._changed(pending.kind)

    def drop_pending(self, reason: str, details: Mapping[str, str]) -> None:
        """Availability refuses what it was asked for; all stays as it was."""
        self.pending = None
        self.failure, self.failure_details = reason, dict(details)
        self._changed(Change.UPDATED)

    def hold_expired(self, revision: int, *, now: datetime) -> bool:
        """Takes the news that the hold ended; says whether it concerned the file as it is.

        News of an older hold, and news while another move is being made, change nothing: that move's
        answer decides.
        """
        if revision < self.hold_revision or self.pending is not None:
            return False
        if self.state is State.PLACING:
            self.give_up_placing(Failures.HOLD_ENDED, {})
            self.fail(now=now, is_untold=True)
            return True
        if self.state not in OPTIONS:
            return False
        self._expired(now)
        return True

    def _expired(self, now: datetime) -> None:
        self.state, self.pending = State.EXPIRED, None
        self._note(now, "EXPIRED", Who.SYSTEM)
        self._changed(Change.EXPIRED)

    # Ending

    def begin_cancellation(self, ending: State, *, reason: str, who: Who, now: datetime) -> None:
        """Writes down who cancels and what follows from it; the nights are freed next."""
        if ending is State.DECLINED:
            self._need("DECLINE", *OPTIONS)
            if self.totals().paid.amount != 0:
                raise IllegalMove(state=self.state, action="DECLINE", why="paid")
        else:
            self._need("CANCEL", State.CONFIRMED, *UNPAID)
        found = self.consequence(by_client=ending is State.CANCELLED_BY_CLIENT)
        self.state, self.ending, self.pending = State.CANCELLING, ending, None
        self._clear_failure()
        self._note(
            now,
            str(ending),
            who,
            reason=reason,
            kept=str(found.kept.amount),
            refund=str(found.refund.amount),
            still_due=str(found.still_due.amount),
            owner_owes=str(found.owner_owes.amount),
            currency=self.currency,
        )
        self.revision += 1

    def cancelled(self) -> None:
        """The nights are free."""
        self._need("CANCEL", State.CANCELLING)
        self.state, self.ending = self.ending or State.CANCELLED_BY_OWNER, None
        self.hold_expires_at = None
        self._changed(Change.DECLINED if self.state is State.DECLINED else Change.CANCELLED)

    # Money

    def record(self, payment: Payment, *, now: datetime) -> None:
        """Adds a payment to the ledger.

        Raises:
            BadValue: no amount, another currency, or a sign that does not fit its nature.

        """
        if self.state in {State.PLACING, State.FAILED}:
            raise IllegalMove(state=self.state, action="RECORD_PAYMENT")
        if payment.amount.currency != self.currency:
            raise BadValue(field="payment.amount", why="currency")
        is_negative = payment.nature is Nature.REFUND
        if payment.nature is not Nature.COUNTER and (
            payment.amount.amount == 0 or (payment.amount.amount < 0) is not is_negative
        ):
            raise BadValue(field="payment.amount", why="sign")
        was_paid = self.totals().is_deposit_paid
        self.payments.append(payment)
        self.new_payments.append(payment)
        kind = "PAYMENT_COUNTERED" if payment.nature is Nature.COUNTER else "PAYMENT_RECORDED"
        self._note(
            now,
            kind,
            Who.OWNER,
            payment_id=str(payment.id),
            amount=str(payment.amount.amount),
            currency=self.currency,
            means=str(payment.means),
            nature=str(payment.nature),
        )
        crossed = self.totals().is_deposit_paid and not was_paid
        self._changed(Change.DEPOSIT_PAID if crossed else Change.PAYMENT)

    def counter(self, payment_id: UUID, *, new_id: UUID, today: date, now: datetime) -> None:
        """Undoes a payment by an opposite line.

        Raises:
            PaymentNotFound: the ledger has no such payment.
            IllegalMove: it is a counter-line, or undone already.

        """
        found = next((one for one in self.payments if one.id == payment_id), None)
        if found is None:
            raise PaymentNotFound(payment_id=payment_id)
        if found.counters or any(one.counters == payment_id for one in self.payments):
            raise IllegalMove(state=self.state, action="COUNTER")
        opposite = replace(
            found,
            id=new_id,
            amount=-found.amount,
            nature=Nature.COUNTER,
            counters=found.id,
            received_on=today,
            recorded_at=now,
        )
        self.record(opposite, now=now)

    # What people write

    def change_notes(self, client_note: str | None, internal_note: str | None, *, now: datetime) -> None:
        """Replaces the notes that are given."""
        _need_notes(client_note, internal_note)
        for kind, old, new in (
            ("client_note", self.client_note, client_note),
            ("internal_note", self.internal_note, internal_note),
        ):
            if new is None or new == old:
                continue
            setattr(self, kind, new)
            self._note(now, "NOTE_CHANGED", Who.OWNER, note=kind)

    def change_lines(self, lines: Sequence[Line], *, now: datetime) -> None:
        """Replaces lines by the same lines with other persons."""
        changed = {line.id: line for line in lines}
        if self.state not in {*UNPAID, State.CONFIRMED}:
            raise IllegalMove(state=self.state, action="UPDATE")
        self.lines = tuple(changed.get(line.id, line) for line in self.lines)
        for line in lines:
            self._note(now, "PARTY_CHANGED", Who.OWNER, line_id=str(line.id), persons=_persons(line.party))

    def begin_new_lines(
        self, lines: Sequence[Line], client_note: str | None, internal_note: str | None
    ) -> None:
        """Writes down lines with other persons; availability, which counts them, is asked next."""
        self._need("UPDATE", State.CONFIRMED, *UNPAID)
        self._need_rest()
        _need_notes(client_note, internal_note)
        changed = {line.id: line for line in lines}
        after = tuple(changed.get(line.id, line) for line in self.lines)
        self.revision += 1
        self.pending = PendingLines(after, self.revision, client_note, internal_note)

    def take_new_lines(self, *, now: datetime) -> None:
        """Availability has the new persons."""
        pending = self.pending
        if not isinstance(pending, PendingLines):
            raise IllegalMove(state=self.state, action="UPDATE")
        self.pending, self.hold_revision = None, pending.revision
        self._clear_failure()
        self.change_notes(pending.client_note, pending.internal_note, now=now)
        self.change_lines([line for line in pending.lines if line not in self.lines], now=now)
        self._changed(Change.UPDATED)

    def note_failure(self, reason: str, details: Mapping[str, str]) -> bool:
        """Shows the owner what could not be mended; False when it is shown already."""
        if self.failure == reason:
            return False
        self.failure, self.failure_details = reason, dict(details)
        self._changed(Change.UPDATED)
        return True

    def change_client(self, client: Client, *, now: datetime) -> None:
        """Another client, or the same with new data."""
        if self.state in {State.PLACING, State.FAILED}:
            raise IllegalMove(state=self.state, action="SET_CLIENT")
        self.client = client
        self._note(now, "CLIENT_CHANGED", Who.OWNER, client_id=str(client.id))
        self._changed(Change.UPDATED)

    def accept(self, accepted: Mapping[str, str], *, who: Who, now: datetime) -> None:
        """Notes which versions the guest received and accepted."""
        self.accepted |= {**accepted, "at": now.isoformat()}
        self._note(now, "STATEMENT_RECEIVED", who, version=accepted.get("description_version", ""))
        self._changed(Change.UPDATED)

    def updated(self) -> None:
        """Tells the world of changes by `change_notes` and `change_lines`."""
        self._changed(Change.UPDATED)

    def check_revision(self, seen: int) -> None:
        """Refuses a change by somebody who saw an older file; 0 = not checked.

        Raises:
            RevisionStale: metadata `revision` is the present one.

        """
        if seen not in {0, self.revision}:
            raise RevisionStale(revision=self.revision)

    # Inside

    def _need(self, action: str, *states: State) -> None:
        if self.state not in states:
            raise IllegalMove(state=self.state, action=action)

    def _need_rest(self) -> None:
        if isinstance(self.pending, PendingLines):
            raise StillPlacing(booking_id=self.id, state=self.state)

    def _deposit_day(self, hold_end: datetime | None) -> date:
        return hold_end.astimezone(self.zone).date() if hold_end else self.booked_on

    def _clear_failure(self) -> None:
        self.failure, self.failure_details = "", {}

    def _note(self, now: datetime, kind: str, who: Who, **params: str) -> None:
        self.journal.append(JournalEntry(now, kind, who, params))

    def _changed(self, change: Change) -> None:
        self.revision += 1
        self.changes.append(change)

    def collect(self) -> tuple[list[Change], list[Payment]]:
        """Hands over what changed since the last time, for the outbox."""
        found = self.changes, self.new_payments
        self.changes, self.new_payments = [], []
        return found


def _persons(party: Party) -> str:
    return str(party.adults + len(party.children_ages))


def _need_notes(client_note: str | None, internal_note: str | None) -> None:
    for kind, text in (("client_note", client_note), ("internal_note", internal_note)):
        if text is not None and len(text) > LONGEST_NOTE:
            raise BadValue(field=kind, why="too_long")
