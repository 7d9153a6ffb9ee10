"""Loads clients and booking files: quoted, placed, confirmed and paid through the services' own calls."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1.common_pb2 import PageRequest
from sejour.pricing.v1 import pricing_service_pb2 as pricing_calls

from sejour_local.load import model, translate
from sejour_local.load.names import Names
from sejour_local.load.services import Services, patiently, request_id
from sejour_local.sentences import CannotStart

_PARIS = ZoneInfo("Europe/Paris")


async def load_clients(given: model.Owner, owner_id: str, services: Services) -> dict[str, str]:
    """Makes the clients that are missing, in order; returns code -> id.

    Raises:
        CannotStart: the service gave another code than the file says.

    """
    found: dict[str, str] = {}
    for client in given.clients:
        there = await _client_by_code(client.code, owner_id, services)
        if there is None:
            wanted = translate.client(client, owner_id)
            key = request_id("client", f"{owner_id}|{client.code}", wanted)
            request = calls.CreateClientRequest(request_id=key, client=wanted)
            made = await services.clients.CreateClient(request)
            if made.client.code != client.code:
                raise CannotStart(
                    f"Client {client.code} of owner {given.supplier_no} became {made.client.code}: codes are"
                    " the first three letters of the name and a counter, in the order of the file."
                )
            there = made.client
        found[client.code] = str(there.id)
    return found


async def _client_by_code(code: str, owner_id: str, services: Services) -> Any:
    request = calls.ListClientsRequest(owner_id=owner_id, query=code, page=PageRequest(limit=100))
    page = await services.clients.ListClients(request)
    return next((client for client in page.clients if client.code == code), None)


async def load_bookings(given: model.Owner, names: Names, services: Services) -> None:
    """Places the files that are missing, by number, and records their payments; existing files are left."""
    if not given.bookings:
        return
    request = calls.GetTermsRequest(owner_id=names.owner_id)
    terms = (await services.terms.GetTerms(request)).terms
    for file in sorted(given.bookings, key=lambda each: each.number):
        there = await _file_by_number(names.owner_id, file.number, services)
        if there is None:
            there = await _place(file, names, terms.revision, services)
        for index, payment in enumerate(file.payments[len(there.payments) :], start=len(there.payments)):
            message = translate.payment(payment)
            key = request_id("payment", f"{there.id}|{index}", message)
            record = calls.RecordPaymentRequest(request_id=key, booking_id=there.id, payment=message)
            await services.bookings.RecordPayment(record)


async def _file_by_number(owner_id: str, number: int, services: Services) -> Any:
    wanted = calls.GetBookingRequest(number=calls.OwnerNumber(owner_id=owner_id, number=number))
    try:
        return (await services.bookings.GetBooking(wanted)).booking
    except RemoteError as error:
        if error.kind is ErrorKind.NOT_FOUND:
            return None
        raise


async def _place(
    file: model.Booking, names: Names, terms_revision: int, services: Services
) -> booking.Booking:
    lines = [translate.quote_line(line, names) for line in file.lines]
    ask = pricing_calls.CreateQuoteRequest(lines=lines, terms_revision=terms_revision)
    ask.request_id = request_id("quote", f"{names.owner_id}|{file.number}", ask)
    quote = (await patiently(lambda: services.prices.CreateQuote(ask))).quote
    place = calls.PlaceBookingRequest(
        quote_id=quote.id,
        client_id=names.clients[file.client],
        origin=booking.BOOKING_ORIGIN_LOAD,
        confirm=file.state == "confirmed",
        expiry=file.ends_at.upper() if isinstance(file.ends_at, str) else "AT",
        client_note=file.client_note,
        internal_note=file.internal_note,
        number=file.number,
        booked_on=str(file.booked_on),
    )
    if not isinstance(file.ends_at, str):
        ends_at = file.ends_at if file.ends_at.tzinfo else file.ends_at.replace(tzinfo=_PARIS)
        place.expires_at.FromDatetime(ends_at.astimezone(UTC))
    place.request_id = request_id("booking", f"{names.owner_id}|{file.number}", place)
    placed: booking.Booking = (await patiently(lambda: services.bookings.PlaceBooking(place))).booking
    return placed
