"""The ledger: payments are added, and undone by an opposite line; never changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.ids import new_id

from booking.application.moves import MoveBooking, Moved
from booking.application.ports import OpenUnit
from booking.domain.booking import BookingFile
from booking.domain.ledger import Payment
from booking.domain.states import Nature

Work = Callable[[BookingFile], None]


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as the owner typed it; `nature` None = deposit until it is paid, then balance."""

    payment: Payment
    nature: Nature | None


async def record_payment(
    command: MoveBooking, received: Received, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> Moved:
    """Adds a payment. Idempotent on the request id: a reload or second click records nothing more.

    Raises:
        BadValue: no amount, another currency, or a sign that does not fit.

    """

    def work(file: BookingFile) -> None:
        nature = received.nature
        if nature is None:
            is_deposit = not file.totals().is_deposit_paid
            nature = Nature.DEPOSIT if is_deposit else Nature.BALANCE
            if received.payment.amount.amount < 0:
                nature = Nature.REFUND
        file.record(replace(received.payment, nature=nature), now=clock())

    return await change_file(command, work, scope=scope, open_unit=open_unit, clock=clock)


async def counter_payment(
    command: MoveBooking, payment_id: UUID, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> Moved:
    """Undoes a payment by an opposite line, once.

    Raises:
        PaymentNotFound: the ledger has no such payment.
        IllegalMove: it is undone already, or a counter-line itself.

    """

    def work(file: BookingFile) -> None:
        now = clock()
        file.counter(payment_id, new_id=new_id(), today=today(now, file.zone), now=now)

    return await change_file(command, work, scope=scope, open_unit=open_unit, clock=clock)


async def change_file(
    command: MoveBooking,
    work: Work,
    *,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
) -> Moved:
    """Changes one file in one transaction, once per request id."""
    async with open_unit() as unit:
        before = await unit.claim(command.write, now=clock())
        file = await unit.files.get(command.booking_id, scope, lock=True)
        if before is None:
            file.check_revision(command.revision)
            work(file)
            await unit.files.save(file)
            await unit.finish(command.write, file.id)
            await unit.commit()
    return Moved(file, replayed=before is not None)
