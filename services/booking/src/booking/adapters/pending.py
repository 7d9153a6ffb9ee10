"""What availability is being asked for, as JSON in the file's row."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from values import Money, NightRange

from booking.domain.line import Line, Party
from booking.domain.pending import Pending, PendingHold, PendingLines
from booking.domain.states import Change

_SUMS = ("accommodation", "discounts", "supplements", "total", "tax")


def pending_json(pending: Pending | None) -> dict[str, Any] | None:
    """The JSON of it."""
    if pending is None:
        return None
    if isinstance(pending, PendingLines):
        return {
            "kind": Change.UPDATED.value,
            "revision": pending.revision,
            "client_note": pending.client_note,
            "internal_note": pending.internal_note,
            "lines": [_line_json(line) for line in pending.lines],
        }
    expires_at = pending.expires_at.isoformat() if pending.expires_at else None
    return {"kind": pending.kind.value, "expires_at": expires_at, "revision": pending.revision}


def pending_of(found: Mapping[str, Any] | None) -> Pending | None:
    """What the JSON says."""
    if found is None:
        return None
    if "lines" in found:
        lines = tuple(_line_of(each) for each in found["lines"])
        return PendingLines(lines, found["revision"], found["client_note"], found["internal_note"])
    expires_at = datetime.fromisoformat(found["expires_at"]) if found["expires_at"] else None
    return PendingHold(Change(found["kind"]), expires_at, found["revision"])


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "listing_id": str(line.listing_id),
        "listing_code": line.listing_code,
        "listing_name": line.listing_name,
        "nights": [line.nights.arrival.isoformat(), line.nights.departure.isoformat()],
        "adults": line.party.adults,
        "children_ages": list(line.party.children_ages),
        "exempt_adults": dict(line.party.exempt_adults),
        "currency": line.total.currency,
        "agreed": line.agreed,
        "price": b64encode(line.price).decode(),
        **{name: getattr(line, name).amount for name in _SUMS},
    }


def _line_of(found: Mapping[str, Any]) -> Line:
    return Line(
        id=UUID(found["id"]),
        listing_id=UUID(found["listing_id"]),
        listing_code=found["listing_code"],
        listing_name=found["listing_name"],
        nights=NightRange.parse(*found["nights"]),
        party=Party(
            found["adults"],
            tuple(found["children_ages"]),
            tuple(sorted(found.get("exempt_adults", {}).items())),
        ),
        agreed=found["agreed"],
        price=b64decode(found["price"]),
        **{name: Money(found[name], found["currency"]) for name in _SUMS},
    )
