"""Deposit, balance and tax of a file: how much and when (`domain.md` 1.3, `owner-brief.md` 0)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from values import Money

from booking.domain.states import DepositKind


@dataclass(frozen=True, slots=True)
class DepositRule:
    """The deposit of an owner's terms, copied into each file when it is made.

    `basis_points` are hundredths of a percent of the total, tax apart; not used where `fixed` is set.
    """

    kind: DepositKind
    basis_points: int
    fixed: Money | None = None

    def due(self, total: Money) -> Money:
        """What must be paid to make the booking firm: rounded half up, never more than the total."""
        if self.fixed is not None:
            return min(self.fixed, total, key=lambda money: money.amount)
        return total.percent(Decimal(self.basis_points) / 100)


@dataclass(frozen=True, slots=True)
class Instalment:
    """Something due: `DEPOSIT`, `BALANCE` or `TAX`. `due_on` None = on arrival."""

    kind: str
    amount: Money
    due_on: date | None


def schedule(
    *,
    total: Money,
    tax: Money,
    deposit: Money,
    booked_on: date,
    deposit_due_on: date,
    arrival: date,
    balance_days_before: int,
) -> tuple[Instalment, ...]:
    """What is due and when; nothing for amounts of zero.

    The balance is due `balance_days_before` days before arrival (0 = on arrival) and the tax with it. A file
    made after that date owes all at once, and its deposit keeps its part (`design.md` 12).
    """
    balance_due_on: date | None = None
    if balance_days_before > 0:
        balance_due_on = arrival - timedelta(days=balance_days_before)
        if booked_on > balance_due_on:
            balance_due_on = deposit_due_on = booked_on
    wanted = (
        Instalment("DEPOSIT", deposit, deposit_due_on),
        Instalment("BALANCE", total - deposit, balance_due_on),
        Instalment("TAX", tax, balance_due_on),
    )
    return tuple(instalment for instalment in wanted if instalment.amount)
