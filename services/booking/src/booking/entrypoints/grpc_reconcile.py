"""The calls of operators and systems that compare files with other services."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import OPERATOR, Scope
from chassis.clock import Clock
from chassis.errors import FieldError, Malformed
from sejour.booking.v1 import booking_types_pb2 as types
from sejour.booking.v1 import reconcile_service_pb2 as pb
from sejour.booking.v1.reconcile_service_pb2_grpc import ReconcileServiceServicer

from booking.adapters.comparing import FilePages
from booking.application.reconcile import PAGE, Found, Reconciler, day_of

MOST = 1000


@dataclass(frozen=True, slots=True)
class GrpcReconcile(ReconcileServiceServicer):
    """Translates pages of the reconciler."""

    reconciler: Reconciler
    files: FilePages
    clock: Clock

    async def CompareNights(
        self, request: pb.CompareNightsRequest, _context: Any
    ) -> pb.CompareNightsResponse:
        """One page of files and nights."""
        Scope.current().require(OPERATOR)
        page = await self.reconciler.page(
            after=_after(request.after),
            departing_after=day_of(self.clock()),
            mend=request.mend,
            limit=_limit(request.limit),
        )
        return pb.CompareNightsResponse(
            files=page.files,
            bookings=page.bookings,
            differences=[_difference(one) for one in page.found],
            next=str(page.next or ""),
        )

    async def ListConfirmed(
        self, request: pb.ListConfirmedRequest, _context: Any
    ) -> pb.ListConfirmedResponse:
        """Confirmed files."""
        Scope.current().require(OPERATOR)
        _after(request.after)
        return await self.files.confirmed(request, limit=_limit(request.limit))


def _limit(asked: int) -> int:
    return min(asked, MOST) if asked > 0 else PAGE


def _after(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed(fields=[FieldError("after", "ID_MALFORMED")]) from None


def _difference(found: Found) -> pb.Difference:
    file = found.file
    known = (
        {
            "owner_id": str(file.owner_id),
            "reference": file.reference,
            "state": types.BookingState.Value(f"BOOKING_STATE_{file.state.value}"),
        }
        if file
        else {}
    )
    return pb.Difference(
        kind=pb.DifferenceKind.Value(f"DIFFERENCE_KIND_{found.kind.value}"),
        booking_id=str(found.booking_id),
        mended=found.mended,
        refusal=found.refusal,
        **known,  # type: ignore[arg-type]
    )
