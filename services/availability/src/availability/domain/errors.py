"""Why availability refuses: one class per failure; the reasons are those of `AvailabilityReason`."""

from chassis.errors import Busy, ErrorKind, RequestIdReused, ServiceError

__all__ = [
    "BadRange",
    "BlockNotFound",
    "Busy",
    "ChainTooLong",
    "GuestLimit",
    "HoldGone",
    "ListingNotFound",
    "NightsNotOpen",
    "NightsTaken",
    "NotAllowed",
    "RequestIdReused",
    "RevisionStale",
]


class ListingNotFound(ServiceError):
    """No listing within reach has that id, or the catalog has not announced it yet."""

    kind = ErrorKind.NOT_FOUND
    reason = "LISTING_NOT_FOUND"


class BlockNotFound(ServiceError):
    """No block within reach has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "BLOCK_NOT_FOUND"


class NightsTaken(ServiceError):
    """Something stands on the nights; metadata `listing_id`, `kind`, `arrival`, `departure`, `booking_id`."""

    kind = ErrorKind.CONFLICT
    reason = "NIGHTS_TAKEN"


class NightsNotOpen(ServiceError):
    """Nights are not for sale; metadata `listing_id`, `why`, and the first such `arrival` and `departure`."""

    kind = ErrorKind.REFUSED
    reason = "NIGHTS_NOT_OPEN"


class HoldGone(ServiceError):
    """The booking has no nights any more (or never had)."""

    kind = ErrorKind.CONFLICT
    reason = "HOLD_GONE"


class ChainTooLong(ServiceError):
    """One client would stay for more than 90 nights without a break (loi Hoguet 70-9, article 1-1)."""

    kind = ErrorKind.REFUSED
    reason = "CHAIN_TOO_LONG"


class GuestLimit(ServiceError):
    """More than 5 rooms or 15 guests at once in chambres d'hôtes (D324-13 Code du tourisme)."""

    kind = ErrorKind.REFUSED
    reason = "GUEST_LIMIT"


class NotAllowed(ServiceError):
    """The actor may not make this call at all."""

    kind = ErrorKind.FORBIDDEN
    reason = "NOT_ALLOWED"


class BadRange(ServiceError):
    """Nights that are no range: reversed, empty, not dates, or too long; or nothing asked at all."""

    kind = ErrorKind.MALFORMED
    reason = "BAD_RANGE"


class RevisionStale(ServiceError):
    """A newer revision of the booking was applied already."""

    kind = ErrorKind.CONFLICT
    reason = "REVISION_STALE"
