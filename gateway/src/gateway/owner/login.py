"""Signing in and out; « Mes codes d'accès »."""

import hashlib
import hmac
import re
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.accounts.audit import REFUSED, account
from gateway.accounts.store import LoginDelayed, PasswordTooWeak, Session
from gateway.api.errors import RateLimited
from gateway.api.limits import LOGIN_RATE, Buckets
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.problems import sentence
from gateway.settings import is_secure
from gateway.trail import household, note
from gateway.visitor import (
    Visitor,
    check_origin,
    cookie_name,
    current_session,
    gateway_of,
    set_session_cookie,
    signed_in,
)

router = APIRouter()
_HOMES = {"label": "/label", "operator": "/exploitant/taxe"}
SignedIn = Annotated[Visitor, Depends(signed_in)]


def _safe_target(text: str) -> str:
    """Returns an address of this site to go back to, or nothing: never another site's."""
    # Browsers read a backslash as a slash and leave out tabs and line breaks.
    good = re.match(r"/(?!/)", text) and not re.search(r"[\\\x00-\x20\x7f]", text)
    return text if good else ""


def home_of(session: Session) -> str:
    """Returns the first page of a role."""
    return _HOMES.get(session.role.role, "/planning") if session.role else "/planning"


@router.get("/")
async def front(request: Request) -> Response:
    """Sends a visitor to his planning, or to the login."""
    session = await current_session(request)
    return RedirectResponse(home_of(session) if session else "/connexion", status_code=303)


@router.get("/connexion")
async def show_login(request: Request) -> Response:
    """Shows the login."""
    session = await current_session(request)
    if session is not None and session.role is not None:
        return RedirectResponse(home_of(session), status_code=303)
    form = await Form.read(request)
    return _login_page(request, form)


def _login_page(request: Request, form: Form, failure: str = "", status: int = 200) -> Response:
    return gateway_of(request).pages.render(
        request, "owner/login.html", status=status, form=form, failure=failure
    )


def _limit(request: Request) -> None:
    """Counts a try of a household, whoever's password it is.

    Raises:
        RateLimited: too many.

    """
    logins: Buckets = request.app.state.logins
    verdict = logins.take(household(request), LOGIN_RATE)
    if not verdict.allowed:
        raise RateLimited(retry_after=verdict.retry_after)


async def _note_try(request: Request, login: str, why: str) -> None:
    """Notes a failed login under a name that tells equal tries from others, and nobody's address."""
    key = gateway_of(request).shared.keys[0]
    name = hmac.digest(key, b"login " + login.lower().encode("utf-8", "replace"), hashlib.sha256).hex()[:16]
    await note(request, "session.refused", actor="nobody", outcome=REFUSED, about=f"{why}, login {name}")


@router.post("/connexion")
async def log_in(request: Request) -> Response:
    """Signs in: one sentence for a wrong login and a wrong password."""
    check_origin(request)
    _limit(request)
    gateway, form = gateway_of(request), await Form.read(request)
    now = gateway.clock()
    login = form.value("identifiant").strip()
    password = form.value("mot_de_passe")
    try:
        account_id = await gateway.accounts.sign_in(login, password, household=household(request), now=now)
    except LoginDelayed as error:
        await _note_try(request, login, "delayed")
        return _login_page(request, form, sentence(error), 429)
    if account_id is None:
        await _note_try(request, login, "wrong password")
        wrong = _("L'identifiant ou le mot de passe ne convient pas. Vérifiez les deux et recommencez.")
        return _login_page(request, form, wrong, 422)
    remember = form.ticked("rester")
    number = int(login) if login.isdecimal() else None
    old = await current_session(request)
    if old is not None:
        await gateway.accounts.close_session(old.token)
    await note(request, "session.opened", actor=account(account_id))
    token = await gateway.accounts.open_session(
        account_id,
        remember=remember,
        device=request.headers.get("user-agent", ""),
        supplier_no=number,
        now=now,
    )
    session = await gateway.accounts.session(token, now=now)
    target = _safe_target(form.value("suite")) or (home_of(session) if session else "/")
    answer = RedirectResponse(target, status_code=303)
    set_session_cookie(answer, gateway, token, remember=remember)
    return answer


@router.post("/deconnexion")
async def log_out(request: Request) -> Response:
    """Signs this device out."""
    check_origin(request)
    gateway = gateway_of(request)
    session = await current_session(request)
    if session is not None:
        await gateway.accounts.close_session(session.token)
        await note(request, "session.closed", actor=account(session.account_id))
    answer = RedirectResponse("/connexion", status_code=303)
    answer.delete_cookie(
        cookie_name(gateway), path="/", secure=is_secure(gateway.shared), httponly=True, samesite="lax"
    )
    return answer


def device_name(agent: str) -> str:
    """Returns « Firefox sur Windows » for a browser's header, as well as it can be told."""
    browsers = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"}
    systems |= {"Mac OS": "Mac", "Linux": "Linux"}
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    system = next((name for mark, name in systems.items() if mark in agent), "")
    if browser and system:
        return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Appareil inconnu")


@router.get("/codes")
async def show_access(request: Request, visitor: SignedIn) -> Response:
    """Shows « Mes codes d'accès »."""
    return await _access_page(request, visitor, Form())


async def _access_page(request: Request, visitor: Visitor, form: Form, status: int = 200) -> Response:
    gateway = gateway_of(request)
    devices = await gateway.accounts.devices(visitor.session.account_id, now=visitor.now)
    return gateway.pages.render(
        request,
        "owner/access.html",
        status=status,
        form=form,
        devices=devices,
        visitor=visitor,
        page="access",
        device_name=device_name,
    )


@router.post("/codes")
async def change_password(request: Request, visitor: SignedIn) -> Response:
    """Changes the password and signs the other devices out."""
    _limit(request)
    gateway, form = gateway_of(request), await Form.read(request)
    request.state.acting = None  # Noted below, by its own name.
    token, status = await _new_password(request, visitor, form)
    who = {"actor": account(visitor.session.account_id), "subject": visitor.role.grant}
    if not form.ok:
        await note(request, "password.changed", outcome=REFUSED, **who)
        return await _access_page(request, visitor, form, status)
    await note(request, "password.changed", **who)
    done = _("Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
    await gateway.accounts.add_flash(token, "ok", done)
    answer = RedirectResponse("/codes", status_code=303)
    set_session_cookie(answer, gateway, token, remember=visitor.session.remember)
    return answer


async def _new_password(request: Request, visitor: Visitor, form: Form) -> tuple[str, int]:
    """Changes the password with the present one: the session's new token, or a sentence and a status."""
    accounts, session = gateway_of(request).accounts, visitor.session
    try:
        present = form.value("actuel")
        house = household(request)
        if not await accounts.password_is(session.account_id, present, household=house, now=visitor.now):
            form.fail("actuel", _("Ce n'est pas votre mot de passe actuel."))
            return "", 422
        token = await accounts.change_password(
            session.account_id, form.value("nouveau"), keep=session.token, now=visitor.now
        )
    except LoginDelayed as error:
        form.fail("actuel", sentence(error))
        return "", 429
    except PasswordTooWeak as error:
        form.fail("nouveau", sentence(error))
        return "", 422
    return token, 303
