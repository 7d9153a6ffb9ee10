"""The calls on sales terms."""

from dataclasses import dataclass
from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_service_pb2_grpc import TermsServiceServicer

from booking.adapters import codec
from booking.application import terms as use_cases
from booking.application.ports import OpenUnit
from booking.domain.errors import OwnerNotFound, TermsNotFound
from booking.entrypoints import mapping


@dataclass(frozen=True, slots=True)
class GrpcTerms(TermsServiceServicer):
    """Translates calls to use cases."""

    open_unit: OpenUnit
    clock: Clock

    async def GetTerms(self, request: calls.GetTermsRequest, _context: Any) -> calls.TermsResponse:
        """Newest terms or a named revision."""
        owner_id = mapping.id_of(request.owner_id, TermsNotFound)
        found = await use_cases.get_terms(
            owner_id, request.revision, scope=Scope.current(), open_unit=self.open_unit
        )
        return calls.TermsResponse(terms=codec.terms(found))

    async def SaveTerms(self, request: calls.SaveTermsRequest, _context: Any) -> calls.TermsResponse:
        """Saves a new revision."""
        saved = await use_cases.save_terms(
            mapping.write_of(request, "SaveTerms"),
            mapping.terms_of(request.terms),
            scope=Scope.current(),
            open_unit=self.open_unit,
            clock=self.clock,
        )
        return calls.TermsResponse(terms=codec.terms(saved))

    async def PreviewSchedule(
        self, request: calls.PreviewScheduleRequest, _context: Any
    ) -> calls.PreviewScheduleResponse:
        """What would be due under the newest terms."""
        total = mapping.money_of(request.total, "total")
        tax = (
            mapping.money_of(request.tourist_tax, "tourist_tax")
            if request.HasField("tourist_tax")
            else total * 0
        )
        found = await use_cases.preview_schedule(
            mapping.id_of(request.owner_id, TermsNotFound),
            total=total,
            tax=tax,
            arrival=mapping.day_of(request.arrival, "arrival"),
            open_unit=self.open_unit,
            clock=self.clock,
        )
        rule = found.terms.deposit
        return calls.PreviewScheduleResponse(
            deposit_kind=codec.number_of(pb.DepositKind, "DEPOSIT_KIND", rule.kind),
            deposit_basis_points=0 if rule.fixed is not None else rule.basis_points,
            deposit=codec.money(found.deposit),
            schedule=codec.instalments(found.schedule),
            terms_revision=found.terms.revision,
            option_expires_at=codec.instant(found.option_expires_at),
        )

    async def GetReadiness(
        self, request: calls.GetReadinessRequest, _context: Any
    ) -> calls.GetReadinessResponse:
        """Whether an owner has terms and payees."""
        owner_id = mapping.id_of(request.owner_id, OwnerNotFound)
        has_terms, missing = await use_cases.get_readiness(
            owner_id, scope=Scope.current(), open_unit=self.open_unit
        )
        return calls.GetReadinessResponse(
            terms=has_terms,
            without_payee=[codec.number_of(pb.PaymentMeans, "PAYMENT_MEANS", means) for means in missing],
        )
