"""Asks pricing, availability and booking whether a listing is ready to be sold."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar
from uuid import UUID

from chassis.errors import ErrorKind, ServiceError
from chassis.logging import get_logger
from sejour.availability.v1 import availability_service_pb2 as availability
from sejour.availability.v1.availability_service_pb2_grpc import CalendarServiceStub
from sejour.booking.v1 import booking_service_pb2 as booking
from sejour.booking.v1.booking_service_pb2_grpc import TermsServiceStub
from sejour.common.v1.common_pb2 import Nights
from sejour.pricing.v1 import pricing_service_pb2 as pricing
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub

from catalog.adapters.metrics import READINESS_UNKNOWN
from catalog.domain.checklist import Readiness

log = get_logger()

SECONDS = 0.8
_AWAY = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.BUSY, ErrorKind.INTERNAL})
Answer = TypeVar("Answer")


class AskedServices:
    """The three services, each asked with a short deadline; one that does not answer is told as None."""

    def __init__(
        self,
        prices: PriceServiceStub,
        nights: CalendarServiceStub,
        terms: TermsServiceStub,
    ) -> None:
        self._prices = prices
        self._nights = nights
        self._terms = terms

    async def readiness(self, listing_id: UUID, owner_id: UUID) -> Readiness:
        """What each says of a listing."""
        (priced, open_priced), (terms, payees) = await asyncio.gather(
            self._priced(str(listing_id)), self._sold(str(owner_id))
        )
        return Readiness(priced=priced, open_priced=open_priced, terms=terms, payees=payees)

    async def _priced(self, listing_id: str) -> tuple[bool | None, bool | None]:
        request = pricing.GetReadinessRequest(listing_id=listing_id)
        priced = await _ask(self._prices.GetReadiness(request, timeout=SECONDS), "pricing")
        if priced is None:
            return None, None
        if not priced.priced:
            return False, False
        return True, await self._open(listing_id, priced.priced_nights)

    async def _open(self, listing_id: str, among: Sequence[Nights]) -> bool | None:
        request = availability.GetReadinessRequest(listing_id=listing_id, among=among)
        found = await _ask(self._nights.GetReadiness(request, timeout=SECONDS), "availability")
        return None if found is None else bool(found.open)

    async def _sold(self, owner_id: str) -> tuple[bool | None, bool | None]:
        request = booking.GetReadinessRequest(owner_id=owner_id)
        found = await _ask(self._terms.GetReadiness(request, timeout=SECONDS), "booking")
        if found is None:
            return None, None
        return bool(found.terms), not found.without_payee


async def _ask(call: Awaitable[Answer], service: str) -> Answer | None:
    try:
        return await call
    except ServiceError as error:
        # Not found: its copy of the listing has not come yet, so it cannot say.
        if error.kind not in {*_AWAY, ErrorKind.NOT_FOUND}:
            raise
        READINESS_UNKNOWN.labels(service).inc()
        log.info("readiness_unknown", service=service, reason=error.reason)
        return None
