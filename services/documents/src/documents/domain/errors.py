"""Why documents refuses; the reasons equal the enum `DocumentsReason` of the contract."""

from chassis.errors import ErrorKind, Forbidden, Malformed, RequestIdReused, ServiceError

__all__ = [
    "REASONS",
    "BadValue",
    "BookingNotFound",
    "DocumentNotFound",
    "ListingNotFound",
    "NoRecipient",
    "NotAllowed",
    "PartyNotStated",
    "ProposalNotFound",
]


class DocumentNotFound(ServiceError):
    """No document of that id within reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "DOCUMENT_NOT_FOUND"


class BookingNotFound(ServiceError):
    """No file of that id within reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "BOOKING_NOT_FOUND"


class ListingNotFound(ServiceError):
    """No listing of that id within reach, or none of the file's lines sells it."""

    kind = ErrorKind.NOT_FOUND
    reason = "LISTING_NOT_FOUND"


class PartyNotStated(ServiceError):
    """The persons of a line are not stated: a contract names the occupants."""

    kind = ErrorKind.REFUSED
    reason = "PARTY_NOT_STATED"


class NoRecipient(ServiceError):
    """The client has no mail address, or the given one is none."""

    kind = ErrorKind.REFUSED
    reason = "NO_RECIPIENT"


class NotAllowed(Forbidden):
    """The actor may see the file, not do this with it."""

    reason = "NOT_ALLOWED"


class BadValue(Malformed):
    """A value of the request has no meaning; metadata `field`."""

    reason = "BAD_VALUE"


class ProposalNotFound(ServiceError):
    """No devis of that id within reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "PROPOSAL_NOT_FOUND"


REASONS = frozenset(
    error.reason
    for error in (
        DocumentNotFound,
        BookingNotFound,
        ListingNotFound,
        PartyNotStated,
        RequestIdReused,
        NoRecipient,
        NotAllowed,
        BadValue,
        ProposalNotFound,
    )
)
"""Every reason of this service."""
