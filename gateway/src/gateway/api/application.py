"""Puts the API together: one application, mounted under `/api/v1`; `/api/docs` is its page for people."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from gateway.api import answers, bookings, docs, owner, quotes, reading, searching
from gateway.api.calendars import Calendars
from gateway.api.caller import Keys
from gateway.api.limits import Buckets
from gateway.api.made import MadeBookings
from gateway.api.results import Results
from gateway.api.short_way import MOUNTED, SearchDoor
from gateway.price_checks import PriceChecks
from gateway.selling import Selling
from gateway.settings import bare_host, site_url
from gateway.state import Gateway

DESCRIPTION = """Listings, exact prices, quotes, options and bookings of French holiday lets.

Dates are `YYYY-MM-DD`; nights are `[arrival, departure)`. Instants are RFC 3339 in UTC. Money is minor units
and a currency. `Accept-Language` or `?lang=` chooses the language of sentences. Failures are problem
documents (RFC 9457) whose `reason` is stable.

A POST that makes something needs an `Idempotency-Key` (UUID): a repeat answers the same resource with
`Idempotent-Replay: true`, another body under the same key is 422 `REQUEST_ID_REUSED`. Lists take `limit` and
`cursor`; reads have an `ETag`."""


def create_api(gateway: Gateway) -> FastAPI:
    """Builds the API as an application of its own, to be mounted."""
    api = FastAPI(
        title="Séjour",
        version="1.0.0",
        summary="Public API of the booking platform",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    api.state.gateway = gateway
    api.state.selling = Selling(gateway.services, gateway.clock)
    api.state.keys = Keys(gateway)
    api.state.buckets = Buckets()
    api.state.results = Results(gateway)
    api.state.calendars = Calendars(gateway.services)
    api.state.price_checks = PriceChecks(
        gateway.services, gateway.clock, every=gateway.settings.search_check_every
    )
    api.state.made = MadeBookings(gateway.accounts.database)
    answers.install(api)
    for each in (reading, quotes, bookings, owner):
        api.include_router(each.router)
    parameters = searching.model_of(reading.search, without=("request", "caller"))
    api.state.searches = searching.SearchRoute(parameters)
    api.router.routes.insert(0, api.state.searches)
    document = docs.document(api, f"{site_url(gateway.shared)}/api/v1")

    async def openapi(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    api.add_route("/openapi.json", openapi, include_in_schema=False)
    api.state.document = document
    return api


def install(sites: dict[str, FastAPI], gateway: Gateway) -> None:
    """Mounts the API on the dashboard's and the bare host, and on the widget's; the docs on the former.

    `doors` of the dashboard's site are the routes that the door tries before it looks for a site.
    """
    api = create_api(gateway)
    docs.install(sites["app"], api.state.document)
    for name in ("app", "widget"):
        # First: a request of the API should not be compared with every page.
        sites[name].router.routes.insert(0, Mount(MOUNTED, app=api))
    bare = bare_host(gateway.shared)
    hosts = frozenset(each.encode() for each in (bare, f"app.{bare}", f"widget.{bare}"))
    sites["app"].state.doors = [SearchDoor(api, api.state.searches, hosts)]
