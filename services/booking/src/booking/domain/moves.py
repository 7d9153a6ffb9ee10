"""The legal moves of « Choix du type », each with its consequence."""

from dataclasses import dataclass

from booking.domain.booking import BookingFile
from booking.domain.cancellation import Consequence, nothing
from booking.domain.states import OPTIONS, UNPAID, State


@dataclass(frozen=True, slots=True)
class Move:
    """`CONFIRM`, `EXTEND`, `DECLINE`, `CANCEL_BY_CLIENT` or `CANCEL_BY_OWNER`, and what it entails."""

    action: str
    consequence: Consequence
    proposed: bool = False


def legal_moves(file: BookingFile) -> tuple[Move, ...]:
    """What the owner may choose now; confirming is proposed once the deposit is fully paid."""
    free = nothing(file.currency)
    moves: list[Move] = []
    totals = file.totals()
    if file.state in OPTIONS:
        is_paid = totals.is_deposit_paid and (totals.paid.amount > 0 or totals.deposit_due.amount == 0)
        moves.append(Move("CONFIRM", free, proposed=is_paid))
        moves.append(Move("EXTEND", free))
        if totals.paid.amount == 0:
            moves.append(Move("DECLINE", free))
    if file.state in UNPAID or file.state is State.CONFIRMED:
        moves.append(Move("CANCEL_BY_CLIENT", file.consequence(by_client=True)))
        moves.append(Move("CANCEL_BY_OWNER", file.consequence(by_client=False)))
    return tuple(moves)
