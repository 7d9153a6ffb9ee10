"""An owner's sales terms: each change is a new revision, and files keep the one they were made under."""

import re
from dataclasses import dataclass
from uuid import UUID

from values import Money

from booking.domain.deposit import DepositRule
from booking.domain.errors import BadValue
from booking.domain.states import Means, SalesMode

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_LONGEST = 20_000
MAX_DAYS = 365


def iban_is_right(iban: str) -> bool:
    """Whether the checksum of an IBAN holds (ISO 13616: modulo 97 is 1)."""
    bare = "".join(iban.split()).upper()
    if not _IBAN.match(bare):
        return False
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTerms:
    """The terms of one owner at one revision."""

    owner_id: UUID
    revision: int
    deposit: DepositRule
    means: tuple[Means, ...] = ()
    option_days: int = 7
    balance_days_before: int = 30
    paypal_email: str = ""
    iban: str = ""
    iban_holder: str = ""
    cheque_payee: str = ""
    security_deposit: Money | None = None
    mode: SalesMode = SalesMode.OPTION
    online_options: bool = True
    notice_days: int = 0
    free_terms: str = ""
    arrival_from: str = ""
    departure_until: str = ""

    def check(self) -> None:
        """Refuses what cannot be.

        Raises:
            BadValue: metadata `field` says where.

        """
        self._check_amounts()
        for field in ("option_days", "balance_days_before", "notice_days"):
            if not 0 <= getattr(self, field) <= MAX_DAYS:
                raise BadValue(field=field, why="out_of_range")
        if len(set(self.means)) != len(self.means):
            raise BadValue(field="means", why="repeated")
        if self.iban and not iban_is_right(self.iban):
            raise BadValue(field="iban", why="checksum")
        if self.paypal_email and "@" not in self.paypal_email:
            raise BadValue(field="paypal_email", why="malformed")
        for field in ("arrival_from", "departure_until"):
            if (hour := getattr(self, field)) and not _HOUR.match(hour):
                raise BadValue(field=field, why="malformed")
        if len(self.free_terms) > _LONGEST:
            raise BadValue(field="free_terms", why="too_long")

    def _check_amounts(self) -> None:
        if not 0 <= self.deposit.basis_points <= 10_000:
            raise BadValue(field="deposit_basis_points", why="out_of_range")
        if self.deposit.fixed is not None and self.deposit.fixed.amount < 0:
            raise BadValue(field="deposit_fixed", why="negative")
        if self.security_deposit is not None and self.security_deposit.amount < 0:
            raise BadValue(field="security_deposit", why="negative")

    @property
    def without_payee(self) -> tuple[Means, ...]:
        """Means chosen whose payee is not stated; cheques go to the owner's own name by default."""
        needs = {Means.TRANSFER: self.iban, Means.PAYPAL: self.paypal_email}
        return tuple(means for means in self.means if means in needs and not needs[means])
