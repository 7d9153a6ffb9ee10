"""The one question that pricing asks availability: the hole that a stay lies in (`design.md` 12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.errors import ServiceError
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.common.v1 import common_pb2
from values import NightRange

_SECONDS = 0.8
"""Less than a caller's deadline: without an answer the season's own minimum counts."""


class AvailabilityClient:
    """Availability over gRPC, asked as whoever asks for the price."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    async def hole(self, listing_id: UUID, nights: NightRange) -> int | None:
        """Free nights in a row around the nights; None where they are not free, or nobody answers."""
        asked = common_pb2.Nights(arrival=nights.arrival.isoformat(), departure=nights.departure.isoformat())
        request = pb.GetHoleRequest(listing_id=str(listing_id), nights=asked)
        try:
            answer: pb.GetHoleResponse = await self._stub.GetHole(request, timeout=_SECONDS)
        except ServiceError:
            return None
        if not answer.HasField("hole"):
            return None
        return NightRange.parse(answer.hole.arrival, answer.hole.departure).length
