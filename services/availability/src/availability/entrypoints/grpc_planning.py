"""The calls of the owner's planning; what is another's is not found."""

# ruff: noqa: ARG002 (gRPC gives every call a context)

from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.requests import hash_request, parse_request_id
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc

from availability.adapters.queries import Queries
from availability.application.blocks import add_block, remove_block
from availability.application.close_nights import close_nights
from availability.application.open_nights import open_nights
from availability.application.ports import Ledgers
from availability.entrypoints import mapping

MAX_PLANNING = 400


class GrpcPlanning(pb_grpc.PlanningServiceServicer):
    """Open periods, blocks and the planning."""

    def __init__(self, *, ledgers: Ledgers, queries: Queries, clock: Clock) -> None:
        self._ledgers = ledgers
        self._queries = queries
        self._clock = clock

    async def OpenNights(self, request: pb.OpenNightsRequest, context: Any) -> pb.OpenNightsResponse:
        """Opens nights."""
        command = mapping.open_command(request)
        opened = await open_nights(command, scope=Scope.current(), ledgers=self._ledgers, clock=self._clock)
        return mapping.opened_pb(opened)

    async def CloseNights(self, request: pb.CloseNightsRequest, context: Any) -> pb.CloseNightsResponse:
        """Closes nights."""
        command = mapping.close_command(request)
        closed = await close_nights(command, scope=Scope.current(), ledgers=self._ledgers, clock=self._clock)
        return pb.CloseNightsResponse(
            nights_closed=closed.nights_closed, kept_booking_ids=map(str, closed.kept_booking_ids)
        )

    async def ListOpenPeriods(
        self, request: pb.ListOpenPeriodsRequest, context: Any
    ) -> pb.ListOpenPeriodsResponse:
        """Open periods."""
        within = mapping.to_nights(request.within, "within") if request.HasField("within") else None
        ids = mapping.listing_ids(request.listing_ids)
        periods = await self._queries.open_periods(ids, within, Scope.current())
        return pb.ListOpenPeriodsResponse(periods=periods)

    async def AddBlock(self, request: pb.AddBlockRequest, context: Any) -> pb.BlockResponse:
        """Blocks nights."""
        command = mapping.block_command(request)
        block = await add_block(command, scope=Scope.current(), ledgers=self._ledgers, clock=self._clock)
        return mapping.block_pb(block)

    async def RemoveBlock(self, request: pb.RemoveBlockRequest, context: Any) -> pb.RemoveBlockResponse:
        """Removes a block."""
        await remove_block(
            mapping.block_id(request.id),
            request_id=parse_request_id(request.request_id),
            body_hash=hash_request(request),
            scope=Scope.current(),
            ledgers=self._ledgers,
            clock=self._clock,
        )
        return pb.RemoveBlockResponse()

    async def GetPlanning(self, request: pb.GetPlanningRequest, context: Any) -> pb.GetPlanningResponse:
        """Bars and open nights."""
        ids = mapping.listing_ids(request.listing_ids)
        span = mapping.to_nights(request.range, "range", longest=MAX_PLANNING)
        listings = await self._queries.planning(ids, span, Scope.current(), self._clock())
        return pb.GetPlanningResponse(listings=listings)
