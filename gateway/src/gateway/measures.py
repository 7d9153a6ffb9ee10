"""Metrics of the door: how many requests, how fast, by route; used by `gateway.web`."""

from chassis.tracing import Span
from prometheus_client import Counter, Gauge, Histogram
from starlette.types import Scope

# Buckets: 5 ms is a cached read, 50 ms a page, 0.25 s is felt, 2.5 s is beyond a call's deadline.
HTTP_SECONDS = Histogram(
    "sejour_http_seconds",
    "Time to answer a request, by route. When it rises, open a slow trace of the route: it names the service"
    " or the statement that takes the time.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0),
)
HTTP_REQUESTS = Counter(
    "sejour_http_requests_total",
    "Requests answered, by route and status. 500 is a bug: look for its trace_id in the log. Many 503: a"
    " service is away, look at its readiness. Many 429: somebody tries too often, look for his account.",
    ["method", "route", "status"],
)
HTTP_IN_FLIGHT = Gauge(
    "sejour_http_in_flight",
    "Requests being answered. When it stays high, requests come faster than they are answered: look at"
    " sejour_http_seconds, then add a copy of the gateway.",
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_of(scope: Scope) -> str:
    """Returns the method, one of a closed set."""
    return scope["method"] if scope["method"] in _METHODS else "OTHER"


def route_of(scope: Scope) -> str:
    """Returns the pattern of the route that answered (`/hebergements/{code}`): never the address itself.

    What matched nothing, and what is no page (a redirect, a file), is « (none) ».
    """
    path = getattr(scope.get("route"), "path", "")
    return f"{scope.get('root_path', '')}{path}" if path else "(none)"


def count(scope: Scope, status: int, seconds: float, span: Span) -> str:
    """Counts an answered request, names its span, and returns its route."""
    route, method = route_of(scope), method_of(scope)
    HTTP_SECONDS.labels(method, route).observe(seconds)
    HTTP_REQUESTS.labels(method, route, str(status)).inc()
    if span:
        span.rename(f"{method} {route}")
        span.set(http__request__method=method, http__route=route, http__response__status_code=status)
        if status >= 500:
            span.fail()
    return route
