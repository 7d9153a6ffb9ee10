"""The ledger of a file: payments that are only added to, and the totals that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from values import Money

from booking.domain.states import Means, Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One entry; `counters` names the payment that it undoes. Refunds and counter-lines are negative."""

    id: UUID
    received_on: date
    means: Means
    number: str
    amount: Money
    nature: Nature
    counters: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in: for the stay, for the tourist tax, as security deposit."""

    stay: Money
    tax: Money
    security: Money


def paid(payments: Sequence[Payment], currency: str) -> Paid:
    """Sums the ledger; a counter-line counts where the payment that it undoes counted."""
    natures = {payment.id: payment.nature for payment in payments}
    sums = {"stay": 0, "tax": 0, "security": 0}
    for payment in payments:
        nature = natures.get(payment.counters, payment.nature) if payment.counters else payment.nature
        pot = {Nature.TAX: "tax", Nature.SECURITY_DEPOSIT: "security"}.get(nature, "stay")
        sums[pot] += payment.amount.amount
    return Paid(*(Money(amount, currency) for amount in sums.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Money of a file. `balance` is total - paid (`domain.md` P8), never below zero."""

    accommodation: Money
    supplements: Money
    discounts: Money
    total: Money
    tax: Money
    deposit_due: Money
    deposit_paid: Money
    paid: Money
    tax_paid: Money
    balance: Money
    outstanding_with_tax: Money
    overpaid: Money

    @property
    def is_deposit_paid(self) -> bool:
        """Whether the deposit is fully paid."""
        return self.deposit_paid >= self.deposit_due


def positive(money: Money) -> Money:
    """The amount, or zero where it is negative."""
    return money if money.amount > 0 else Money.zero(money.currency)


def lesser(one: Money, other: Money) -> Money:
    """The smaller of two amounts."""
    return min(one, other)
