"""Gives a quote back that was used by a booking which came to nothing; called by booking alone."""

from __future__ import annotations

from uuid import UUID

from chassis.actor import Scope

from pricing.application.ports import OpenUnit
from pricing.application.use_quote import USER
from pricing.domain.errors import NotAllowed


async def return_quote(quote_id: UUID, booking_id: UUID, *, scope: Scope, open_unit: OpenUnit) -> None:
    """The price stays promised until the quote expires; another booking may use it now.

    Repeats are harmless, also for a quote that is gone or that another booking uses.

    Raises:
        NotAllowed: another than the service booking calls.

    """
    if not scope.has(USER):
        raise NotAllowed
    async with open_unit() as unit:
        use = await unit.quote_use(quote_id)
        if use is not None and use.give_back(booking_id):
            await unit.put_quote_use(use)
            await unit.commit()
