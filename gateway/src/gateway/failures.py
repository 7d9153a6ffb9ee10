"""What a visitor gets when something fails: a kind page, or a problem document (RFC 9457) for programs."""

import math
from http import HTTPStatus
from typing import Any

import orjson
from chassis.errors import ErrorKind, ServiceError
from chassis.logging import get_logger
from chassis.rpc_errors import to_service_error
from chassis.tracing import known_trace_id
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.again import PASSING, Again, again_of
from gateway.i18n import N_
from gateway.pages import Pages
from gateway.problems import sentence

log = get_logger()

SENTENCES: dict[int, tuple[str, str]] = {
    400: (N_("Cette demande ne se lit pas"), N_("Revenez à la page précédente et recommencez.")),
    401: (
        N_("Vous n'êtes plus connecté"),
        N_("Connectez-vous à nouveau : ce que vous aviez tapé sera gardé."),
    ),
    403: (
        N_("Cette page ne vous est pas ouverte"),
        N_("Si vous pensez que c'est une erreur, écrivez à votre label."),
    ),
    404: (
        N_("Page introuvable"),
        N_("Cette page n'existe pas, ou plus. Vérifiez l'adresse, ou revenez à l'accueil."),
    ),
    405: (N_("Cette demande ne convient pas ici"), N_("Revenez à la page précédente et recommencez.")),
    409: (
        N_("Quelqu'un est passé avant vous"),
        N_("Rien n'a été enregistré. Actualisez la page précédente pour voir ce qui a changé."),
    ),
    413: (N_("C'est trop volumineux"), N_("Choisissez un fichier plus petit et recommencez.")),
    422: (
        N_("Cela n'est pas possible"),
        N_("Rien n'a été enregistré. Corrigez sur la page précédente."),
    ),
    429: (N_("Trop de demandes à la fois"), N_("Attendez une minute, puis recommencez.")),
    500: (
        N_("Quelque chose s'est mal passé chez nous"),
        N_("Recommencez dans un instant : rien ne sera fait deux fois."),
    ),
    503: (
        N_("Nous revenons dans un instant"),
        N_("Une partie du service ne répond pas. Réessayez dans une minute : rien ne sera fait deux fois."),
    ),
}

BUSY = (
    N_("Quelqu'un est passé au même instant"),
    N_("Rien n'a été enregistré. Recommencez dans une seconde."),
)
OVERLOADED = (
    N_("Beaucoup de monde à la fois"),
    N_("Nous n'avons pas pu prendre votre demande. Recommencez dans quelques secondes."),
)


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: the API, or a client that asks for JSON and not for HTML."""
    accept = request.headers.get("accept", "")
    return request.scope["path"].startswith("/api/") or ("json" in accept and "html" not in accept)


def problem(
    status: int, reason: str, *, detail: str = "", headers: dict[str, str] | None = None, **extra: object
) -> Response:
    """Returns a problem document; `reason` is the stable word that programs compare."""
    body = {
        "type": f"about:blank#{reason}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "reason": reason,
    }
    if detail:
        body["detail"] = detail
    if trace := known_trace_id():
        body["trace"] = trace
    content = orjson.dumps(body | extra)
    return Response(content, status, headers=headers, media_type="application/problem+json")


def failure_page(
    request: Request,
    status: int,
    *,
    headers: dict[str, str] | None = None,
    pages: Pages | None = None,
    words: tuple[str, str] | None = None,
    again: Again | None = None,
) -> Response:
    """Returns the kind page of a status; `again` offers to send the request once more."""
    title, advice = words or SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
    pages = pages or request.app.state.gateway.pages
    context = {"code": status, "error_title": title, "advice": advice, "again": again}
    context["request_id"] = getattr(request.state, "request_id", "")
    answer: Response = pages.render(request, "errors/failure.html", status=status, headers=headers, **context)
    return answer


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answers what routing and pages raise on purpose."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if 300 <= error.status_code < 400:
        return Response(status_code=error.status_code, headers=headers)
    if wants_json(request):
        reason = HTTPStatus(error.status_code).name
        return problem(error.status_code, reason, headers=headers)
    return failure_page(request, error.status_code, headers=headers)


async def on_service_error(request: Request, error: Exception) -> Response:
    """Answers a typed failure that no page has turned into a sentence of its own."""
    if not isinstance(error, ServiceError):
        raise error
    again = await again_of(request) if error.kind in PASSING and not wants_json(request) else None
    return service_failure(request, error, again=again)


def service_failure(
    request: Request, error: ServiceError, *, pages: Pages | None = None, again: Again | None = None
) -> Response:
    """Returns the answer to a typed failure: a page for people, a problem for programs."""
    headers = {}
    if error.kind in PASSING - {ErrorKind.INTERNAL}:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 1)))
    if error.kind in {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL}:
        log.warning("call_failed", reason=error.reason, kind=error.kind.value)
    if wants_json(request):
        fields = [{"field": each.field, "reason": each.reason} for each in error.fields]
        extra: dict[str, Any] = {"metadata": dict(error.metadata)} | ({"errors": fields} if fields else {})
        detail = sentence(error)
        return problem(error.kind.http_status, error.reason, detail=detail, headers=headers, **extra)
    status = error.kind.http_status
    words = OVERLOADED if error.reason == "OVERLOADED" else BUSY if error.kind is ErrorKind.BUSY else None
    return failure_page(request, status, headers=headers, pages=pages, words=words, again=again)


async def on_unreadable(request: Request, error: Exception) -> Response:
    """Answers an address whose parts are not what they should be: there is no such page."""
    if not isinstance(error, RequestValidationError):
        raise error
    in_path = all(each["loc"][0] == "path" for each in error.errors())
    return await on_http_exception(request, HTTPException(404 if in_path else 400))


async def on_unexpected(request: Request, error: Exception) -> Response:
    """Answers a fault of ours: logged with its traceback, told with its number only."""
    if (found := to_service_error(error)) is not None:
        return await on_service_error(request, found)
    log.error("unexpected", exc_info=error)
    if wants_json(request):
        return problem(500, "INTERNAL", request_id=getattr(request.state, "request_id", ""))
    return failure_page(request, 500, again=await again_of(request))


def install(app: FastAPI) -> None:
    """Gives a site these answers."""
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, on_unreadable)
    app.add_exception_handler(ServiceError, on_service_error)
    # Named, as for `Exception` alone the web server would log a typed failure as a fault.
    for each in (SQLAlchemyError, OSError, Exception):
        app.add_exception_handler(each, on_unexpected)
