"""Why the catalog refuses; the reasons are those of `CatalogReason` in the contract."""

from collections.abc import Sequence

from chassis.errors import ErrorKind, FieldError, ServiceError


class OwnerNotFound(ServiceError):
    """No owner of that id or number, or not within the actor's reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "OWNER_NOT_FOUND"


class LabelNotFound(ServiceError):
    """No label of that id or slug, or not the actor's."""

    kind = ErrorKind.NOT_FOUND
    reason = "LABEL_NOT_FOUND"


class ListingNotFound(ServiceError):
    """No listing of that id, code or revision, or not within the actor's reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "LISTING_NOT_FOUND"


class PhotoNotFound(ServiceError):
    """No such photo or size, or not within the actor's reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "PHOTO_NOT_FOUND"


class ImportNotFound(ServiceError):
    """No report of that id, or not within the actor's reach."""

    kind = ErrorKind.NOT_FOUND
    reason = "IMPORT_NOT_FOUND"


class CodeTaken(ServiceError):
    """Another listing of the same issuer has that code."""

    kind = ErrorKind.CONFLICT
    reason = "CODE_TAKEN"


class SupplierNoTaken(ServiceError):
    """Another owner has that supplier number."""

    kind = ErrorKind.CONFLICT
    reason = "SUPPLIER_NO_TAKEN"


class SlugTaken(ServiceError):
    """Another label has that slug."""

    kind = ErrorKind.CONFLICT
    reason = "SLUG_TAKEN"


class RevisionStale(ServiceError):
    """The row changed since it was read; metadata `revision` is the present one."""

    kind = ErrorKind.CONFLICT
    reason = "REVISION_STALE"


class UnknownField(ServiceError):
    """No declared field has that key; metadata `field`."""

    kind = ErrorKind.REFUSED
    reason = "UNKNOWN_FIELD"

    def __init__(self, field: str) -> None:
        super().__init__(fields=[FieldError(field, self.reason)], field=field)


class BadValue(ServiceError):
    """A field cannot take that value; metadata `field` and `expected` of the first, all in `fields`."""

    kind = ErrorKind.REFUSED
    reason = "BAD_VALUE"

    def __init__(self, field: str, expected: str, *, others: Sequence[tuple[str, str]] = ()) -> None:
        wrong = ((field, expected), *others)
        super().__init__(
            fields=[FieldError(name, f"EXPECTED_{what}") for name, what in wrong],
            field=field,
            expected=expected,
        )

    @classmethod
    def all_of(cls, wrong: Sequence[tuple[str, str]]) -> "BadValue":
        """One failure that names every wrong field."""
        return cls(*wrong[0], others=wrong[1:])


class NotReady(ServiceError):
    """Production lacks something; metadata `missing` is a comma list of checklist keys."""

    kind = ErrorKind.REFUSED
    reason = "NOT_READY"


class PhotoRefused(ServiceError):
    """The bytes are no photo to keep; metadata `why`: TOO_LARGE, UNREADABLE, TOO_MANY_PIXELS, TOO_MANY."""

    kind = ErrorKind.REFUSED
    reason = "PHOTO_REFUSED"


class FeedRefused(ServiceError):
    """The uploaded file is no feed; metadata `why`."""

    kind = ErrorKind.REFUSED
    reason = "FEED_REFUSED"


class NotAllowed(ServiceError):
    """The actor sees it and may not do this."""

    kind = ErrorKind.FORBIDDEN
    reason = "NOT_ALLOWED"
