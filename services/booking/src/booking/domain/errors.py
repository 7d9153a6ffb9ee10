"""Why booking refuses; the reasons are those of `BookingReason` in the contract (a test compares)."""

from typing import ClassVar

from chassis.errors import Busy, ErrorKind, RequestIdReused, ServiceError


class _NotFound(ServiceError):
    kind = ErrorKind.NOT_FOUND


class _Refused(ServiceError):
    kind = ErrorKind.REFUSED


class _Conflict(ServiceError):
    kind = ErrorKind.CONFLICT


class BookingNotFound(_NotFound):
    """No such file within reach."""

    reason = "BOOKING_NOT_FOUND"


class ClientNotFound(_NotFound):
    """No such client within reach."""

    reason = "CLIENT_NOT_FOUND"


class TermsNotFound(_NotFound):
    """The owner never saved terms, or not that revision."""

    reason = "TERMS_NOT_FOUND"


class OwnerNotFound(_NotFound):
    """No such owner within reach."""

    reason = "OWNER_NOT_FOUND"


class PaymentNotFound(_NotFound):
    """The ledger of this file has no such payment."""

    reason = "PAYMENT_NOT_FOUND"


class QuoteNotFound(_NotFound):
    """No such quote, or another owner's."""

    reason = "QUOTE_NOT_FOUND"


class ListingNotFound(_NotFound):
    """The catalog knows no such listing."""

    reason = "LISTING_NOT_FOUND"


class GuestLinkUnknown(_NotFound):
    """The token opens nothing."""

    reason = "GUEST_LINK_UNKNOWN"


class QuoteExpired(_Conflict):
    """The price is no longer guaranteed."""

    reason = "QUOTE_EXPIRED"


class QuoteUsed(_Conflict):
    """Another file was made from the quote."""

    reason = "QUOTE_USED"


class TermsStale(_Conflict):
    """The sales terms changed since the quote; metadata `revision`."""

    reason = "TERMS_STALE"


class NightsTaken(_Conflict):
    """Somebody has the nights; metadata `listing_id`, `arrival`, `departure`."""

    reason = "NIGHTS_TAKEN"


class NightsNotOpen(_Refused):
    """A guest asks for nights that are not for sale."""

    reason = "NIGHTS_NOT_OPEN"


class IllegalMove(_Refused):
    """The state does not allow the move; metadata `state`, `action`."""

    reason = "ILLEGAL_MOVE"


class RevisionStale(_Conflict):
    """The row changed since it was read; metadata `revision`."""

    reason = "REVISION_STALE"


class TooManyOptions(ServiceError):
    """Too many unpaid public options; metadata `limit` (`LISTING`, `MAIL`, `CALLER`)."""

    kind = ErrorKind.LIMITED
    reason = "TOO_MANY_OPTIONS"


class OnlineOptionsOff(_Refused):
    """The owner takes no options from the public."""

    reason = "ONLINE_OPTIONS_OFF"


class StatementNotReceived(_Refused):
    """The guest must have received the état descriptif first (arrêté du 16 mai 1967)."""

    reason = "STATEMENT_NOT_RECEIVED"


class PartyNotStated(_Refused):
    """The persons of a line are not stated; metadata `line`."""

    reason = "PARTY_NOT_STATED"


class BadValue(_Refused):
    """A value that cannot be; metadata `field`, `why`."""

    reason = "BAD_VALUE"


class NotAllowed(ServiceError):
    """The actor may not do this at all."""

    kind = ErrorKind.FORBIDDEN
    reason = "NOT_ALLOWED"


class StillPlacing(ServiceError):
    """Another service did not answer in time; the file ends by itself. Metadata `booking_id`, `state`."""

    kind = ErrorKind.UNAVAILABLE
    reason = "STILL_PLACING"


class ChainTooLong(_Refused):
    """More than 90 nights in a chain of one client (loi Hoguet, article 1-1)."""

    reason = "CHAIN_TOO_LONG"


class GuestLimit(_Refused):
    """More than 5 rooms or 15 guests at once (D324-13 Code du tourisme)."""

    reason = "GUEST_LIMIT"


class ProposalNotFound(_NotFound):
    """No such devis within reach."""

    reason = "PROPOSAL_NOT_FOUND"


class ProposalExpired(_Conflict):
    """The devis is no longer valid; metadata `expires_at`."""

    reason = "PROPOSAL_EXPIRED"


class ProposalWithdrawn(_Conflict):
    """The owner took the devis back."""

    reason = "PROPOSAL_WITHDRAWN"


ERRORS: tuple[type[ServiceError], ...] = (
    BookingNotFound,
    ClientNotFound,
    TermsNotFound,
    OwnerNotFound,
    PaymentNotFound,
    QuoteNotFound,
    QuoteExpired,
    QuoteUsed,
    TermsStale,
    NightsTaken,
    NightsNotOpen,
    IllegalMove,
    RevisionStale,
    RequestIdReused,
    GuestLinkUnknown,
    TooManyOptions,
    OnlineOptionsOff,
    StatementNotReceived,
    PartyNotStated,
    BadValue,
    NotAllowed,
    StillPlacing,
    Busy,
    ChainTooLong,
    GuestLimit,
    ListingNotFound,
    ProposalNotFound,
    ProposalExpired,
    ProposalWithdrawn,
)

_BY_REASON: dict[str, type[ServiceError]] = {error.reason: error for error in ERRORS}
_ALIASES: dict[str, str] = {
    "HOLD_GONE": "NIGHTS_TAKEN",
    "HOLD_ENDED": "QUOTE_EXPIRED",
    "BAD_RANGE": "BAD_VALUE",
}


def error_of(reason: str, details: dict[str, str]) -> ServiceError:
    """The error with this reason, also where availability has another word for it."""
    known = _BY_REASON.get(_ALIASES.get(reason, reason), StillPlacing)
    error = known()
    error.metadata = dict(details)
    return error


class Failures:
    """Reasons that a file keeps as its own (`Booking.failure`)."""

    HOLD_ENDED: ClassVar[str] = "HOLD_ENDED"
