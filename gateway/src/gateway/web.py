"""The plumbing around every request: headers, request ids, one log line; pure ASGI, used by `gateway.app`."""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from chassis.actor import account_of_call
from chassis.logging import get_logger, start_context
from chassis.settings import SharedSettings
from chassis.tracing import arrive, span, trace_id
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.failures import SENTENCES, problem
from gateway.i18n import LOCALES, choose_locale, set_locale
from gateway.i18n import gettext as _
from gateway.measures import HTTP_IN_FLIGHT, count, method_of
from gateway.settings import site_url

log = get_logger()
MEGABYTE = 1024 * 1024
_HOST = re.compile(rb"([0-9A-Za-z._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_QUIET = ("/static/", "/healthz", "/dev/")
FOREVER = "public, max-age=31536000, immutable"


def content_security_policy(shared: SharedSettings) -> str:
    """Returns the policy of every page: nothing inline, nothing from elsewhere but the files' own origin."""
    files = site_url(shared, "files")
    return (
        "default-src 'self'; style-src 'self'; script-src 'self'; "
        f"img-src 'self' data: {files}; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Adds the security headers that a response does not set itself."""

    def __init__(self, app: ASGIApp, shared: SharedSettings) -> None:
        self.app = app
        self.defaults = {
            "Content-Security-Policy": content_security_policy(shared),
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if shared.base_url.startswith("https://"):
            self.defaults["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.defaults.items():
                    headers.setdefault(name, value)
                if 300 <= message["status"] < 400 and "location" in headers:
                    headers["Location"] = _within(headers["location"], Headers(scope=scope).get("host", ""))
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
                elif b"v=" in scope["query_string"] and message["status"] == 200:
                    headers["Cache-Control"] = FOREVER
            await send(message)

        await self.app(scope, receive, with_headers)


def _within(location: str, host: str) -> str:
    """Returns a redirect to the host that was asked without its name: no header chooses where it leads."""
    parts = urlsplit(location)
    if not parts.netloc or parts.netloc != host:
        return location
    return "/" + urlunsplit(("", "", parts.path.lstrip("/"), parts.query, parts.fragment))


class HostCheck:
    """Refuses a Host that is no name and port: nothing of it may end up in an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "http":
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
                await PlainTextResponse("Bad host\n", status_code=400)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class CleanAddress:
    """Takes the character NUL out of addresses: nobody types it and no database takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "http":
            scope["path"] = scope["path"].replace("\x00", "")
            while b"%00" in scope["query_string"]:
                scope["query_string"] = scope["query_string"].replace(b"%00", b"")
        await self.app(scope, receive, send)


class HeadAsGet:
    """Answers HEAD on pages with the head of what GET would answer; the API names its methods itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


class RequestLog:
    """Continues the caller's trace, measures the request, writes one line for it: the route, not the address.

    An address may hold a secret link, so neither line nor span nor metric has it.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        incoming = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        quiet = scope["path"].startswith(_QUIET)
        request_id = trace_id(arrive(incoming, worth_keeping=not quiet))
        start_context()
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        if quiet:
            await self.app(scope, receive, with_id)
            return
        with span(scope["method"], "server") as serving, HTTP_IN_FLIGHT.track_inprogress():
            started = self.clock()
            try:
                await self.app(scope, receive, with_id)
            finally:
                took = self.clock() - started
                route = count(scope, status, took, serving)
                log.info(
                    "request",
                    method=method_of(scope),
                    route=route,
                    status=status,
                    ms=round(took * 1000, 1),
                    account=account_of_call(),
                )


class BodyLimit:
    """Refuses bodies beyond what a page takes: 413, counted as they come, whatever their head says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        most = most_bytes(scope["path"])
        stated = Headers(scope=scope).get("content-length", "0")
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        if not stated.isdecimal() or int(stated) > most:
            await _too_large(scope["path"])(scope, receive, send)
            return
        await self.app(scope, counted, send)


def _too_large(path: str) -> Response:
    if path.startswith("/api/"):
        return problem(413, "CONTENT_TOO_LARGE")
    return PlainTextResponse(" ".join(map(_, SENTENCES[413])), status_code=413)


def most_bytes(path: str) -> int:
    """Returns how many bytes an address takes: files where files are sent, a form's worth elsewhere."""
    if path == "/label/import":
        return 66 * MEGABYTE
    if path.startswith("/hebergements/") and path.endswith("/photos"):
        return 200 * MEGABYTE
    return 2 * MEGABYTE


class LanguageChoice:
    """Sets the language of a request; `?lang=en` on any page becomes a cookie of a year."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure
        self._cookie = "__Host-lang" if secure else "lang"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "http" and scope["method"] == "GET" and b"lang=" in scope["query_string"]:
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            chosen = next((value for name, value in query if name == "lang"), "")
            if chosen in LOCALES and not scope["path"].startswith(("/api/", "/static/")):
                rest = urlencode([(name, value) for name, value in query if name != "lang"])
                address = "/" + quote(scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
                answer = RedirectResponse(address, status_code=303)
                answer.set_cookie(
                    self._cookie,
                    chosen,
                    max_age=31_536_000,
                    httponly=True,
                    samesite="lax",
                    secure=self.secure,
                )
                await answer(scope, receive, send)
                return
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            chosen_before = _cookie(headers, self._cookie)
            scope.setdefault("state", {})["lang"] = chosen_before
            set_locale(choose_locale(chosen_before, headers.get("accept-language")))
        await self.app(scope, receive, send)


def _cookie(headers: Headers, name: str) -> str | None:
    found = cookie_parser(headers.get("cookie", "")).get(name)
    return str(found) if found else None
