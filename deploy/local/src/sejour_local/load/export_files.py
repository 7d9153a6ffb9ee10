"""Clients and booking files of an owner, as a data file has them."""

from __future__ import annotations

from sejour.booking.v1 import booking_service_pb2 as booking_calls
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1.common_pb2 import PageRequest

from sejour_local.load.services import Services
from sejour_local.load.written import Node, day, euros, slim, word


async def export_files(owner_id: str, plans: dict[str, str], services: Services) -> Node:
    """`clients` and `bookings`; files that are neither option nor confirmed stay behind."""
    page = PageRequest(limit=500)
    request = booking_calls.ListClientsRequest(owner_id=owner_id, page=page)
    clients = (await services.clients.ListClients(request)).clients
    wanted = booking_calls.ListBookingsRequest(owner_id=owner_id, page=page)
    bookings: list[Node] = []
    for brief in (await services.bookings.ListBookings(wanted)).bookings:
        file = (await services.bookings.GetBooking(booking_calls.GetBookingRequest(id=brief.id))).booking
        if file.state in {booking.BOOKING_STATE_OPTION, booking.BOOKING_STATE_CONFIRMED}:
            bookings.append(_file(file, plans))
    return {
        "clients": [_client(each) for each in sorted(clients, key=_client_order)],
        "bookings": sorted(bookings, key=lambda node: int(node["number"])),
    }


def _client_order(client: booking.Client) -> tuple[str, int]:
    letters, _, number = client.code.rpartition("-")
    return letters, int(number)


def _client(client: booking.Client) -> Node:
    plain = (
        "code", "civility", "last_name", "first_name", "postal_code", "city", "country", "phone_home",
        "phone_work", "mobile", "fax", "email", "language",
    )  # fmt: skip
    return slim({**{name: getattr(client, name) for name in plain}, "lines": list(client.address_lines)})


def _file(file: booking.Booking, plans: dict[str, str]) -> Node:
    node: Node = {
        "number": file.number,
        "booked_on": day(file.booked_on),
        "client": file.client.code,
        "state": "confirmed" if file.state == booking.BOOKING_STATE_CONFIRMED else "option",
        "lines": [_line(line, plans) for line in file.lines],
        "client_note": file.client_note,
        "internal_note": file.internal_note,
        "payments": [
            _payment(each) for each in file.payments if each.amount.amount > 0 and not each.counters
        ],
    }
    if node["state"] == "option":
        ends = file.hold_expires_at
        node["ends_at"] = ends.ToJsonString() if file.HasField("hold_expires_at") else "none"
    return slim(node)


def _line(line: booking.BookingLine, plans: dict[str, str]) -> Node:
    price = line.price
    return slim(
        {
            "listing": line.listing_code,
            "rate_plan": plans.get(price.rate_plan_id, ""),
            "arrival": day(price.nights.arrival),
            "departure": day(price.nights.departure),
            "adults": price.party.adults,
            "children": list(price.party.children_ages),
            "supplements": [{"code": each.code, "quantity": each.quantity} for each in price.supplements],
            # A file keeps its price when it moves house: every total is an agreed one.
            "agreed_total": euros(price.total),
            "agreed_reason": price.agreed_reason or "export",
        }
    )


def _payment(payment: booking.Payment) -> Node:
    return slim(
        {
            "received_on": day(payment.received_on),
            "means": word(booking.PaymentMeans, payment.means),
            "amount": euros(payment.amount),
            "number": payment.number,
            "nature": payment.nature.lower(),
        }
    )
