"""Typed failures with a stable reason; standard library only, so that every domain may use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """What a failure means to the caller; `rpc_errors` and the gateway map it to codes."""

    MALFORMED = "MALFORMED"
    REFUSED = "REFUSED"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    BUSY = "BUSY"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    LIMITED = "LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    DEADLINE = "DEADLINE"
    INTERNAL = "INTERNAL"

    @property
    def http_status(self) -> int:
        """Status of the problem document (RFC 9457)."""
        return _HTTP[self]


_HTTP = {
    ErrorKind.MALFORMED: 400,
    ErrorKind.REFUSED: 422,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.BUSY: 409,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.LIMITED: 429,
    ErrorKind.UNAVAILABLE: 503,
    ErrorKind.DEADLINE: 503,
    ErrorKind.INTERNAL: 500,
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of a request that is wrong: its path in the message (`lines[0].arrival`) and why."""

    field: str
    reason: str


class ServiceError(Exception):
    """Base of all expected failures. A subclass sets `kind` and `reason`; values are keywords.

    `class NightsTaken(ServiceError): kind = ErrorKind.CONFLICT; reason = "NIGHTS_TAKEN"`, then
    `raise NightsTaken(arrival="2027-07-03")`. Metadata holds ids, dates and amounts, never persons.
    """

    kind: ClassVar[ErrorKind] = ErrorKind.INTERNAL
    reason: ClassVar[str] = "INTERNAL"

    def __init__(
        self, *, fields: Sequence[FieldError] = (), retry_after: float | None = None, **metadata: object
    ) -> None:
        self.metadata: Mapping[str, str] = {key: str(value) for key, value in metadata.items()}
        self.fields = tuple(fields)
        self.retry_after = retry_after
        super().__init__(self.reason, self.metadata)

    def __str__(self) -> str:
        return f"{self.reason} {dict(self.metadata)}" if self.metadata else self.reason


class RemoteError(ServiceError):
    """What a client gets when another service refused or could not answer.

    Raised again unhandled inside a handler, it goes to the caller unchanged. `retried` says that an earlier
    try of the same call went unanswered: it may have been done, whatever this failure says of the last one.
    """

    def __init__(
        self,
        kind: ErrorKind,
        reason: str,
        *,
        metadata: Mapping[str, str] | None = None,
        fields: Sequence[FieldError] = (),
        retry_after: float | None = None,
        method: str = "",
        answered: bool = True,
    ) -> None:
        self.kind = kind  # type: ignore[misc]
        self.reason = reason  # type: ignore[misc]
        self.method = method
        self.answered = answered
        self.retried = False
        super().__init__(fields=fields, retry_after=retry_after)
        self.metadata = dict(metadata or {})


class Malformed(ServiceError):
    """The request has a wrong form; `fields` says where."""

    kind = ErrorKind.MALFORMED
    reason = "MALFORMED"


class Unauthenticated(ServiceError):
    """No actor, a forged or an expired one."""

    kind = ErrorKind.UNAUTHENTICATED
    reason = "UNAUTHENTICATED"


class Forbidden(ServiceError):
    """The actor is known and may not do this (what is another's is NOT_FOUND instead)."""

    kind = ErrorKind.FORBIDDEN
    reason = "FORBIDDEN"


class Busy(ServiceError):
    """A lock could not be had in time; trying again soon is right."""

    kind = ErrorKind.BUSY
    reason = "BUSY"

    def __init__(self, *, retry_after: float = 1.0, **metadata: object) -> None:
        super().__init__(fields=(), retry_after=retry_after, **metadata)


class Unavailable(ServiceError):
    """Something this service needs does not answer."""

    kind = ErrorKind.UNAVAILABLE
    reason = "UNAVAILABLE"

    def __init__(self, *, retry_after: float = 1.0, **metadata: object) -> None:
        super().__init__(fields=(), retry_after=retry_after, **metadata)


class Overloaded(ServiceError):
    """The process has as much to do as it may take on; the same soon, or elsewhere, is right."""

    kind = ErrorKind.UNAVAILABLE
    reason = "OVERLOADED"

    def __init__(self, *, retry_after: float = 1.0, **metadata: object) -> None:
        super().__init__(fields=(), retry_after=retry_after, **metadata)


class DeadlineExceeded(ServiceError):
    """The caller's time was over before the answer."""

    kind = ErrorKind.DEADLINE
    reason = "DEADLINE_EXCEEDED"


class RequestIdReused(ServiceError):
    """A write came with the request id of another write."""

    kind = ErrorKind.REFUSED
    reason = "REQUEST_ID_REUSED"


class InternalError(ServiceError):
    """What nobody expected; the traceback is in the log only."""

    kind = ErrorKind.INTERNAL
    reason = "INTERNAL"
