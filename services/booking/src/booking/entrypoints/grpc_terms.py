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
from booking.domain.states import Means
from booking.domain.terms import SalesTerms
from booking.entrypoints import mapping
from booking.entrypoints.terms_mapping import preview_of, terms_of


@dataclass(frozen=True, slots=True)
class GrpcTerms(TermsServiceServicer):
    """Translates calls to use cases."""

    open_unit: OpenUnit
    clock: Clock
    hidden: frozenset[Means] = frozenset()

    async def GetTerms(self, request: calls.GetTermsRequest, _context: Any) -> calls.TermsResponse:
        """Newest terms or a named revision."""
        owner_id = mapping.id_of(request.owner_id, TermsNotFound)
        found = await use_cases.get_terms(
            owner_id,
            request.revision,
            scope=Scope.current(),
            open_unit=self.open_unit,
            clock=self.clock,
            hidden=self.hidden,
        )
        return self._answer(found)

    async def SaveTerms(self, request: calls.SaveTermsRequest, _context: Any) -> calls.TermsResponse:
        """Saves a new revision."""
        saved = await use_cases.save_terms(
            mapping.write_of(request, "SaveTerms"),
            terms_of(request.terms),
            scope=Scope.current(),
            open_unit=self.open_unit,
            clock=self.clock,
        )
        return self._answer(saved)

    def _answer(self, terms: SalesTerms) -> calls.TermsResponse:
        available = Means.PAYPAL not in self.hidden
        return calls.TermsResponse(terms=codec.terms(terms), paypal_available=available)

    async def PreviewSchedule(
        self, request: calls.PreviewScheduleRequest, _context: Any
    ) -> calls.PreviewScheduleResponse:
        """What would be due under the newest terms."""
        found = await use_cases.preview_schedule(
            preview_of(request),
            scope=Scope.current(),
            open_unit=self.open_unit,
            clock=self.clock,
            hidden=self.hidden,
        )
        rule = found.terms.deposit
        return calls.PreviewScheduleResponse(
            deposit_kind=codec.number_of(pb.DepositKind, "DEPOSIT_KIND", rule.kind),
            deposit_basis_points=0 if rule.fixed is not None else rule.basis_points,
            deposit=codec.money(found.deposit),
            schedule=codec.instalments(found.schedule),
            terms_revision=found.terms.revision,
            option_expires_at=codec.instant(found.option_expires_at),
            terms=codec.terms(found.terms),
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
