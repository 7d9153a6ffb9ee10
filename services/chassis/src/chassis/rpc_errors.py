"""Failures on the wire: `google.rpc.Status` with `ErrorInfo`, both ways. Used by gRPC server and client."""

from collections.abc import Callable

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import code_pb2, error_details_pb2, status_pb2

from chassis.errors import DeadlineExceeded, ErrorKind, FieldError, InternalError, RemoteError, ServiceError

DOMAIN = "sejour"
DETAILS_KEY = "grpc-status-details-bin"
_KIND_KEY = "error-kind"
# What gRPC itself says of a connection that ended under a call.
_BROKEN = "Stream removed"

_CODES: dict[ErrorKind, grpc.StatusCode] = {
    ErrorKind.MALFORMED: grpc.StatusCode.INVALID_ARGUMENT,
    ErrorKind.REFUSED: grpc.StatusCode.FAILED_PRECONDITION,
    ErrorKind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    ErrorKind.CONFLICT: grpc.StatusCode.ABORTED,
    ErrorKind.BUSY: grpc.StatusCode.UNAVAILABLE,
    ErrorKind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    ErrorKind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    ErrorKind.LIMITED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    ErrorKind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    ErrorKind.DEADLINE: grpc.StatusCode.DEADLINE_EXCEEDED,
    ErrorKind.INTERNAL: grpc.StatusCode.INTERNAL,
}
_KINDS = {code: kind for kind, code in _CODES.items() if kind is not ErrorKind.BUSY}
_BY_NAME = {kind.value: kind for kind in ErrorKind}

Translator = Callable[[BaseException], ServiceError | None]
_translators: list[Translator] = []


def register_translator(translator: Translator) -> None:
    """Adds a function that turns a library's exception into a `ServiceError` (or says None)."""
    if translator not in _translators:
        _translators.append(translator)


def to_service_error(error: BaseException) -> ServiceError | None:
    """The typed failure behind an exception, or None for what nobody expected."""
    if isinstance(error, ServiceError):
        return error
    for translator in _translators:
        if (found := translator(error)) is not None:
            return found
    return DeadlineExceeded() if isinstance(error, TimeoutError) else None


def status_code(kind: ErrorKind) -> grpc.StatusCode:
    """The gRPC code of a kind."""
    return _CODES[kind]


def _any(message: object) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)  # type: ignore[arg-type]
    return packed


def to_status(error: ServiceError) -> status_pb2.Status:
    """The rich status of a failure. Its kind travels in `ErrorInfo.metadata["error-kind"]`."""
    if error.kind is ErrorKind.INTERNAL and not isinstance(error, RemoteError):
        error = InternalError()
    status = status_pb2.Status(code=code_pb2.Code.Value(_CODES[error.kind].name), message=error.reason)
    info = error_details_pb2.ErrorInfo(
        reason=error.reason, domain=DOMAIN, metadata={**error.metadata, _KIND_KEY: error.kind.value}
    )
    status.details.append(_any(info))
    if error.fields:
        bad = error_details_pb2.BadRequest()
        for violation in error.fields:
            bad.field_violations.add(
                field=violation.field, reason=violation.reason, description=violation.reason
            )
        status.details.append(_any(bad))
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(error.retry_after * 1000))
        status.details.append(_any(retry))
    return status


def from_status(status: status_pb2.Status, *, method: str = "") -> RemoteError:
    """The failure that a rich status tells."""
    info, bad, retry = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.RetryInfo(),
    )
    retry_after: float | None = None
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
        if detail.Unpack(retry):
            retry_after = retry.retry_delay.ToMilliseconds() / 1000
    metadata = dict(info.metadata)
    kind = metadata.pop(_KIND_KEY, "")
    return RemoteError(
        _BY_NAME.get(kind, ErrorKind.INTERNAL),
        info.reason or "INTERNAL",
        metadata=metadata,
        fields=[FieldError(one.field, one.reason or one.description) for one in bad.field_violations],
        retry_after=retry_after,
        method=method,
    )


def from_rpc_error(error: grpc.aio.AioRpcError, *, method: str = "") -> RemoteError:
    """Turns what a gRPC call raised into a `RemoteError`; without details the code alone decides."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY:
            return from_status(status_pb2.Status.FromString(bytes(value)), method=method)
    code, said = error.code(), error.details() or ""
    # A server that closes or is beyond its limit, a connection that broke: nobody of ours says CANCELLED.
    lost = code is grpc.StatusCode.CANCELLED or (code is grpc.StatusCode.UNKNOWN and _BROKEN in said)
    if lost or code is grpc.StatusCode.UNAVAILABLE:
        return RemoteError(
            ErrorKind.UNAVAILABLE, "SERVICE_UNAVAILABLE", retry_after=1.0, method=method, answered=False
        )
    return RemoteError(_KINDS.get(code, ErrorKind.INTERNAL), code.name, method=method, answered=False)
