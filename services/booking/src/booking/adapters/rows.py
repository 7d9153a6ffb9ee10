"""Rows to domain objects and back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import RowMapping
from values import Money, NightRange

from booking.adapters.pending import pending_json, pending_of
from booking.adapters.terms_rows import terms_of
from booking.domain.booking import BookingFile, JournalEntry
from booking.domain.client import Client, fold
from booking.domain.deposit import DepositRule
from booking.domain.ledger import Payment
from booking.domain.line import Line, Party
from booking.domain.states import DepositKind, Means, Nature, Origin, State, Who

CLIENT_FIELDS = (
    "id",
    "owner_id",
    "code",
    "civility",
    "last_name",
    "first_name",
    "address_lines",
    "postal_code",
    "city",
    "country",
    "phone_home",
    "phone_work",
    "mobile",
    "fax",
    "email",
    "language",
    "revision",
)


def same_number(typed: str, country: str) -> str:
    """A phone number in one form (E.164); bare digits where it is no valid number."""
    try:
        number = phonenumbers.parse(typed, country or "FR")
    except phonenumbers.NumberParseException:
        return digits(typed)
    if not phonenumbers.is_possible_number(number):
        return digits(typed)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(sign for sign in text if sign.isdecimal())


def search_text(client: Client) -> str:
    """What searches look through: names both ways, code, mail, place, digits of the phones."""
    numbers = {digits(number) for number in client.phones}
    numbers |= {digits(same_number(number, client.country)) for number in client.phones}
    names = f"{client.last_name} {client.first_name} {client.last_name}"
    parts = [names, client.code, client.email, client.postal_code, client.city, *sorted(numbers)]
    return fold(" ".join(part for part in parts if part))


def client_values(client: Client) -> dict[str, Any]:
    """The columns of a client."""
    values = {field: getattr(client, field) for field in CLIENT_FIELDS}
    return values | {
        "address_lines": list(client.address_lines),
        "folded_name": fold(f"{client.last_name}|{client.first_name}"),
        "folded_email": fold(client.email),
        "phones": sorted({same_number(number, client.country) for number in client.phones}),
        "search": search_text(client),
    }


def client_of(row: Mapping[str, Any] | RowMapping) -> Client:
    """A client from his columns."""
    values = {field: row[field] for field in CLIENT_FIELDS}
    return Client(**{**values, "address_lines": tuple(values["address_lines"])})


def new_client_json(client: Client | None) -> dict[str, Any] | None:
    """A client who is not kept yet, inside his file."""
    if client is None or client.is_kept:
        return None
    return asdict(client) | {"id": str(client.id), "owner_id": str(client.owner_id)}


def _new_client(found: Mapping[str, Any]) -> Client:
    ids = {"id": UUID(found["id"]), "owner_id": UUID(found["owner_id"])}
    return client_of({**found, **ids})


def line_values(line: Line, booking_id: UUID, position: int) -> dict[str, Any]:
    """The columns of a line."""
    return {
        "id": line.id,
        "booking_id": booking_id,
        "position": position,
        "listing_id": line.listing_id,
        "listing_code": line.listing_code,
        "listing_name": line.listing_name,
        "arrival": line.nights.arrival,
        "departure": line.nights.departure,
        "adults": line.party.adults,
        "children_ages": list(line.party.children_ages),
        "exempt_adults": dict(line.party.exempt_adults),
        "currency": line.total.currency,
        "accommodation": line.accommodation.amount,
        "discounts": line.discounts.amount,
        "supplements": line.supplements.amount,
        "total": line.total.amount,
        "tourist_tax": line.tax.amount,
        "agreed": line.agreed,
        "price": line.price,
    }


def line_of(row: RowMapping) -> Line:
    """A line from its columns."""
    currency = row["currency"]
    return Line(
        id=row["id"],
        listing_id=row["listing_id"],
        listing_code=row["listing_code"],
        listing_name=row["listing_name"],
        nights=NightRange(row["arrival"], row["departure"]),
        party=Party(row["adults"], tuple(row["children_ages"]), tuple(sorted(row["exempt_adults"].items()))),
        accommodation=Money(row["accommodation"], currency),
        discounts=Money(row["discounts"], currency),
        supplements=Money(row["supplements"], currency),
        total=Money(row["total"], currency),
        tax=Money(row["tourist_tax"], currency),
        agreed=row["agreed"],
        price=row["price"],
    )


def payment_values(payment: Payment, booking_id: UUID, position: int) -> dict[str, Any]:
    """The columns of a payment."""
    return {
        "id": payment.id,
        "booking_id": booking_id,
        "position": position,
        "received_on": payment.received_on,
        "means": payment.means.value,
        "number": payment.number,
        "amount": payment.amount.amount,
        "currency": payment.amount.currency,
        "nature": payment.nature.value,
        "counters": payment.counters,
        "recorded_at": payment.recorded_at,
    }


def payment_of(row: RowMapping) -> Payment:
    """A payment from its columns."""
    return Payment(
        id=row["id"],
        received_on=row["received_on"],
        means=Means(row["means"]),
        number=row["number"],
        amount=Money(row["amount"], row["currency"]),
        nature=Nature(row["nature"]),
        counters=row["counters"],
        recorded_at=row["recorded_at"],
    )


def entry_of(row: RowMapping) -> JournalEntry:
    """A line of the journal from its columns."""
    return JournalEntry(row["at"], row["kind"], Who(row["who"]), row["params"])


def entry_values(entry: JournalEntry, booking_id: UUID, position: int) -> dict[str, Any]:
    """The columns of a line of the journal."""
    return {
        "booking_id": booking_id,
        "position": position,
        "at": entry.at,
        "kind": entry.kind,
        "who": entry.who.value,
        "params": dict(entry.params),
    }


def file_values(file: BookingFile) -> dict[str, Any]:
    """The columns of a file."""
    sums = file.totals()
    client, fixed = file.client, file.deposit.fixed
    is_placed = file.state not in {State.PLACING, State.FAILED}
    return {
        "id": file.id,
        "owner_id": file.owner_id,
        "number": file.number if is_placed else None,
        "wanted_number": file.number,
        "reference": file.reference,
        "state": file.state.value,
        "revision": file.revision,
        "hold_revision": file.hold_revision,
        "origin": file.origin.value,
        "client_id": client.id if client is not None and client.is_kept else None,
        "new_client": new_client_json(client),
        "terms_revision": file.terms.revision,
        "deposit_kind": file.deposit.kind.value,
        "deposit_basis_points": file.deposit.basis_points,
        "deposit_fixed": fixed.amount if fixed is not None else None,
        "currency": file.currency,
        "total": sums.total.amount,
        "tourist_tax": sums.tax.amount,
        "paid": sums.paid.amount,
        "tax_paid": sums.tax_paid.amount,
        "arrival": file.arrival,
        "departure": file.departure,
        "quote_id": file.quote_id,
        "request_id": file.request_id,
        "booked_on": file.booked_on,
        "deposit_due_on": file.deposit_due_on,
        "hold_expires_at": file.hold_expires_at,
        "confirm": file.confirm,
        "allow_unopened": file.allow_unopened,
        "by_guest": file.by_guest,
        "mail_confirmed": file.mail_confirmed,
        "caller_key": file.caller_key,
        "guest_email": fold(client.email) if client is not None and file.by_guest else "",
        "client_note": file.client_note,
        "internal_note": file.internal_note,
        "message": file.message,
        "payment_means": file.payment_means.value if file.payment_means else None,
        "accepted": file.accepted,
        "pending": pending_json(file.pending),
        "ending": file.ending.value if file.ending else None,
        "failure": file.failure,
        "failure_details": file.failure_details,
        "created_at": file.created_at,
    }


def file_of(
    row: RowMapping,
    *,
    client: RowMapping | None,
    terms: Mapping[str, Any] | RowMapping,
    lines: Sequence[RowMapping],
    payments: Sequence[RowMapping],
    journal: Sequence[RowMapping],
    seen_on: date,
    hidden: Collection[Means] = (),
) -> BookingFile:
    """A file from its columns and those of its parts, as it is looked at on a day."""
    shown = client_of(client) if client else _new_client(row["new_client"]) if row["new_client"] else None
    sold = tuple(line_of(one) for one in lines)
    typed = terms_of(row["owner_id"], row["terms_revision"], terms["body"], terms["created_at"])
    listings, longest = {one.listing_id for one in sold}, max(one.nights.length for one in sold)
    fixed = row["deposit_fixed"]
    rule = DepositRule(
        DepositKind(row["deposit_kind"]),
        row["deposit_basis_points"],
        Money(fixed, row["currency"]) if fixed is not None else None,
    )
    plain = (
        "id",
        "owner_id",
        "reference",
        "quote_id",
        "request_id",
        "booked_on",
        "created_at",
        "deposit_due_on",
        "hold_expires_at",
        "revision",
        "hold_revision",
        "confirm",
        "allow_unopened",
        "by_guest",
        "mail_confirmed",
        "caller_key",
        "client_note",
        "internal_note",
        "message",
        "failure",
    )
    return BookingFile(
        **{name: row[name] for name in plain},
        number=row["number"] or row["wanted_number"],
        origin=Origin(row["origin"]),
        state=State(row["state"]),
        client=shown,
        lines=sold,
        terms=typed.holding(listings, longest).without(hidden),
        payment_means=Means(row["payment_means"]) if row["payment_means"] else None,
        seen_on=seen_on,
        deposit=rule,
        accepted=dict(row["accepted"]),
        payments=[payment_of(one) for one in payments],
        journal=[entry_of(one) for one in journal],
        pending=pending_of(row["pending"]),
        ending=State(row["ending"]) if row["ending"] else None,
        failure_details=dict(row["failure_details"]),
    )
