"""Parts of sales terms: short stays, option delays, cancellation steps, what differs by listing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from values import Money

from booking.domain.errors import BadValue
from booking.domain.states import Means, SalesMode

MAX_DAYS = 365
MOST_STEPS = 12
MOST_LISTINGS = 500
MOST_MINUTES = 1440
PAYPAL_WAIT = timedelta(hours=48)
"""How long a new PayPal address waits, so that who is robbed of his account can still say so."""


@dataclass(frozen=True, slots=True)
class ShortStays:
    """The deposit of stays of at most `max_nights` nights; hundredths of a percent, or a fixed amount."""

    max_nights: int
    basis_points: int
    fixed: Money | None = None

    def check(self) -> None:
        """Refuses what cannot be.

        Raises:
            BadValue: metadata `field` says where.

        """
        if not 1 <= self.max_nights <= MAX_DAYS:
            raise BadValue(field="short_stays.max_nights", why="out_of_range")
        check_deposit("short_stays.", self.basis_points, self.fixed)


@dataclass(frozen=True, slots=True)
class OptionDelay:
    """How long an option is held for a client who means to pay so: days (to 23:59), or minutes."""

    means: Means
    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class CancellationStep:
    """What the owner keeps (hundredths of a percent of the total) from so many days before arrival on."""

    days_before: int
    kept_basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTerms:
    """What differs for one listing; None or empty = as in the owner's terms."""

    listing_id: UUID
    basis_points: int | None = None
    fixed: Money | None = None
    balance_days_before: int | None = None
    security_deposit: Money | None = None
    mode: SalesMode | None = None
    option_days: int | None = None
    notice_days: int | None = None
    arrival_from: str = ""
    departure_until: str = ""


@dataclass(frozen=True, slots=True)
class PayPalAddress:
    """The address that counts, and one that was typed and waits until `counts_from`."""

    email: str = ""
    next_email: str = ""
    counts_from: datetime | None = None

    def at(self, now: datetime) -> str:
        """The address that counts now."""
        return self.next_email if self.counts_from and self.counts_from <= now else self.email

    @property
    def typed(self) -> str:
        """The address that was typed last."""
        return self.next_email or self.email

    def change(self, typed: str, now: datetime) -> "PayPalAddress":
        """The address after somebody typed one: where money went before, another waits 48 h."""
        present = self.at(now)
        if typed == self.typed:
            return self if typed != present else PayPalAddress(present)
        if not typed or not present or typed == present:
            return PayPalAddress(typed)
        return PayPalAddress(present, typed, now + PAYPAL_WAIT)


def kept_share(steps: Iterable[CancellationStep], days_left: int) -> int | None:
    """The share that the owner's own steps keep so many days before arrival; None = the law only."""
    reached = [one for one in steps if one.days_before <= days_left]
    return max(reached, key=lambda one: one.days_before).kept_basis_points if reached else None


def check_deposit(at: str, basis_points: int, fixed: Money | None) -> None:
    """Refuses a share beyond the whole, or an amount below nothing.

    Raises:
        BadValue: metadata `field` says where.

    """
    if not 0 <= basis_points <= 10_000:
        raise BadValue(field=f"{at}deposit_basis_points", why="out_of_range")
    if fixed is not None and fixed.amount < 0:
        raise BadValue(field=f"{at}deposit_fixed", why="negative")


def check_delays(delays: Sequence[OptionDelay]) -> None:
    """Refuses delays that say nothing, or two of one means."""
    if len({one.means for one in delays}) != len(delays):
        raise BadValue(field="option_delays", why="repeated")
    for one in delays:
        if (one.days > 0) == (one.minutes > 0) or not (
            0 <= one.days <= MAX_DAYS and 0 <= one.minutes <= 1440
        ):
            raise BadValue(field="option_delays", why="out_of_range")


def check_steps(steps: Sequence[CancellationStep]) -> None:
    """Refuses steps beyond the whole, two of one day, and steps that keep more the earlier a client says."""
    if len(steps) > MOST_STEPS:
        raise BadValue(field="cancellation", why="too_long")
    if len({one.days_before for one in steps}) != len(steps):
        raise BadValue(field="cancellation", why="repeated")
    for one in steps:
        if not (0 <= one.days_before <= MAX_DAYS and 0 <= one.kept_basis_points <= 10_000):
            raise BadValue(field="cancellation", why="out_of_range")
    kept = [one.kept_basis_points for one in sorted(steps, key=lambda one: one.days_before)]
    if kept != sorted(kept, reverse=True):
        raise BadValue(field="cancellation", why="rising")


def check_listings(listings: Sequence[ListingTerms]) -> None:
    """Refuses two terms of one listing and values that cannot be."""
    if len(listings) > MOST_LISTINGS or len({one.listing_id for one in listings}) != len(listings):
        raise BadValue(field="listings", why="repeated")
    for one in listings:
        check_deposit("listings.", one.basis_points or 0, one.fixed)
        for field in ("option_days", "balance_days_before", "notice_days"):
            if not 0 <= (getattr(one, field) or 0) <= MAX_DAYS:
                raise BadValue(field=f"listings.{field}", why="out_of_range")
        if one.security_deposit is not None and one.security_deposit.amount < 0:
            raise BadValue(field="listings.security_deposit", why="negative")
