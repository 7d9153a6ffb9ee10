"""Domain objects as protobuf messages: what calls answer, snapshots keep, and news tell."""

from collections.abc import Sequence
from dataclasses import asdict

from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from values import NightRange

from booking.adapters.terms_codec import instant, money, number_of, terms
from booking.application.quoted import party_message
from booking.domain.booking import BookingFile, JournalEntry
from booking.domain.client import Client
from booking.domain.deposit import Instalment
from booking.domain.ledger import Payment, Totals
from booking.domain.line import Line, Party
from booking.domain.moves import Move, legal_moves
from booking.domain.states import Change, State

__all__ = [
    "booking", "changed", "client", "for_guest", "for_list", "instalments", "instant", "journal_entry",
    "line", "money", "move", "nights", "number_of", "party", "payment", "payment_recorded", "terms", "totals",
]  # fmt: skip


def nights(value: NightRange) -> common.Nights:
    """Nights, half-open."""
    return common.Nights(arrival=value.arrival.isoformat(), departure=value.departure.isoformat())


def party(value: Party) -> common.Party:
    """Who stays."""
    return party_message(value)


def client(value: Client) -> pb.Client:
    """A client."""
    plain = asdict(value)
    plain |= {"id": str(value.id), "owner_id": str(value.owner_id)}
    return pb.Client(**plain)


def line(value: Line) -> pb.BookingLine:
    """A line with its explained price."""
    return pb.BookingLine(
        id=str(value.id),
        listing_id=str(value.listing_id),
        listing_code=value.listing_code,
        listing_name=value.listing_name,
        price=pricing.QuoteLine.FromString(value.price),
        agreed=value.agreed,
    )


def payment(value: Payment) -> pb.Payment:
    """An entry of the ledger."""
    return pb.Payment(
        id=str(value.id),
        received_on=value.received_on.isoformat(),
        means=number_of(pb.PaymentMeans, "PAYMENT_MEANS", value.means),
        number=value.number,
        amount=money(value.amount),
        nature=value.nature.value,
        counters=str(value.counters) if value.counters else "",
        recorded_at=instant(value.recorded_at),
    )


def journal_entry(value: JournalEntry) -> pb.JournalEntry:
    """A line of the journal."""
    return pb.JournalEntry(
        at=instant(value.at), kind=value.kind, who=value.who.value, params=dict(value.params)
    )


def move(value: Move) -> pb.Move:
    """A legal move with its consequence."""
    found = value.consequence
    return pb.Move(
        action=value.action,
        kept=money(found.kept),
        refund=money(found.refund),
        still_due=money(found.still_due),
        owner_owes=money(found.owner_owes),
        proposed=value.proposed,
        compensation=found.compensation,
    )


def instalments(value: Sequence[Instalment]) -> list[pb.Instalment]:
    """What is due and when."""
    return [
        pb.Instalment(
            kind=one.kind, amount=money(one.amount), due_on=one.due_on.isoformat() if one.due_on else ""
        )
        for one in value
    ]


def totals(file: BookingFile) -> pb.Totals:
    """Money of a file."""
    sums: Totals = file.totals()
    return pb.Totals(
        accommodation=money(sums.accommodation),
        supplements=money(sums.supplements),
        discounts=money(sums.discounts),
        total=money(sums.total),
        tourist_tax=money(sums.tax),
        deposit_kind=number_of(pb.DepositKind, "DEPOSIT_KIND", file.deposit.kind),
        deposit_basis_points=0 if file.deposit.fixed is not None else file.deposit.basis_points,
        deposit_due=money(sums.deposit_due),
        deposit_paid=money(sums.deposit_paid),
        paid=money(sums.paid),
        balance=money(sums.balance),
        outstanding_with_tax=money(sums.outstanding_with_tax),
        overpaid=money(sums.overpaid),
        schedule=instalments(file.schedule()),
    )


def booking(file: BookingFile) -> pb.Booking:
    """A file, whole, as its owner sees it."""
    return pb.Booking(
        id=str(file.id),
        owner_id=str(file.owner_id),
        number=0 if file.state in {State.PLACING, State.FAILED} else file.number,
        reference=file.reference,
        state=number_of(pb.BookingState, "BOOKING_STATE", file.state),
        client=client(file.client) if file.client else None,
        lines=[line(one) for one in file.lines],
        totals=totals(file),
        payments=[payment(one) for one in file.payments],
        client_note=file.client_note,
        internal_note=file.internal_note,
        hold_expires_at=instant(file.hold_expires_at),
        created_at=instant(file.created_at),
        origin=number_of(pb.BookingOrigin, "BOOKING_ORIGIN", file.origin),
        revision=file.revision,
        terms=terms(file.terms),
        journal=[journal_entry(one) for one in file.journal],
        moves=[move(one) for one in legal_moves(file)],
        needs_action=file.needs_action,
        mail_confirmed=file.mail_confirmed,
        booked_on=file.booked_on.isoformat(),
        message=file.message,
        accepted=file.accepted,
        failure=file.failure,
        payment_means=number_of(pb.PaymentMeans, "PAYMENT_MEANS", file.payment_means)
        if file.payment_means
        else pb.PAYMENT_MEANS_UNSPECIFIED,
    )


def for_guest(file: pb.Booking) -> pb.Booking:
    """The file as its guest sees it: no internal note, no journal, no move but his own."""
    file.internal_note = ""
    del file.journal[:]
    moves = [one for one in file.moves if one.action == "CANCEL_BY_CLIENT"]
    del file.moves[:]
    file.moves.extend(moves)
    return file


def for_list(file: pb.Booking) -> pb.Booking:
    """The file as lists show it: without journal and explanations."""
    del file.journal[:]
    for one in file.lines:
        del one.price.lines[:]
        del one.price.beside[:]
    return file


def changed(file: BookingFile, change: Change) -> events.BookingChanged:
    """The news of a revision: ids, dates, amounts, states; no person."""
    sums = file.totals()
    return events.BookingChanged(
        booking_id=str(file.id),
        owner_id=str(file.owner_id),
        number=file.number,
        reference=file.reference,
        revision=file.revision,
        change=number_of(events.BookingChange, "BOOKING_CHANGE", change),
        state=number_of(pb.BookingState, "BOOKING_STATE", file.state),
        lines=[
            events.EventLine(
                line_id=str(one.id),
                listing_id=str(one.listing_id),
                nights=nights(one.nights),
                total=money(one.total),
            )
            for one in file.lines
        ],
        total=money(sums.total),
        paid=money(sums.paid),
        hold_expires_at=instant(file.hold_expires_at),
        origin=number_of(pb.BookingOrigin, "BOOKING_ORIGIN", file.origin),
        mail_confirmed=file.mail_confirmed,
    )


def payment_recorded(file: BookingFile, value: Payment) -> events.PaymentRecorded:
    """The news of a line of the ledger."""
    return events.PaymentRecorded(
        booking_id=str(file.id),
        owner_id=str(file.owner_id),
        payment_id=str(value.id),
        amount=money(value.amount),
        means=number_of(pb.PaymentMeans, "PAYMENT_MEANS", value.means),
        revision=file.revision,
    )
