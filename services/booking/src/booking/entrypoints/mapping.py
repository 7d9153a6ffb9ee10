"""Protobuf requests to the commands of the use cases."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from chassis.errors import ErrorKind, ServiceError
from chassis.ids import new_id
from chassis.requests import hash_request, parse_request_id
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from values import Money

from booking.adapters.queries import BookingFilter, page_size
from booking.adapters.tax_lines import Departures
from booking.adapters.tax_lines import page_size as tax_page_size
from booking.application.moves import MoveBooking
from booking.application.payments import Received
from booking.application.place_booking import PlaceBooking
from booking.application.ports import Write
from booking.application.quoted import party_of
from booking.application.update_booking import UpdateBooking
from booking.domain.errors import BadValue, BookingNotFound, OwnerNotFound
from booking.domain.ledger import Payment
from booking.domain.states import Means, Nature, Origin, State

_CLIENT_PLAIN = (
    "civility", "last_name", "first_name", "postal_code", "city", "country", "phone_home", "phone_work",
    "mobile", "fax", "email",
)  # fmt: skip


def write_of(request: Any, method: str) -> Write:
    """The identity of a write; who repeats it from another network repeats the same."""
    asked = request
    if "caller_key" in request.DESCRIPTOR.fields_by_name:
        asked = type(request)()
        asked.CopyFrom(request)
        asked.ClearField("caller_key")
    return Write(parse_request_id(request.request_id), method, hash_request(asked))


def id_of(text: str, missing: type[ServiceError] = BookingNotFound) -> UUID:
    """An id; what is no id names nothing that exists."""
    try:
        return UUID(text)
    except ValueError:
        if missing.kind is ErrorKind.NOT_FOUND:
            raise missing from None
        raise BadValue(field="id", why="malformed") from None


def day_of(text: str, field: str) -> date:
    """A date `YYYY-MM-DD`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(field=field, why="malformed") from None


def word(enum: Any, prefix: str, number: int, default: str = "") -> str:
    """The word of an enum's number; the default where it is not stated."""
    if not number and default:
        return default
    if number == 0 or number not in enum.values():
        raise BadValue(field=prefix.lower(), why="unknown")
    return str(enum.Name(number)).removeprefix(f"{prefix}_")


def money_of(value: common.Money, field: str) -> Money:
    """An amount."""
    try:
        return Money(value.amount, value.currency or "EUR")
    except ValueError:
        raise BadValue(field=field, why="currency") from None


def instant_of(message: Message, field: str) -> datetime | None:
    """An instant of a message, or None where it is unset."""
    if not message.HasField(field):
        return None
    stamp: Timestamp = getattr(message, field)
    return stamp.ToDatetime(UTC)


def client_fields(message: pb.Client) -> dict[str, object]:
    """What people state of a client, trimmed."""
    fields: dict[str, object] = {name: getattr(message, name).strip() for name in _CLIENT_PLAIN}
    lines = (line.strip() for line in message.address_lines)
    fields["address_lines"] = tuple(line for line in lines if line)
    fields["language"] = message.language or "fr"
    return fields


def place_command(request: calls.PlaceBookingRequest, *, link_hash: bytes = b"") -> PlaceBooking:
    """Asks for a new file."""
    who = request.WhichOneof("who")
    return PlaceBooking(
        write=write_of(request, "PlaceBooking"),
        quote_id=id_of(request.quote_id),
        client_id=id_of(request.client_id) if who == "client_id" else None,
        new_client=client_fields(request.new_client) if who == "new_client" else None,
        origin=Origin(word(pb.BookingOrigin, "BOOKING_ORIGIN", request.origin, Origin.OWNER.value)),
        confirm=request.confirm,
        expiry=request.expiry or "DEFAULT",
        expires_at=instant_of(request, "expires_at"),
        client_note=request.client_note,
        internal_note=request.internal_note,
        message=request.message,
        accepted=dict(request.accepted),
        needs_mail_confirmation=request.needs_mail_confirmation,
        caller_key=request.caller_key,
        link_hash=link_hash,
        payment_means=means_chosen(request.payment_means),
        number=request.number,
        booked_on=day_of(request.booked_on, "booked_on") if request.booked_on else None,
    )


def means_chosen(number: int) -> Means | None:
    """The means that a client chose; None = not said."""
    return Means(word(pb.PaymentMeans, "PAYMENT_MEANS", number)) if number else None


def move_command(request: Any, method: str) -> MoveBooking:
    """Asks for a move of a file."""
    revision = getattr(request, "revision", 0)
    return MoveBooking(write_of(request, method), id_of(request.booking_id), revision)


def ending_of(by: str) -> State:
    """Who cancels."""
    endings = {"CLIENT": State.CANCELLED_BY_CLIENT, "OWNER": State.CANCELLED_BY_OWNER}
    if by not in endings:
        raise BadValue(field="by", why="unknown")
    return endings[by]


def received(message: pb.Payment, *, now: datetime, today: date) -> Received:
    """A payment as typed."""
    nature: Nature | None = None
    if message.nature:
        try:
            nature = Nature(message.nature)
        except ValueError:
            raise BadValue(field="payment.nature", why="unknown") from None
        if nature is Nature.COUNTER:
            raise BadValue(field="payment.nature", why="counter")
    if len(message.number) > 100:
        raise BadValue(field="payment.number", why="too_long")
    payment = Payment(
        id=new_id(),
        received_on=day_of(message.received_on, "payment.received_on") if message.received_on else today,
        means=Means(word(pb.PaymentMeans, "PAYMENT_MEANS", message.means)),
        number=message.number,
        amount=money_of(message.amount, "payment.amount"),
        nature=nature or Nature.DEPOSIT,
        counters=None,
        recorded_at=now,
    )
    return Received(payment, nature)


def update_command(request: calls.UpdateBookingRequest) -> UpdateBooking:
    """Asks for new notes and persons."""
    parties: Mapping[UUID, Any] = {
        id_of(key, BadValue): party_of(value) for key, value in request.parties.items()
    }
    return UpdateBooking(
        move=move_command(request, "UpdateBooking"),
        client_note=request.client_note if request.HasField("client_note") else None,
        internal_note=request.internal_note if request.HasField("internal_note") else None,
        parties=parties,
    )


def departures_of(request: calls.ListTaxLinesRequest) -> Departures:
    """Whose tax lines are asked for, and of which days."""
    return Departures(
        owner_id=id_of(request.owner_id, OwnerNotFound),
        first=day_of(request.first, "first"),
        last=day_of(request.last, "last"),
        limit=tax_page_size(request.page.limit),
        cursor=request.page.cursor,
    )


def filter_of(request: calls.ListBookingsRequest) -> BookingFilter:
    """Which files are asked for."""
    within = None
    if request.HasField("within"):
        within = (
            day_of(request.within.arrival, "within.arrival"),
            day_of(request.within.departure, "within.departure"),
        )
    return BookingFilter(
        owner_id=id_of(request.owner_id, OwnerNotFound) if request.owner_id else None,
        ids=[id_of(one, BadValue) for one in request.ids],
        listing_ids=[id_of(one, BadValue) for one in request.listing_ids],
        states=[State(word(pb.BookingState, "BOOKING_STATE", one)) for one in request.states],
        within=within,
        query=request.query,
        chip=request.chip,
        client_id=id_of(request.client_id, BadValue) if request.client_id else None,
        limit=page_size(request.page.limit),
        cursor=request.page.cursor,
    )
