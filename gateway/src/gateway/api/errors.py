"""What the gateway itself refuses, with reasons of its own beside those of the services' contracts."""

from chassis.errors import ErrorKind, ServiceError


class KeyMissing(ServiceError):
    """No API key and no widget key."""

    kind = ErrorKind.UNAUTHENTICATED
    reason = "KEY_MISSING"


class KeyUnknown(ServiceError):
    """A key that is not, or no longer, known."""

    kind = ErrorKind.UNAUTHENTICATED
    reason = "KEY_UNKNOWN"


class ScopeMissing(ServiceError):
    """The key may not do this; metadata `scope`."""

    kind = ErrorKind.FORBIDDEN
    reason = "SCOPE_MISSING"


class OriginRefused(ServiceError):
    """The widget key does not name the origin of the page that asks."""

    kind = ErrorKind.FORBIDDEN
    reason = "ORIGIN_REFUSED"


class IdempotencyKeyMissing(ServiceError):
    """A POST that makes something needs `Idempotency-Key`, a UUID."""

    kind = ErrorKind.MALFORMED
    reason = "IDEMPOTENCY_KEY_MISSING"


class RateLimited(ServiceError):
    """Too many requests of one caller."""

    kind = ErrorKind.LIMITED
    reason = "RATE_LIMITED"


class BadQuery(ServiceError):
    """A parameter of the address cannot be read; metadata `field`."""

    kind = ErrorKind.MALFORMED
    reason = "BAD_QUERY"


class BadCursor(ServiceError):
    """A cursor that no page before gave; metadata `field`."""

    kind = ErrorKind.REFUSED
    reason = "BAD_QUERY"


class BadRange(ServiceError):
    """Nights of an address that are none, or too many."""

    kind = ErrorKind.REFUSED
    reason = "BAD_RANGE"


class KeyForCancellationMissing(ServiceError):
    """A cancellation that is more than a preview needs `Idempotency-Key`."""

    kind = ErrorKind.REFUSED
    reason = "IDEMPOTENCY_KEY_MISSING"


class LabelToChoose(ServiceError):
    """A key of several labels or owners must say which (`label=`)."""

    kind = ErrorKind.MALFORMED
    reason = "LABEL_TO_CHOOSE"


class OnlinePaymentUnavailable(ServiceError):
    """`mode: book` needs a payment or the owner's own key."""

    kind = ErrorKind.REFUSED
    reason = "ONLINE_PAYMENT_UNAVAILABLE"


class CancellationUnavailable(ServiceError):
    """The file's state allows no cancellation by this caller; metadata `state`."""

    kind = ErrorKind.CONFLICT
    reason = "CANCELLATION_UNAVAILABLE"


class BookingNotFound(ServiceError):
    """No file of this caller has that reference."""

    kind = ErrorKind.NOT_FOUND
    reason = "BOOKING_NOT_FOUND"


class ListingNotFound(ServiceError):
    """No listing that this caller may sell has that code."""

    kind = ErrorKind.NOT_FOUND
    reason = "LISTING_NOT_FOUND"


class QuoteNotFound(ServiceError):
    """No quote that this caller may see has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "QUOTE_NOT_FOUND"


class NightsTaken(ServiceError):
    """The nights are no longer free; metadata `listing_id`, `arrival`, `departure`."""

    kind = ErrorKind.CONFLICT
    reason = "NIGHTS_TAKEN"


class NightsNotOpen(ServiceError):
    """The nights are not open for sale; metadata `listing_id`, `arrival`, `departure`."""

    kind = ErrorKind.REFUSED
    reason = "NIGHTS_NOT_OPEN"


OWN_REASONS = (
    KeyMissing, KeyUnknown, ScopeMissing, OriginRefused, IdempotencyKeyMissing, RateLimited, BadQuery,
    LabelToChoose, OnlinePaymentUnavailable, CancellationUnavailable,
)  # fmt: skip
