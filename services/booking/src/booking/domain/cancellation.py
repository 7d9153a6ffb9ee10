"""What a cancellation entails; arrhes and acompte differ by law (L214-1 C. conso; `domain.md` 1.3)."""

from dataclasses import dataclass
from decimal import Decimal

from values import Money

from booking.domain.ledger import Totals, lesser, positive
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


def consequence(
    kind: DepositKind, *, by_client: bool, totals: Totals, firm: bool, share: int | None = None
) -> Consequence:
    """The money of a cancellation.

    Arrhes: the client loses them and owes nothing more; the owner gives back twice the arrhes.
    Acompte: the client still owes the whole price; the owner refunds all, and harm is to be agreed.
    A file that binds nobody yet (`firm` is false: an option without money) costs nobody anything. The
    tourist tax received always goes back. `share` (hundredths of a percent of the total) is what the owner's
    own terms keep of a client who cancels today: never more than the law gives (None = the law only).
    """
    zero = Money.zero(totals.total.currency)
    if not firm:
        return Consequence(zero, totals.paid + totals.tax_paid, zero, zero)
    if kind is DepositKind.ARRHES:
        kept = positive(totals.deposit_paid)
        if by_client and share is not None:
            kept = lesser(kept, totals.total.percent(Decimal(share) / 100))
        rest = totals.paid - kept + totals.tax_paid
        if by_client:
            return Consequence(kept, rest, zero, zero)
        return Consequence(zero, rest, zero, kept * 2)
    if by_client:
        owed = totals.total if share is None else totals.total.percent(Decimal(share) / 100)
        kept = lesser(totals.paid, owed)
        rest = totals.paid - kept + totals.tax_paid
        return Consequence(kept, rest, positive(owed - totals.paid), zero)
    return Consequence(zero, totals.paid + totals.tax_paid, zero, zero, compensation=True)
