"""The calls of booking: holds and stays."""

# ruff: noqa: ARG002 (gRPC gives every call a context)

from datetime import UTC
from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.failpoints import failpoint
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc

from availability.adapters.booked import BookedPages
from availability.adapters.queries import Queries
from availability.application.confirm_stays import confirm_stays
from availability.application.end_bookings import end_bookings
from availability.application.extend_holds import extend_holds
from availability.application.hold_stays import hold_stays
from availability.application.move_stays import move_stays
from availability.application.pin_holds import pin_holds, unpin_holds
from availability.application.ports import Ledgers
from availability.application.release_stays import release_stays
from availability.domain.errors import BadRange, NotAllowed
from availability.entrypoints import mapping

BOOKING = "system:booking"
MOST_ENDED = 500


def _only_booking() -> None:
    if not Scope.current().has(BOOKING):
        raise NotAllowed


class GrpcStays(pb_grpc.StayServiceServicer):
    """Holds and stays; for booking only."""

    def __init__(self, *, ledgers: Ledgers, queries: Queries, booked: BookedPages, clock: Clock) -> None:
        self._ledgers = ledgers
        self._booked = booked
        self._queries = queries
        self._clock = clock

    async def HoldStays(self, request: pb.HoldStaysRequest, context: Any) -> pb.StaysResponse:
        """Holds all lines, or none."""
        _only_booking()
        command = mapping.hold_command(request)
        stays = await hold_stays(command, ledgers=self._ledgers, clock=self._clock)
        await failpoint("availability.after_hold")
        return mapping.stays_pb(stays)

    async def ExtendHolds(self, request: pb.ExtendHoldsRequest, context: Any) -> pb.StaysResponse:
        """Moves the end of holds."""
        _only_booking()
        stays = await extend_holds(
            mapping.to_id(request.booking_id, "booking_id"),
            request.revision,
            request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None,
            ledgers=self._ledgers,
            clock=self._clock,
        )
        await failpoint("availability.after_extend")
        return mapping.stays_pb(stays)

    async def PinHolds(self, request: pb.BookingRequest, context: Any) -> pb.StaysResponse:
        """Keeps holds from ending."""
        _only_booking()
        booking_id = mapping.to_id(request.booking_id, "booking_id")
        return mapping.stays_pb(
            await pin_holds(booking_id, request.revision, ledgers=self._ledgers, clock=self._clock)
        )

    async def UnpinHolds(self, request: pb.BookingRequest, context: Any) -> pb.StaysResponse:
        """Lets holds end again."""
        _only_booking()
        booking_id = mapping.to_id(request.booking_id, "booking_id")
        return mapping.stays_pb(
            await unpin_holds(booking_id, request.revision, ledgers=self._ledgers, clock=self._clock)
        )

    async def ConfirmStays(self, request: pb.ConfirmStaysRequest, context: Any) -> pb.StaysResponse:
        """Turns holds into stays."""
        _only_booking()
        command = mapping.confirm_command(request)
        stays = await confirm_stays(command, ledgers=self._ledgers, clock=self._clock)
        await failpoint("availability.after_confirm")
        return mapping.stays_pb(stays)

    async def ReleaseStays(self, request: pb.BookingRequest, context: Any) -> pb.StaysResponse:
        """Frees the nights."""
        _only_booking()
        booking_id = mapping.to_id(request.booking_id, "booking_id")
        stays = await release_stays(booking_id, request.revision, ledgers=self._ledgers, clock=self._clock)
        await failpoint("availability.after_release")
        return mapping.stays_pb(stays)

    async def MoveStays(self, request: pb.MoveStaysRequest, context: Any) -> pb.StaysResponse:
        """Replaces the lines."""
        _only_booking()
        command = mapping.move_command(request)
        stays = await move_stays(command, ledgers=self._ledgers, clock=self._clock)
        await failpoint("availability.after_move")
        return mapping.stays_pb(stays)

    async def GetStays(self, request: pb.BookingRequest, context: Any) -> pb.StaysResponse:
        """The lines as they are now."""
        _only_booking()
        booking_id = mapping.to_id(request.booking_id, "booking_id")
        return pb.StaysResponse(lines=await self._queries.stays(booking_id, self._clock()))

    async def ListBooked(self, request: pb.ListBookedRequest, context: Any) -> pb.ListBookedResponse:
        """Bookings with nights to come."""
        _only_booking()
        return await self._booked.page(
            after=mapping.to_id(request.after, "after") if request.after else None,
            through=mapping.to_id(request.through, "through") if request.through else None,
            departing_after=mapping.to_day(request.departing_after, "departing_after"),
            limit=request.limit,
            now=self._clock(),
        )

    async def EndBookings(self, request: pb.EndBookingsRequest, context: Any) -> pb.EndBookingsResponse:
        """Ends bookings that came to nothing."""
        _only_booking()
        if len(request.bookings) > MOST_ENDED:
            raise BadRange(field="bookings")
        revisions = {mapping.to_id(one.booking_id, "bookings"): one.revision for one in request.bookings}
        freed = await end_bookings(revisions, ledgers=self._ledgers, clock=self._clock)
        return pb.EndBookingsResponse(freed=freed)
