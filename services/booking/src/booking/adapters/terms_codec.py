"""Sales terms as protobuf messages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from values import Money

from booking.domain.term_parts import ListingTerms, ShortStays
from booking.domain.terms import SalesTerms

_PLAIN = (
    "revision", "option_days", "balance_days_before", "paypal_email", "iban", "iban_holder", "cheque_payee",
    "online_options", "notice_days", "free_terms", "arrival_from", "departure_until", "next_paypal_email",
)  # fmt: skip


def number_of(enum: Any, prefix: str, value: StrEnum) -> Any:
    """The number of a closed set's value in its protobuf enum."""
    return enum.Value(f"{prefix}_{value.value}")


def money(value: Money) -> common.Money:
    """An amount."""
    return common.Money(amount=value.amount, currency=value.currency)


def instant(value: datetime | None) -> Timestamp | None:
    """An instant, or nothing."""
    if value is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(value)
    return stamp


def _amount(value: Money | None) -> common.Money | None:
    return None if value is None else money(value)


def terms(value: SalesTerms) -> pb.SalesTerms:
    """Sales terms."""
    return pb.SalesTerms(
        **{name: getattr(value, name) for name in _PLAIN},
        owner_id=str(value.owner_id),
        deposit_kind=number_of(pb.DepositKind, "DEPOSIT_KIND", value.deposit.kind),
        deposit_basis_points=value.deposit.basis_points,
        deposit_fixed=_amount(value.deposit.fixed),
        means=[number_of(pb.PaymentMeans, "PAYMENT_MEANS", one) for one in value.means],
        security_deposit=_amount(value.security_deposit),
        mode=number_of(pb.SalesMode, "SALES_MODE", value.mode),
        short_stays=_short_stays(value.short_stays),
        option_delays=[
            pb.OptionDelay(
                means=number_of(pb.PaymentMeans, "PAYMENT_MEANS", one.means),
                days=one.days,
                minutes=one.minutes,
            )
            for one in value.option_delays
        ],
        cancellation=[
            pb.CancellationStep(days_before=one.days_before, kept_basis_points=one.kept_basis_points)
            for one in value.cancellation
        ],
        listings=[_listing(one) for one in value.listings],
        paypal_from=instant(value.paypal_from),
        saved_at=instant(value.saved_at),
    )


def _short_stays(value: ShortStays | None) -> pb.ShortStays | None:
    if value is None:
        return None
    return pb.ShortStays(
        max_nights=value.max_nights,
        deposit_basis_points=value.basis_points,
        deposit_fixed=_amount(value.fixed),
    )


def _listing(value: ListingTerms) -> pb.ListingTerms:
    return pb.ListingTerms(
        listing_id=str(value.listing_id),
        deposit_basis_points=value.basis_points,
        deposit_fixed=_amount(value.fixed),
        balance_days_before=value.balance_days_before,
        security_deposit=_amount(value.security_deposit),
        mode=number_of(pb.SalesMode, "SALES_MODE", value.mode) if value.mode else pb.SALES_MODE_UNSPECIFIED,
        option_days=value.option_days,
        notice_days=value.notice_days,
        arrival_from=value.arrival_from,
        departure_until=value.departure_until,
    )
