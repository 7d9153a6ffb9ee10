"""Answers every request in time: what is too much at once is refused, what lasts too long is ended."""

import asyncio

from chassis.deadline import set_deadline, time_left
from chassis.errors import DeadlineExceeded, Overloaded, ServiceError
from prometheus_client import Counter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.clients import DOCUMENT_SECONDS
from gateway.failures import service_failure
from gateway.pages import Pages
from gateway.web import MEGABYTE, most_bytes

REQUEST_SECONDS = 15.0
"""Beyond the few calls of two seconds that a page makes one after the other."""
UPLOAD_SECONDS = 300.0
"""A phone in the country sends the photos of a house in a few minutes."""

REFUSED = Counter(
    "sejour_requests_refused_total",
    "Requests refused because the gateway had its fill (full) or ended because they lasted too long (late)."
    " full: start more gateways. late: look for the slow service among the traces.",
    ["why"],
)


class InTime:
    """Lets so many requests in at once, and gives each a deadline that its calls inherit."""

    def __init__(self, app: ASGIApp, pages: Pages, most_requests: int) -> None:
        self.app = app
        self._pages = pages
        self._room = most_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._room <= 0:
            REFUSED.labels("full").inc()
            await self._say(Overloaded(part="requests"), scope, receive, send)
            return
        self._room -= 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._room += 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        seconds, before = seconds_for(scope["path"]), time_left()
        set_deadline(seconds)
        try:
            async with asyncio.timeout(seconds):
                await self.app(scope, receive, noted)
        except TimeoutError:
            if begun:
                raise
            REFUSED.labels("late").inc()
            await self._say(DeadlineExceeded(part="gateway"), scope, receive, send)
        finally:
            set_deadline(before)

    async def _say(self, error: ServiceError, scope: Scope, receive: Receive, send: Send) -> None:
        answer = service_failure(Request(scope), error, pages=self._pages)
        await answer(scope, receive, send)


def seconds_for(path: str) -> float:
    """Returns how long an address may take: longer where documents are made or files are sent."""
    if most_bytes(path) > 2 * MEGABYTE:
        return UPLOAD_SECONDS
    if path.endswith((".pdf", "/envoyer")) or "/documents" in path:
        return DOCUMENT_SECONDS + REQUEST_SECONDS
    return REQUEST_SECONDS
