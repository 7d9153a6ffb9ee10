"""What a cancellation entails; arrhes and acompte differ by law (L214-1 C. conso; `domain.md` 1.3)."""

from dataclasses import dataclass

from values import Money

from booking.domain.ledger import Totals, positive
from booking.domain.states import DepositKind


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the client loses, gets back or still owes, and what the owner owes him.

    `refund` is money of the client that goes back as it came; `owner_owes` is the double of arrhes.
    """

    kept: Money
    refund: Money
    still_due: Money
    owner_owes: Money
    compensation: bool = False


def nothing(currency: str) -> Consequence:
    """No money changes hands."""
    zero = Money.zero(currency)
    return Consequence(zero, zero, zero, zero)


def consequence(kind: DepositKind, *, by_client: bool, totals: Totals, firm: bool) -> Consequence:
    """The money of a cancellation.

    Arrhes: the client loses them and owes nothing more; the owner gives back twice the arrhes.
    Acompte: the client still owes the whole price; the owner refunds all, and harm is to be agreed.
    A file that binds nobody yet (`firm` is false: an option without money) costs nobody anything. The
    tourist tax received always goes back.
    """
    zero = Money.zero(totals.total.currency)
    if not firm:
        return Consequence(zero, totals.paid + totals.tax_paid, zero, zero)
    if kind is DepositKind.ARRHES:
        kept = positive(totals.deposit_paid)
        rest = totals.paid - kept + totals.tax_paid
        if by_client:
            return Consequence(kept, rest, zero, zero)
        return Consequence(zero, rest, zero, kept * 2)
    if by_client:
        kept = min(totals.paid, totals.total)
        rest = totals.paid - kept + totals.tax_paid
        return Consequence(kept, rest, positive(totals.total - totals.paid), zero)
    return Consequence(zero, totals.paid + totals.tax_paid, zero, zero, compensation=True)
