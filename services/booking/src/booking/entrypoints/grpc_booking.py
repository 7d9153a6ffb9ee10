"""The calls on booking files."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.ids import hash_token, new_token
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceServicer
from sqlalchemy import ColumnElement

from booking.adapters import codec
from booking.adapters.queries import Queries
from booking.adapters.tables import BOOKINGS
from booking.application.clients import set_booking_client
from booking.application.drive import Driver
from booking.application.moves import (
    Moved,
    cancel_booking,
    confirm_booking,
    confirm_option_by_link,
    extend_option,
)
from booking.application.payments import counter_payment, record_payment
from booking.application.pending import SELF
from booking.application.place_booking import place_booking
from booking.application.ports import Catalog
from booking.application.update_booking import reach_of, record_acceptance, update_booking
from booking.domain.booking import PARIS
from booking.domain.errors import PaymentNotFound
from booking.domain.states import State, Who
from booking.entrypoints import mapping


@dataclass(frozen=True, slots=True)
class GrpcBooking(BookingServiceServicer):
    """Translates calls to use cases and files to protobuf."""

    driver: Driver
    catalog: Catalog
    queries: Queries
    clock: Clock

    async def PlaceBooking(self, request: calls.PlaceBookingRequest, _context: Any) -> calls.BookingResponse:
        """Makes a file from a quote."""
        scope, token = Scope.current(), new_token() if request.with_guest_link else ""
        placed = await place_booking(
            mapping.place_command(request, link_hash=hash_token(token) if token else b""),
            scope=scope,
            driver=self.driver,
            catalog=self.catalog,
            clock=self.clock,
        )
        if token and not placed.file.has_new_link:
            await self._keep_link(placed.file.id, scope, token)
        shown = _seen_by(scope, codec.booking(placed.file))
        return calls.BookingResponse(
            booking=shown, replayed=placed.replayed, warnings=placed.warnings, guest_link_token=token
        )

    async def ConfirmBooking(self, request: calls.MoveRequest, _context: Any) -> calls.BookingResponse:
        """Confirms an option."""
        command = mapping.move_command(request, "ConfirmBooking")
        return _answer(
            await confirm_booking(command, scope=Scope.current(), driver=self.driver, clock=self.clock)
        )

    async def CancelBooking(
        self, request: calls.CancelBookingRequest, _context: Any
    ) -> calls.BookingResponse:
        """Cancels a file; who holds one file only (`booking:<id>`) cancels it as its client."""
        ending, scope = mapping.ending_of(request.by), Scope.current()
        if ending is not State.CANCELLED_BY_CLIENT or not scope.has(f"booking:{request.booking_id}"):
            return await self._end(request, ending, request.reason)
        reach = reach_of(scope, mapping.id_of(request.booking_id))
        answer = await self._end(request, ending, request.reason, scope=reach, who=Who.CLIENT)
        codec.for_guest(answer.booking)
        return answer

    async def DeclineBooking(self, request: calls.MoveRequest, _context: Any) -> calls.BookingResponse:
        """Refuses an option or request."""
        return await self._end(request, State.DECLINED, "")

    async def _end(
        self, request: Any, ending: State, reason: str, *, scope: Scope | None = None, who: Who | None = None
    ) -> calls.BookingResponse:
        command = mapping.move_command(request, f"End:{ending}")
        return _answer(
            await cancel_booking(
                command,
                ending=ending,
                reason=reason,
                scope=scope or Scope.current(),
                who=who,
                driver=self.driver,
                clock=self.clock,
            )
        )

    async def ExtendOption(self, request: calls.ExtendOptionRequest, _context: Any) -> calls.BookingResponse:
        """Moves the end of an option."""
        return _answer(
            await extend_option(
                mapping.move_command(request, "ExtendOption"),
                expires_at=mapping.instant_of(request, "expires_at"),
                scope=Scope.current(),
                driver=self.driver,
                clock=self.clock,
            )
        )

    async def RecordPayment(
        self, request: calls.RecordPaymentRequest, _context: Any
    ) -> calls.BookingResponse:
        """Adds a payment."""
        now = self.clock()
        return _answer(
            await record_payment(
                mapping.move_command(request, "RecordPayment"),
                mapping.received(request.payment, now=now, today=today(now, PARIS)),
                scope=Scope.current(),
                open_unit=self.driver.open_unit,
                clock=self.clock,
            )
        )

    async def CounterPayment(
        self, request: calls.CounterPaymentRequest, _context: Any
    ) -> calls.BookingResponse:
        """Undoes a payment."""
        return _answer(
            await counter_payment(
                mapping.move_command(request, "CounterPayment"),
                mapping.id_of(request.payment_id, PaymentNotFound),
                scope=Scope.current(),
                open_unit=self.driver.open_unit,
                clock=self.clock,
            )
        )

    async def UpdateBooking(
        self, request: calls.UpdateBookingRequest, _context: Any
    ) -> calls.BookingResponse:
        """Changes notes and persons."""
        return _answer(
            await update_booking(
                mapping.update_command(request),
                scope=Scope.current(),
                driver=self.driver,
                clock=self.clock,
            )
        )

    async def SetBookingClient(
        self, request: calls.SetBookingClientRequest, _context: Any
    ) -> calls.BookingResponse:
        """Changes the client of a file."""
        who = request.WhichOneof("who")
        fields = (
            mapping.client_fields(request.client) | {"id": request.client.id} if who == "client" else None
        )
        return _answer(
            await set_booking_client(
                mapping.move_command(request, "SetBookingClient"),
                client_id=mapping.id_of(request.client_id) if who == "client_id" else None,
                fields=fields,
                scope=Scope.current(),
                open_unit=self.driver.open_unit,
                clock=self.clock,
            )
        )

    async def GetBooking(self, request: calls.GetBookingRequest, _context: Any) -> calls.BookingResponse:
        """One file by id, owner's number or reference."""
        key = request.WhichOneof("key")
        condition: ColumnElement[bool]
        scope = Scope.current()
        holds = key == "id" and scope.has(f"booking:{request.id}")
        if key == "number":
            owner_id = mapping.id_of(request.number.owner_id)
            condition = (BOOKINGS.c.owner_id == owner_id) & (BOOKINGS.c.number == request.number.number)
        elif key == "reference":
            condition = BOOKINGS.c.reference == request.reference.upper()
        else:
            condition = BOOKINGS.c.id == mapping.id_of(request.id)
        reach = reach_of(scope, mapping.id_of(request.id)) if holds else scope
        found = await self.queries.booking(condition, request.revision, reach)
        return calls.BookingResponse(booking=codec.for_guest(found) if holds else found)

    async def ListBookings(
        self, request: calls.ListBookingsRequest, _context: Any
    ) -> calls.ListBookingsResponse:
        """Files by filters."""
        return await self.queries.bookings(mapping.filter_of(request), Scope.current())

    async def ListTaxLines(
        self, request: calls.ListTaxLinesRequest, _context: Any
    ) -> calls.ListTaxLinesResponse:
        """The tourist tax of confirmed stays."""
        return await self.queries.tax_lines(mapping.departures_of(request), Scope.current())

    async def IssueGuestLink(
        self, request: calls.IssueGuestLinkRequest, _context: Any
    ) -> calls.IssueGuestLinkResponse:
        """A new secret link."""
        token = new_token()
        await self._keep_link(mapping.id_of(request.booking_id), Scope.current(), token)
        return calls.IssueGuestLinkResponse(token=token)

    async def _keep_link(self, file_id: UUID, scope: Scope, token: str) -> None:
        async with self.driver.open_unit() as unit:
            file = await unit.files.get(file_id, reach_of(scope, file_id))
            await unit.files.add_link(file.id, hash_token(token), now=self.clock())
            await unit.commit()

    async def GetBookingByLink(self, request: calls.GuestLinkRequest, _context: Any) -> calls.BookingResponse:
        """The file behind a secret link."""
        async with self.driver.open_unit() as unit:
            file = await unit.files.get(await unit.files.by_link(hash_token(request.token)), SELF)
        return calls.BookingResponse(booking=codec.for_guest(codec.booking(file)))

    async def ConfirmOptionByLink(
        self, request: calls.GuestLinkRequest, _context: Any
    ) -> calls.BookingResponse:
        """Confirms a public option by its mailed link."""
        moved = await confirm_option_by_link(request.token, driver=self.driver, clock=self.clock)
        return calls.BookingResponse(
            booking=codec.for_guest(codec.booking(moved.file)), replayed=moved.replayed
        )

    async def RecordAcceptance(
        self, request: calls.RecordAcceptanceRequest, _context: Any
    ) -> calls.BookingResponse:
        """Notes what the guest received."""
        scope = Scope.current()
        moved = await record_acceptance(
            mapping.move_command(request, "RecordAcceptance"),
            dict(request.accepted),
            scope=scope,
            open_unit=self.driver.open_unit,
            clock=self.clock,
        )
        shown = _seen_by(scope, codec.booking(moved.file))
        return calls.BookingResponse(booking=shown, replayed=moved.replayed)


def _answer(moved: Moved) -> calls.BookingResponse:
    return calls.BookingResponse(booking=codec.booking(moved.file), replayed=moved.replayed)


def _seen_by(scope: Scope, file: pb.Booking) -> pb.Booking:
    return file if scope.may("owner", file.owner_id) else codec.for_guest(file)
