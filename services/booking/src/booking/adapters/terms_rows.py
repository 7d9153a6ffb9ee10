"""Sales terms to the JSON of their revision and back; older revisions lack the newer parts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from values import Money

from booking.domain.deposit import DepositRule
from booking.domain.states import DepositKind, Means, SalesMode
from booking.domain.term_parts import CancellationStep, ListingTerms, OptionDelay, ShortStays
from booking.domain.terms import SalesTerms

_PLAIN = (
    "option_days", "balance_days_before", "paypal_email", "iban", "iban_holder", "cheque_payee",
    "online_options", "notice_days", "free_terms", "arrival_from", "departure_until",
)  # fmt: skip
_LISTING_PLAIN = (
    "basis_points", "balance_days_before", "option_days", "notice_days", "arrival_from", "departure_until",
)  # fmt: skip


def terms_json(terms: SalesTerms) -> dict[str, Any]:
    """The body of a revision of terms."""
    return {
        **{name: getattr(terms, name) for name in _PLAIN},
        "deposit_kind": terms.deposit.kind.value,
        "deposit_basis_points": terms.deposit.basis_points,
        "deposit_fixed": money_json(terms.deposit.fixed),
        "means": [means.value for means in terms.means],
        "security_deposit": money_json(terms.security_deposit),
        "mode": terms.mode.value,
        "short_stays": _short_json(terms.short_stays),
        "option_delays": [
            {"means": one.means.value, "days": one.days, "minutes": one.minutes}
            for one in terms.option_delays
        ],
        "cancellation": [
            {"days_before": one.days_before, "kept_basis_points": one.kept_basis_points}
            for one in terms.cancellation
        ],
        "listings": [_listing_json(one) for one in terms.listings],
        "next_paypal_email": terms.next_paypal_email,
        "paypal_from": terms.paypal_from.isoformat() if terms.paypal_from else None,
    }  # fmt: skip


def terms_of(
    owner_id: UUID, revision: int, body: Mapping[str, Any], saved_at: datetime | None = None
) -> SalesTerms:
    """A revision of terms."""
    paypal_from = body.get("paypal_from")
    return SalesTerms(
        owner_id=owner_id,
        revision=revision,
        deposit=DepositRule(
            DepositKind(body["deposit_kind"]), body["deposit_basis_points"], money_of(body["deposit_fixed"])
        ),
        means=tuple(Means(one) for one in body["means"]),
        security_deposit=money_of(body["security_deposit"]),
        mode=SalesMode(body["mode"]),
        **{name: body[name] for name in _PLAIN},
        short_stays=_short_of(body.get("short_stays")),
        option_delays=tuple(
            OptionDelay(Means(one["means"]), one["days"], one["minutes"])
            for one in body.get("option_delays", ())
        ),
        cancellation=tuple(CancellationStep(**one) for one in body.get("cancellation", ())),
        listings=tuple(_listing_of(one) for one in body.get("listings", ())),
        next_paypal_email=body.get("next_paypal_email", ""),
        paypal_from=datetime.fromisoformat(paypal_from) if paypal_from else None,
        saved_at=saved_at,
    )


def _short_json(given: ShortStays | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "max_nights": given.max_nights,
        "basis_points": given.basis_points,
        "fixed": money_json(given.fixed),
    }


def _short_of(body: Mapping[str, Any] | None) -> ShortStays | None:
    if not body:
        return None
    return ShortStays(body["max_nights"], body["basis_points"], money_of(body["fixed"]))


def _listing_json(given: ListingTerms) -> dict[str, Any]:
    return {
        **{name: getattr(given, name) for name in _LISTING_PLAIN},
        "listing_id": str(given.listing_id),
        "fixed": money_json(given.fixed),
        "security_deposit": money_json(given.security_deposit),
        "mode": given.mode.value if given.mode else None,
    }


def _listing_of(body: Mapping[str, Any]) -> ListingTerms:
    return ListingTerms(
        **{name: body[name] for name in _LISTING_PLAIN},
        listing_id=UUID(body["listing_id"]),
        fixed=money_of(body["fixed"]),
        security_deposit=money_of(body["security_deposit"]),
        mode=SalesMode(body["mode"]) if body["mode"] else None,
    )


def money_json(value: Money | None) -> dict[str, Any] | None:
    """An amount as JSON."""
    return None if value is None else {"amount": value.amount, "currency": value.currency}


def money_of(value: Mapping[str, Any] | None) -> Money | None:
    """An amount of JSON."""
    return None if value is None else Money(value["amount"], value["currency"])
