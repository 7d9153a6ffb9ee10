"""From the services' messages to the public shapes (plain dictionaries, as they are written)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway import conditions, texts
from gateway.settings import site_url
from gateway.state import Gateway

KINDS: dict[int, str] = {catalog.LISTING_KIND_GUEST_ROOM: "guest_room"}
ADVERTISERS: dict[int, str] = {
    catalog.OWNER_KIND_PRIVATE: "private",
    catalog.OWNER_KIND_PROFESSIONAL: "professional",
}
MEANS = {
    "cheque": booking.PAYMENT_MEANS_CHEQUE,
    "transfer": booking.PAYMENT_MEANS_TRANSFER,
    "cash": booking.PAYMENT_MEANS_CASH,
    "holiday_vouchers": booking.PAYMENT_MEANS_HOLIDAY_VOUCHERS,
    "paypal": booking.PAYMENT_MEANS_PAYPAL,
    "card": booking.PAYMENT_MEANS_CARD,
    "other": booking.PAYMENT_MEANS_OTHER,
}
_TYPES: dict[int, str] = {
    booking.BOOKING_STATE_CONFIRMED: "booking",
    booking.BOOKING_STATE_CHANGING: "booking",
    booking.BOOKING_STATE_CANCELLING: "booking",
    booking.BOOKING_STATE_NO_SHOW: "booking",
    booking.BOOKING_STATE_EXPIRED: "expired",
    booking.BOOKING_STATE_DECLINED: "declined",
    booking.BOOKING_STATE_FAILED: "failed",
    booking.BOOKING_STATE_CANCELLED_BY_CLIENT: "cancelled_by_client",
    booking.BOOKING_STATE_CANCELLED_BY_OWNER: "cancelled_by_owner",
}


def money(value: Any, currency: str = "EUR") -> dict[str, Any]:
    """A Money message, or minor units with a currency."""
    if isinstance(value, int):
        return {"amount": value, "currency": currency}
    return {"amount": value.amount, "currency": value.currency or currency}


def instant(message: Any, name: str) -> str | None:
    """RFC 3339 in UTC of a timestamp field; None when unset."""
    if not message.HasField(name):
        return None
    at: datetime = getattr(message, name).ToDatetime(tzinfo=UTC)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def worded(values: Mapping[str, str], language: str) -> str:
    """The text in a language, else in French, else in any."""
    return values.get(language) or values.get("fr") or next(iter(values.values()), "")


def hosted_page(gateway: Gateway, code: str) -> str:
    """Address of the hosted page of a listing."""
    return site_url(gateway.shared, "book", f"/{code}")


def statement_address(gateway: Gateway, code: str) -> str:
    """Address of the état descriptif of a listing."""
    return site_url(gateway.shared, "files", f"/etat-descriptif/{code}.pdf")


def photo_address(gateway: Gateway, photo_id: str, size: int) -> str:
    """Address of a photo in one of the sizes 320, 800, 1600."""
    return site_url(gateway.shared, "files", f"/photos/{photo_id}/{size}.jpg")


def photo(gateway: Gateway, message: catalog.Photo, language: str) -> dict[str, Any]:
    """A photo in its three sizes."""
    return {
        "small": photo_address(gateway, message.id, 320),
        "medium": photo_address(gateway, message.id, 800),
        "large": photo_address(gateway, message.id, 1600),
        "caption": worded(message.caption, language),
        "credit": message.credit,
        "width": message.width,
        "height": message.height,
    }


def listing_summary(
    gateway: Gateway, message: catalog.Listing, owner_kind: int, language: str
) -> dict[str, Any]:
    """What lists tell of a listing."""
    shown = [each for each in message.photos if each.width]
    return {
        "id": message.id,
        "code": message.code,
        "kind": KINDS.get(message.kind, "seasonal_rental"),
        "name": worded(message.name, language),
        "commune": message.address.city,
        "postal_code": message.address.postal_code,
        "max_persons": message.max_persons,
        "official_stars": message.official_stars,
        "label_rating": message.label_rating,
        "registration_number": message.registration_number,
        "advertiser": {
            "supplier_number": message.supplier_no,
            "kind": ADVERTISERS.get(owner_kind, "unknown"),
        },
        "photo": photo(gateway, shown[0], language) if shown else None,
        "page": hosted_page(gateway, message.code),
        "revision": message.revision,
    }


def listing(
    gateway: Gateway,
    message: catalog.Listing,
    owner_kind: int,
    fields: Iterable[catalog.FieldDef],
    language: str,
) -> dict[str, Any]:
    """A listing in full."""
    declared = list(fields)
    values = conditions.sheet(message, declared, language)
    known = bool(message.latitude or message.longitude)
    return listing_summary(gateway, message, owner_kind, language) | {
        "description": worded(message.description, language),
        "address": [*message.address.lines, f"{message.address.postal_code} {message.address.city}".strip()],
        "latitude": message.latitude if known else None,
        "longitude": message.longitude if known else None,
        "base_persons": message.base_persons,
        "photos": [photo(gateway, each, language) for each in message.photos if each.width],
        "equipment": [each.key for each in values if each.value is True],
        "sheet": [
            {
                "key": each.key,
                "label": each.label,
                "value": each.value,
                "shown": each.shown,
                "unit": each.unit,
            }
            for each in values
        ],
        "zone": message.zone or "Europe/Paris",
        "property_statement": statement_address(gateway, message.code),
    }


def price_line(message: pricing.PriceLine) -> dict[str, Any]:
    """One explained amount."""
    return {
        "kind": message.kind,
        "text": texts.price_line(message.kind, message.params),
        "amount": money(message.amount),
        "params": dict(message.params),
    }


def reason(name: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Why a stay is not sold, in words."""
    return {
        "reason": name,
        "detail": texts.refusal(name, params),
        "params": dict(params),
        "fix": conditions.fix(name, params) or None,
    }


