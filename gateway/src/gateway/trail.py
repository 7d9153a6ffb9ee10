"""The trail of what people and keys did: every write of pages and API that went well, before its answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.rpc_errors import to_service_error
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.accounts.audit import OK, Entry
from gateway.api.limits import ip_prefix
from gateway.failures import service_failure
from gateway.state import Gateway

EVENTS = {
    "/modalites": "terms.saved",
    "/devis/{proposal_id}/envoyer": "proposal.sent",
    "/devis/{proposal_id}/lien": "proposal.link_issued",
    "/devis/{proposal_id}/accepter": "proposal.accepted",
    "/devis/{proposal_id}/retirer": "proposal.withdrawn",
    "/coordonnees": "owner.saved",
    "/hebergements/nouveau": "listing.made",
    "/hebergements/{code}": "listing.saved",
    "/hebergements/{code}/production": "listing.state",
    "/label/import": "feed.imported",
    "/reservations/nouvelle": "booking.made",
    "/reservations/{number:number}/type": "booking.state",
    "/reservations/{number:number}/reglements": "payment.noted",
    "/reservations/{number:number}/reglements/{payment_id}/contrepasser": "payment.reversed",
    "/reservations/{number:number}/envoyer": "documents.sent",
    "/clients/{client_id}": "client.saved",
    "/reservations.csv": "bookings.exported",
    "/bookings/{reference}/cancellation": "booking.state",
    "/owner/availability": "nights.opened",
    "/owner/blocks": "block.made",
}
"""Names of what the routes do; any other write of a page is `page.saved`, of the API `api.written`."""
EXPORTS = frozenset({"/reservations.csv"})
KEPT_ELSEWHERE = frozenset({"/quotes", "/bookings"})
"""A quote commits nobody; a file made with a key stands in `api_bookings`, in the same table of answers."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ACTION = re.compile(r"[A-Z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who makes a request, for whom, and the action that his form names."""

    actor: str
    subject: str
    action: str = ""

    @classmethod
    def with_form(cls, actor: str, subject: str, form: Mapping[str, Any]) -> "Acting":
        """Somebody who posted a form; an action that is none of ours is not kept."""
        action = form.get("action")
        named = isinstance(action, str) and _ACTION.fullmatch(action)
        return cls(actor, subject, str(action) if named else "")


def household(request: Request) -> str:
    """Returns the prefix of the visitor's address, as limits count it."""
    return ip_prefix(request.client.host if request.client else "")


async def note(
    request: Request, event: str, *, actor: str, outcome: str = OK, subject: str = "", about: str = ""
) -> None:
    """Notes what the middleware cannot know: sign-ins, passwords, links of guests."""
    gateway: Gateway = request.app.state.gateway
    await gateway.accounts.audit.record(
        Entry(
            at=gateway.clock(),
            event=event,
            actor=actor,
            outcome=outcome,
            subject=subject,
            about=about,
            household=household(request),
            request_id=getattr(request.state, "request_id", ""),
        )
    )


class Trail:
    """Notes each write and export of whoever set `request.state.acting`, when it went well.

    The answer waits for the row: what cannot be noted is answered as a failure, though the service has done
    it; a repeat of the form is harmless and notes it.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self.app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        failed = False

        async def noted(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start" and message["status"] < 400:
                try:
                    await self._note(scope, message["status"])
                except Exception as error:
                    failed, found = True, to_service_error(error)
                    if found is None:
                        raise
                    # Here, as the site itself holds its answer for sent.
                    await service_failure(Request(scope), found, pages=self._gateway.pages)(
                        scope, receive, send
                    )
            if not failed:
                await send(message)

        await self.app(scope, receive, noted)

    async def _note(self, scope: Scope, status: int) -> None:
        acting = scope.get("state", {}).get("acting")
        route = getattr(scope.get("route"), "path", "")
        is_api = scope["path"].startswith("/api/")
        # A page that went well leads on to another; a form shown again has done nothing.
        wrote = scope["method"] not in _SAFE and (is_api or status >= 300) and route not in KEPT_ELSEWHERE
        if acting is None or not (wrote or route in EXPORTS):
            return
        await self._gateway.accounts.audit.record(
            Entry(
                at=self._gateway.clock(),
                event=EVENTS.get(route, "api.written" if is_api else "page.saved"),
                actor=acting.actor,
                subject=acting.subject,
                about=f"{scope['path']} {acting.action}".rstrip(),
                household=ip_prefix((scope.get("client") or ("", 0))[0]),
                request_id=scope["state"].get("request_id", ""),
            )
        )
