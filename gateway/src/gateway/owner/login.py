"""Signing in and out; « Mes codes d'accès »."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.accounts.store import LoginDelayed, PasswordTooWeak, Session
from gateway.api.errors import RateLimited
from gateway.api.limits import LOGIN_RATE, Buckets, ip_prefix
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.problems import sentence
from gateway.visitor import (
    Visitor,
    check_origin,
    cookie_name,
    current_session,
    gateway_of,
    redirect,
    set_session_cookie,
    signed_in,
)

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(signed_in)]


def _safe_target(text: str) -> str:
    """Returns an address of this site to go back to, or nothing: never another site's."""
    good = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and "\n" not in text and "\r" not in text
    )
    return text if good else ""


def home_of(session: Session) -> str:
    """Returns the first page of a role."""
    return "/label" if session.role and session.role.role == "label" else "/planning"


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


@router.post("/connexion")
async def log_in(request: Request) -> Response:
    """Signs in: one sentence for a wrong login and a wrong password."""
    check_origin(request)
    logins: Buckets = request.app.state.logins
    verdict = logins.take(ip_prefix(request.client.host if request.client else ""), LOGIN_RATE)
    if not verdict.allowed:
        raise RateLimited(retry_after=verdict.retry_after)
    gateway, form = gateway_of(request), await Form.read(request)
    now = gateway.clock()
    login = form.value("identifiant").strip()
    try:
        account_id = await gateway.accounts.sign_in(login, form.value("mot_de_passe"), now=now)
    except LoginDelayed as error:
        return _login_page(request, form, sentence(error), 429)
    if account_id is None:
        wrong = _("L'identifiant ou le mot de passe ne convient pas. Vérifiez les deux et recommencez.")
        return _login_page(request, form, wrong, 422)
    remember = form.ticked("rester")
    number = int(login) if login.isdecimal() else None
    old = await current_session(request)
    if old is not None:
        await gateway.accounts.close_session(old.token)
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
    answer = RedirectResponse("/connexion", status_code=303)
    answer.delete_cookie(cookie_name(gateway), path="/")
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
    gateway, form = gateway_of(request), await Form.read(request)
    account_id = visitor.session.account_id
    if not await gateway.accounts.password_is(account_id, form.value("actuel")):
        form.fail("actuel", _("Ce n'est pas votre mot de passe actuel."))
    if form.ok:
        try:
            await gateway.accounts.change_password(
                account_id, form.value("nouveau"), keep=visitor.session.token, now=visitor.now
            )
        except PasswordTooWeak as error:
            form.fail("nouveau", sentence(error))
    if not form.ok:
        return await _access_page(request, visitor, form, 422)
    done = _("Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
    return await redirect(request, "/codes", done)