def alternatives(found: Iterable[search_pb.Alternative], code: str) -> list[dict[str, Any]]:
    """Other stays of the same listing."""
    return [
        {
            "listing": code,
            "arrival": each.nights.arrival,
            "departure": each.nights.departure,
            "total": money(each.total, each.currency or "EUR"),
        }
        for each in found
    ]


def _deposit(kind: int, basis_points: int, amount: Any) -> dict[str, Any]:
    return {
        "kind": "ACOMPTE" if kind == booking.DEPOSIT_KIND_ACOMPTE else "ARRHES",
        "percent": f"{basis_points // 100}.{basis_points % 100:02d}" if basis_points else None,
        "amount": money(amount),
    }


def instalments(rows: Iterable[booking.Instalment]) -> list[dict[str, Any]]:
    """What is due and when."""
    return [{"kind": each.kind, "amount": money(each.amount), "due_on": each.due_on or None} for each in rows]


def promo(message: pricing.QuoteLine) -> str | None:
    """What became of the promotional code: `applied`, `unknown`, `not_for_stay`, `not_best`."""
    if not message.promo_state:
        return None
    return pricing.PromoState.Name(message.promo_state).removeprefix("PROMO_STATE_").lower()


def quote_line(message: pricing.QuoteLine, found: catalog.Listing, language: str) -> dict[str, Any]:
    """One line of a quote."""
    nights = date.fromisoformat(message.nights.departure) - date.fromisoformat(message.nights.arrival)
    return {
        "listing": found.code,
        "listing_name": worded(found.name, language),
        "plan": message.rate_plan_id,
        "plan_name": message.rate_plan_name,
        "arrival": message.nights.arrival,
        "departure": message.nights.departure,
        "nights": nights.days,
        "adults": message.party.adults,
        "children": list(message.party.children_ages),
        "supplements": [{"code": each.code, "quantity": each.quantity} for each in message.supplements],
        "explanation": [price_line(each) for each in message.lines],
        "beside": [price_line(each) for each in message.beside],
        "accommodation": money(message.accommodation),
        "discounts": money(message.discounts),
        "supplements_total": money(message.supplements_total),
        "total": money(message.total),
        "tourist_tax": money(message.tourist_tax),
        "promo_code": message.promo_code or None,
        "promo": promo(message),
        "promo_text": texts.promo_words(message.promo_state, message.promo_bounds) or None,
    }


def quote(
    gateway: Gateway,
    message: pricing.Quote,
    listings: Mapping[str, catalog.Listing],
    schedule: bookings_pb.PreviewScheduleResponse,
    terms: booking.SalesTerms,
    language: str,
) -> dict[str, Any]:
    """A quote with its conditions."""
    due = instalments(schedule.schedule)
    balance = next((each for each in due if each["kind"] == "BALANCE"), None)
    of_line = [listings[each.listing_id] for each in message.lines]
    left = message.total.amount - schedule.deposit.amount
    return {
        "id": message.id,
        "expires_at": instant(message, "expires_at"),
        "used": bool(message.used_by),
        "lines": [
            quote_line(each, found, language) for each, found in zip(message.lines, of_line, strict=True)
        ],
        "accommodation": money(message.accommodation),
        "supplements": money(message.supplements_total),
        "discounts": money(message.discounts),
        "total": money(message.total),
        "tourist_tax": money(message.tourist_tax),
        "deposit": _deposit(schedule.deposit_kind, schedule.deposit_basis_points, schedule.deposit),
        "balance": {
            "amount": balance["amount"] if balance else money(left, message.total.currency),
            "due_on": balance["due_on"] if balance else None,
        },
        "schedule": due,
        "option_expires_at": instant(schedule, "option_expires_at"),
        "conditions": {
            "cancellation": conditions.cancellation(schedule.deposit_kind, terms.cancellation),
            "withdrawal": conditions.withdrawal(),
            "free_terms": terms.free_terms,
            "security_deposit": money(terms.security_deposit) if terms.HasField("security_deposit") else None,
            "terms_version": str(message.terms_revision),
            "description_version": conditions.description_version(message.lines),
            "property_statements": [statement_address(gateway, each.code) for each in of_line],
        },
    }


def file(message: booking.Booking, link: str | None = None) -> dict[str, Any]:
    """A booking file, as its maker sees it."""
    totals = message.totals
    return {
        "reference": message.reference,
        "number": message.number,
        "state": booking.BookingState.Name(message.state).removeprefix("BOOKING_STATE_"),
        "type": _TYPES.get(message.state, "option"),
        "mail_confirmed": message.mail_confirmed,
        "hold_expires_at": instant(message, "hold_expires_at"),
        "lines": [
            {
                "listing": each.listing_code,
                "listing_name": each.listing_name,
                "plan_name": each.price.rate_plan_name,
                "arrival": each.price.nights.arrival,
                "departure": each.price.nights.departure,
                "adults": each.price.party.adults,
                "children": list(each.price.party.children_ages),
                "total": money(each.price.total),
            }
            for each in message.lines
        ],
        "total": money(totals.total),
        "tourist_tax": money(totals.tourist_tax),
        "deposit": _deposit(totals.deposit_kind, totals.deposit_basis_points, totals.deposit_due),
        "paid": money(totals.paid),
        "outstanding": money(totals.outstanding_with_tax),
        "schedule": instalments(totals.schedule),
        "payment": {"approve_url": None},
        "self_service_url": link,
        "revision": message.revision,
    }
