"""The one door: which site answers on which host, and what all sites share."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Host, Mount, Route
from starlette.staticfiles import StaticFiles

from gateway import dev, failures
from gateway.assets import STATIC
from gateway.dev.observer import Observer
from gateway.in_time import InTime
from gateway.settings import SITES, bare_host, is_secure
from gateway.state import Gateway
from gateway.trail import Trail
from gateway.web import (
    BodyLimit,
    CleanAddress,
    HeadAsGet,
    HostCheck,
    LanguageChoice,
    RequestLog,
    SecurityHeaders,
)


def new_site(gateway: Gateway) -> FastAPI:
    """Returns an empty site: static files and kind failures, no generated documentation."""
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    site.state.gateway = gateway
    site.add_route("/favicon.ico", _favicon)
    site.mount("/static", StaticFiles(directory=STATIC), name="static")
    failures.install(site)
    return site


async def _favicon(_request: object) -> RedirectResponse:
    return RedirectResponse("/static/icon.svg", status_code=301)


async def _live(_request: object) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


def create_app(
    gateway: Gateway,
    fill: Callable[[dict[str, FastAPI]], None] | None = None,
    *,
    observer: Observer | None = None,
) -> Starlette:
    """Builds the door.

    `fill` adds routes to the sites `app` (also the bare host), `book` (also every label's host), `files` and
    `widget`. `observer` is what the pages for developers show. A host that is none of ours is answered like
    the bare one in development only.
    """
    sites = {name: new_site(gateway) for name in SITES}
    if gateway.shared.env != "production":
        dev.install(sites["app"], observer or Observer({}))
    if fill:
        fill(sites)
    bare = bare_host(gateway.shared)
    routes: list[BaseRoute] = [Route("/healthz", _live)]
    routes += getattr(sites["app"].state, "doors", [])
    routes += [Host(f"{name}.{bare}", app=site, name=name) for name, site in sites.items()]
    routes += [
        Host("{label}." + bare, app=sites["book"], name="label"),
        Host(bare, app=sites["app"], name="bare"),
    ]
    if gateway.shared.env != "production":
        routes.append(Mount("/", app=sites["app"]))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield

    middleware = [
        Middleware(CleanAddress),
        Middleware(RequestLog),
        Middleware(HeadAsGet),
        Middleware(SecurityHeaders, shared=gateway.shared),
        Middleware(HostCheck),
        Middleware(LanguageChoice, secure=is_secure(gateway.shared)),
        Middleware(InTime, pages=gateway.pages, most_requests=gateway.settings.most_requests),
        Middleware(BodyLimit),
        Middleware(Trail, gateway=gateway),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)
