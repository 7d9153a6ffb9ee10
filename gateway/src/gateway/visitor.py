"""Who is asking: reads the session's cookie, checks forms, sets the actor; dependencies of the pages."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote, urlsplit

from chassis.actor import Actor, set_actor
from fastapi import Depends
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.accounts.audit import account
from gateway.accounts.store import Role, Session
from gateway.formats import heure
from gateway.forms import typed_in
from gateway.i18n import gettext as _
from gateway.pages import Frame
from gateway.settings import is_secure
from gateway.state import Gateway
from gateway.trail import Acting

_LIFETIME = timedelta(minutes=5)


class Number(Convertor[int]):
    """`{number:number}` in an address: what the services can count; anything longer is no page."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Returns the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Returns the number as an address has it."""
        return str(value)


register_url_convertor("number", Number())
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person acting for one owner or one label."""

    session: Session
    role: Role
    now: datetime

    @property
    def owner_id(self) -> str:
        """Id of the owner acted for."""
        return str(self.role.subject_id)

    @property
    def label_id(self) -> str:
        """Id of the label acted for."""
        return str(self.role.subject_id)


def gateway_of(request: Request) -> Gateway:
    """Returns what every page may need."""
    gateway: Gateway = request.app.state.gateway
    return gateway


def cookie_name(gateway: Gateway) -> str:
    """Returns the name of the session's cookie: bound to the host where the address is HTTPS."""
    return "__Host-session" if is_secure(gateway.shared) else "session"


def set_session_cookie(response: Response, gateway: Gateway, token: str, *, remember: bool) -> None:
    """Gives the browser its session: 90 days, or until it closes."""
    response.set_cookie(
        cookie_name(gateway),
        token,
        max_age=90 * 86_400 if remember else None,
        httponly=True,
        samesite="lax",
        secure=is_secure(gateway.shared),
        path="/",
    )


def check_origin(request: Request, *, private: bool = False) -> None:
    """Refuses a POST that another site made.

    `private`: a page without referrer, whose browser says `null`; only those that also say `Sec-Fetch-Site`
    can tell more, and the page carries its own secret.

    Raises:
        HTTPException: 403.

    """
    if request.method in SAFE_METHODS:
        return
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin and origin != "null":
        parts = urlsplit(origin)
        same = parts.netloc == request.headers.get("host", "")
        same = same and (parts.scheme == "https" or not is_secure(gateway_of(request).shared))
    elif fetched is not None:
        same = fetched in {"same-origin", "none"}
    else:
        same = private or origin is None
    if not same:
        raise HTTPException(403)


async def current_session(request: Request) -> Session | None:
    """Returns the session of a request, read once."""
    if hasattr(request.state, "session"):
        known: Session | None = request.state.session
        return known
    gateway = gateway_of(request)
    token = request.cookies.get(cookie_name(gateway), "")
    session = await gateway.accounts.session(token, now=gateway.clock()) if token else None
    request.state.session = session
    return session


async def signed_in(request: Request) -> Visitor:
    """Lets a signed-in person pass, with his role; others go to the login and come back after it.

    Raises:
        HTTPException: 303 to the login, 403 for a forged form.

    """
    check_origin(request)
    session = await current_session(request)
    if session is None or session.role is None:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"/connexion?suite={quote(back)}" if request.method in SAFE_METHODS else "/connexion"
        raise HTTPException(303, headers={"Location": target})
    form = await typed_in(request) if request.method not in SAFE_METHODS else FormData()
    if request.method not in SAFE_METHODS:
        token = form.get("_token")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.form_token.encode()):
            raise HTTPException(403)
    request.state.acting = Acting.with_form(account(session.account_id), session.role.grant, form)
    gateway = gateway_of(request)
    now = gateway.clock()
    set_actor(Actor.make(str(session.account_id), {session.role.grant}, now=now, lifetime=_LIFETIME))
    request.state.frame = Frame(
        supplier_number=session.role.supplier_no,
        name=session.display_name,
        signed_in=True,
        csrf=session.form_token,
        flashes=session.flashes if request.method == "GET" else [],
        role=session.role.role,
    )
    if session.role.role in {"owner", "helper"}:
        request.state.frame.label_name = await gateway.label_name(str(session.role.subject_id))
    if session.flashes and request.method == "GET":
        await gateway.accounts.take_flashes(session.token)
    return Visitor(session, session.role, now)


async def _owner(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    if visitor.role.role not in {"owner", "helper"}:
        raise HTTPException(404)
    return visitor


async def _label(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    if visitor.role.role != "label":
        raise HTTPException(404)
    return visitor


async def _operator(request: Request, visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    if visitor.role.role != "operator":
        # The same page as of an address that never was.
        del request.state.frame
        raise HTTPException(404)
    return visitor


Owner = Annotated[Visitor, Depends(_owner)]
"""A parameter of an owner's page: its presence makes the page his."""
LabelMember = Annotated[Visitor, Depends(_label)]
"""A parameter of a label's page."""
Operator = Annotated[Visitor, Depends(_operator)]
"""A parameter of an operator's page."""


def act_publicly(request: Request) -> None:
    """Makes the calls of this request those of anybody."""
    set_actor(Actor.public(now=gateway_of(request).clock()))


async def redirect(request: Request, target: str, sentence: str = "", kind: str = "ok") -> RedirectResponse:
    """Answers a POST that went well: the next page shows the sentence."""
    session = await current_session(request)
    if sentence and session is not None:
        await gateway_of(request).accounts.add_flash(session.token, kind, sentence)
    return RedirectResponse(target, status_code=303)


async def saved(request: Request, target: str) -> RedirectResponse:
    """Answers a saved form: « Enregistré à 10 h 42. »."""
    sentence = _("Enregistré à %(hour)s.") % {"hour": heure(gateway_of(request).clock())}
    return await redirect(request, target, sentence)
