"""What guests may know: listings in production for everybody, others for their owner."""

# ruff: noqa: ARG002 (gRPC gives every call a context)

from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc

from availability.adapters.event_codec import nights_pb
from availability.adapters.queries import Queries
from availability.entrypoints import mapping

MAX_CALENDAR = 800


class GrpcCalendar(pb_grpc.CalendarServiceServicer):
    """Calendars and questions about nights."""

    def __init__(self, *, queries: Queries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock

    async def GetCalendar(self, request: pb.GetCalendarRequest, context: Any) -> pb.GetCalendarResponse:
        """The state of each night."""
        listing_id = mapping.listing_id(request.listing_id)
        span = mapping.to_nights(request.range, "range", longest=MAX_CALENDAR)
        found = await self._queries.calendar(listing_id, span, Scope.current(), self._clock())
        if request.known_tag == found.tag:
            return pb.GetCalendarResponse(revision=found.revision, tag=found.tag)
        return found

    async def CheckNights(self, request: pb.CheckNightsRequest, context: Any) -> pb.CheckNightsResponse:
        """Every reason why nights cannot be sold."""
        listing_id = mapping.listing_id(request.listing_id)
        nights = mapping.to_nights(request.nights, "nights")
        refusals = await self._queries.check(listing_id, nights, Scope.current(), self._clock())
        return pb.CheckNightsResponse(refusals=refusals)

    async def GetHole(self, request: pb.GetHoleRequest, context: Any) -> pb.GetHoleResponse:
        """The hole around nights."""
        listing_id = mapping.listing_id(request.listing_id)
        nights = mapping.to_nights(request.nights, "nights")
        hole = await self._queries.hole(listing_id, nights, Scope.current(), self._clock())
        return pb.GetHoleResponse(hole=None if hole is None else nights_pb(hole))

    async def GetReadiness(self, request: pb.GetReadinessRequest, context: Any) -> pb.GetReadinessResponse:
        """Whether a night is open."""
        listing_id = mapping.listing_id(request.listing_id)
        among = [mapping.to_nights(one, f"among[{i}]", longest=4000) for i, one in enumerate(request.among)]
        first = await self._queries.first_open(listing_id, among, Scope.current(), self._clock())
        return pb.GetReadinessResponse(open=first is not None, first_open=first.isoformat() if first else "")
