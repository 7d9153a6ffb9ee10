"""How the API answers: bytes with an ETag, problems in words, headers on all of them."""

import hashlib
import math
from typing import Any

import orjson
from chassis.errors import ErrorKind, ServiceError
from chassis.logging import get_logger
from chassis.rpc_errors import to_service_error
from chassis.tracing import known_trace_id
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import problems
from gateway.api.convert import reason as reason_in_words
from gateway.i18n import current_locale
from gateway.i18n import gettext as _
from gateway.settings import site_url

log = get_logger()
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Sejour-Widget, Content-Type, Idempotency-Key, Accept-Language, If-None-Match"
    ),
    "Access-Control-Max-Age": "86400",
}
_EXPOSED = (
    "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "Idempotent-Replay, X-Request-Id"
)


class ApiHeaders:
    """Adds the headers that the handlers collected, and answers CORS preflights (never with credentials)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        names = {name for name, _ in scope["headers"]}
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in names:
            origin = dict(scope["headers"]).get(b"origin", b"*").decode("latin-1")
            headers = _CORS | {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
            await Response(status_code=204, headers=headers)(scope, receive, send)
            return
        collected: dict[str, str] = {}
        scope.setdefault("state", {})["api_headers"] = collected

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in collected.items():
                    headers[name] = value
                headers.add_vary_header("Authorization, Sejour-Widget, Accept-Language, Origin")
                headers.setdefault("Content-Language", current_locale())
                if "Access-Control-Allow-Origin" in collected:
                    headers["Access-Control-Expose-Headers"] = _EXPOSED
            await send(message)

        await self.app(scope, receive, with_headers)


def answer(
    request: Request,
    body: Any,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    etag: bool = False,
) -> Response:
    """Answers a body; with `etag`, a caller who has it already gets 304."""
    content = orjson.dumps(body)
    if etag:
        return answer_bytes(request, content, tag=hashlib.sha256(content).hexdigest()[:24])
    return Response(content, status, headers=headers, media_type="application/json")


def answer_bytes(request: Request, content: bytes, *, tag: str) -> Response:
    """Answers JSON that is written already, with its tag; a caller who has it gets 304."""
    sent = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if given := request.headers.get("if-none-match"):
        known = {each.strip().removeprefix("W/") for each in given.split(",")}
        if sent["ETag"] in known or "*" in known:
            return Response(status_code=304, headers=sent)
    return Response(content, 200, headers=sent, media_type="application/json")


def _problem(request: Request, status: int, reason: str, detail: str, **extra: Any) -> Response:
    gateway = request.app.state.gateway
    headers = extra.pop("headers", None)
    body = {
        "type": f"{site_url(gateway.shared)}/api/docs#{reason}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "reason": reason,
        "detail": detail,
        "request_id": getattr(request.state, "request_id", ""),
        "trace": known_trace_id(),
    }
    content = orjson.dumps(body | {name: value for name, value in extra.items() if value})
    return Response(content, status, headers=headers, media_type="application/problem+json")


_TITLES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
    429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip


def refusals_of(error: ServiceError) -> list[dict[str, Any]]:
    """The reasons that a refused stay carries, with the line each belongs to."""
    try:
        rows = orjson.loads(error.metadata.get("refusals", "[]"))
    except orjson.JSONDecodeError:
        return []
    return [each for each in rows if isinstance(each, dict) and "reason" in each]


def on_service_error(request: Request, error: ServiceError) -> Response:
    """Answers a typed failure."""
    headers = {}
    if error.kind in {ErrorKind.BUSY, ErrorKind.LIMITED, ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE}:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 1)))
    if error.kind is ErrorKind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="sejour"'
    if error.kind in {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL}:
        log.warning("call_failed", reason=error.reason, kind=error.kind.value)
    if error.kind is ErrorKind.INTERNAL:
        return _problem(request, 500, "INTERNAL", _("Quelque chose s'est mal passé chez nous."))
    reasons = [
        reason_in_words(each["reason"], {key: str(value) for key, value in each.get("params", {}).items()})
        for each in refusals_of(error)
    ]
    errors = [
        {
            "pointer": "/" + each.field.replace("[", "/").replace("]", "").replace(".", "/"),
            "reason": each.reason,
        }
        for each in error.fields
        if each.field
    ]
    return _problem(
        request,
        error.kind.http_status,
        error.reason,
        problems.sentence(error),
        headers=headers,
        metadata={key: value for key, value in error.metadata.items() if key != "refusals"},
        errors=errors,
        reasons=reasons,
        alternatives=getattr(request.state, "alternatives", []),
    )


async def _on_service_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        raise error
    return on_service_error(request, error)


async def _on_validation(request: Request, error: Exception) -> Response:
    """Answers a request whose form is wrong, member by member."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = []
    for each in error.errors():
        where, *path = each["loc"]
        pointer = "/" + "/".join(map(str, path)) if where == "body" else "?" + ".".join(map(str, path))
        found.append({"pointer": pointer, "reason": each["type"].upper(), "detail": each["msg"]})
    if all(each["type"] == "value_error" for each in error.errors()):
        # Our own rules (years, order of days): the form is right, its meaning is refused.
        return _problem(request, 422, "BAD_VALUE", _("Une valeur ne convient pas."), errors=found)
    return _problem(request, 400, "MALFORMED", _("Cette demande ne se lit pas."), errors=found)


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    reasons = {
        404: "NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
        400: "MALFORMED",
        413: "CONTENT_TOO_LARGE",
        415: "UNSUPPORTED_MEDIA_TYPE",
    }
    reason = reasons.get(error.status_code, "REFUSED")
    detail = _("Introuvable.") if error.status_code == 404 else _("Cette demande ne se lit pas.")
    return _problem(request, error.status_code, reason, detail, headers=dict(error.headers or {}))


async def on_unexpected(request: Request, error: Exception) -> Response:
    """Answers what nobody foresaw, a failure of a call among it."""
    if (found := to_service_error(error)) is not None:
        return on_service_error(request, found)
    log.error("unexpected", exc_info=error)
    return _problem(request, 500, "INTERNAL", _("Quelque chose s'est mal passé chez nous."))


def install(api: FastAPI) -> None:
    """Gives the API these answers."""
    api.add_exception_handler(RequestValidationError, _on_validation)
    api.add_exception_handler(HTTPException, _on_http)
    api.add_exception_handler(ServiceError, _on_service_error)
    api.add_exception_handler(Exception, on_unexpected)
    api.add_middleware(ApiHeaders)
