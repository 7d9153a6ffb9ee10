"""An owner's sales terms: each change is a new revision, and files keep the one they were made under."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from values import Money

from booking.domain.deposit import DepositRule
from booking.domain.errors import BadValue
from booking.domain.states import Means, SalesMode
from booking.domain.term_parts import (
    MAX_DAYS,
    CancellationStep,
    ListingTerms,
    OptionDelay,
    PayPalAddress,
    ShortStays,
    check_delays,
    check_deposit,
    check_listings,
    check_steps,
)

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_LONGEST = 20_000


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
    short_stays: ShortStays | None = None
    option_delays: tuple[OptionDelay, ...] = ()
    cancellation: tuple[CancellationStep, ...] = ()
    listings: tuple[ListingTerms, ...] = ()
    next_paypal_email: str = ""
    paypal_from: datetime | None = None
    saved_at: datetime | None = None

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
        check_delays(self.option_delays)
        check_steps(self.cancellation)
        check_listings(self.listings)

    def _check_amounts(self) -> None:
        check_deposit("", self.deposit.basis_points, self.deposit.fixed)
        if self.short_stays is not None:
            self.short_stays.check()
        if self.security_deposit is not None and self.security_deposit.amount < 0:
            raise BadValue(field="security_deposit", why="negative")

    @property
    def without_payee(self) -> tuple[Means, ...]:
        """Means chosen whose payee is not stated; cheques go to the owner's own name by default."""
        needs = {Means.TRANSFER: self.iban, Means.PAYPAL: self.paypal_email}
        return tuple(means for means in self.means if means in needs and not needs[means])

    @property
    def paypal(self) -> PayPalAddress:
        """The PayPal address, and the one that waits."""
        return PayPalAddress(self.paypal_email, self.next_paypal_email, self.paypal_from)

    def with_paypal(self, address: PayPalAddress) -> "SalesTerms":
        """The terms with another PayPal address."""
        return replace(
            self,
            paypal_email=address.email,
            next_paypal_email=address.next_email,
            paypal_from=address.counts_from,
        )

    def without(self, hidden: Collection[Means]) -> "SalesTerms":
        """The terms without means that nobody can pay by now."""
        if not set(hidden) & set(self.means):
            return self
        return replace(self, means=tuple(one for one in self.means if one not in hidden))

    def delay(self, means: Means | None) -> OptionDelay:
        """How long an option lasts for who means to pay so."""
        usual = OptionDelay(means or Means.OTHER, days=self.option_days)
        return next((one for one in self.option_delays if one.means is means), usual)

    def holding(self, listing_ids: Collection[UUID], longest: int) -> "SalesTerms":
        """The terms that hold for a file of these listings, whose longest line has so many nights.

        What differs by listing holds for files of that one listing; a deposit of its own comes before that
        of short stays, which comes before the general one.
        """
        only = set(listing_ids)
        found = next((one for one in self.listings if {one.listing_id} == only), None)
        terms = replace(self, listings=(), short_stays=None)
        short = self.short_stays
        if short is not None and longest <= short.max_nights:
            deposit = DepositRule(self.deposit.kind, short.basis_points, short.fixed)
            terms = replace(terms, deposit=deposit)
        return _overridden(terms, found) if found is not None else terms


def _overridden(terms: SalesTerms, given: ListingTerms) -> SalesTerms:
    deposit = terms.deposit
    if given.fixed is not None or given.basis_points is not None:
        deposit = DepositRule(deposit.kind, given.basis_points or 0, given.fixed)
    plain = (
        "balance_days_before", "security_deposit", "mode", "option_days", "notice_days",
        "arrival_from", "departure_until",
    )  # fmt: skip
    changed = {name: getattr(given, name) for name in plain if getattr(given, name) not in (None, "")}
    return replace(terms, deposit=deposit, **changed)
