"""Marks a quote used by a booking; called by booking alone."""

from __future__ import annotations

from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock

from pricing.application.ports import OpenUnit
from pricing.domain.errors import NotAllowed, QuoteNotFound

USER = "system:booking"


async def use_quote(
    quote_id: UUID, booking_id: UUID, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> None:
    """Marks the quote used; idempotent on (quote, booking).

    Raises:
        NotAllowed: another than the service booking calls.
        QuoteNotFound: no such quote.
        QuoteUsed: another booking has it.
        QuoteExpired: its time is over.

    """
    if not scope.has(USER):
        raise NotAllowed
    async with open_unit() as unit:
        if await unit.use_free(quote_id, booking_id, now=clock()):
            await unit.commit()
            return
        use = await unit.quote_use(quote_id)
        if use is None:
            raise QuoteNotFound(id=quote_id)
        use.use(booking_id, now=clock())
        await unit.put_quote_use(use)
        await unit.commit()
