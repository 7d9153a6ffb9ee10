"""Sales terms of the contract to the domain's."""

from collections.abc import Callable

from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from values import Money

from booking.application.terms import PreviewSchedule
from booking.domain.deposit import DepositRule
from booking.domain.errors import BadValue, OwnerNotFound, TermsNotFound
from booking.domain.states import DepositKind, Means, SalesMode
from booking.domain.term_parts import CancellationStep, ListingTerms, OptionDelay, ShortStays
from booking.domain.terms import SalesTerms
from booking.entrypoints.mapping import day_of, id_of, means_chosen, money_of, word

_PLAIN = (
    "revision", "option_days", "balance_days_before", "paypal_email", "iban", "iban_holder", "cheque_payee",
    "online_options", "notice_days", "free_terms", "arrival_from", "departure_until",
)  # fmt: skip


def _amount(message: pb.SalesTerms | pb.ShortStays | pb.ListingTerms, field: str) -> Money | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    found: common.Money = getattr(message, field)
    return money_of(found, field)


def means_of(number: int) -> Means:
    """A means of payment."""
    return Means(word(pb.PaymentMeans, "PAYMENT_MEANS", number))


def terms_of(message: pb.SalesTerms) -> SalesTerms:
    """Sales terms as typed; arrhes is the default of the law (L214-1 C. conso).

    `paypal_email` is what was typed; which address counts is decided when it is saved.
    """
    kind = word(pb.DepositKind, "DEPOSIT_KIND", message.deposit_kind, DepositKind.ARRHES.value)
    deposit = DepositRule(DepositKind(kind), message.deposit_basis_points, _amount(message, "deposit_fixed"))
    return SalesTerms(
        owner_id=id_of(message.owner_id, OwnerNotFound),
        deposit=deposit,
        means=tuple(means_of(one) for one in message.means),
        security_deposit=_amount(message, "security_deposit"),
        mode=SalesMode(word(pb.SalesMode, "SALES_MODE", message.mode, SalesMode.OPTION.value)),
        **{name: getattr(message, name) for name in _PLAIN},
        short_stays=_short_stays(message),
        option_delays=tuple(
            OptionDelay(means_of(one.means), one.days, one.minutes) for one in message.option_delays
        ),
        cancellation=tuple(
            CancellationStep(one.days_before, one.kept_basis_points) for one in message.cancellation
        ),
        listings=tuple(_listing(one) for one in message.listings),
    )


def _short_stays(message: pb.SalesTerms) -> ShortStays | None:
    if not message.HasField("short_stays"):
        return None
    short = message.short_stays
    return ShortStays(short.max_nights, short.deposit_basis_points, _amount(short, "deposit_fixed"))


def _listing(message: pb.ListingTerms) -> ListingTerms:
    def stated(field: str, read: Callable[[], int]) -> int | None:
        return read() if message.HasField(field) else None  # type: ignore[arg-type]

    mode = SalesMode(word(pb.SalesMode, "SALES_MODE", message.mode)) if message.mode else None
    return ListingTerms(
        listing_id=id_of(message.listing_id, BadValue),
        basis_points=stated("deposit_basis_points", lambda: message.deposit_basis_points),
        fixed=_amount(message, "deposit_fixed"),
        balance_days_before=stated("balance_days_before", lambda: message.balance_days_before),
        security_deposit=_amount(message, "security_deposit"),
        mode=mode,
        option_days=stated("option_days", lambda: message.option_days),
        notice_days=stated("notice_days", lambda: message.notice_days),
        arrival_from=message.arrival_from,
        departure_until=message.departure_until,
    )


def preview_of(request: calls.PreviewScheduleRequest) -> PreviewSchedule:
    """A total to spread."""
    total = money_of(request.total, "total")
    has_tax = request.HasField("tourist_tax")
    return PreviewSchedule(
        owner_id=id_of(request.owner_id, TermsNotFound),
        total=total,
        tax=money_of(request.tourist_tax, "tourist_tax") if has_tax else total * 0,
        arrival=day_of(request.arrival, "arrival"),
        departure=day_of(request.departure, "departure") if request.departure else None,
        listing_ids=frozenset(id_of(one, BadValue) for one in request.listing_ids),
        means=means_chosen(request.payment_means),
        revision=request.terms_revision,
        unsaved=terms_of(request.terms) if request.HasField("terms") else None,
    )
