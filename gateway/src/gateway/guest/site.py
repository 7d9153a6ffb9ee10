"""What all the guest's pages need: the seller's side, the label's host, the frame, failures in words."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from chassis.actor import Actor, set_actor
from chassis.clock import today
from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.errors import RateLimited
from gateway.api.limits import PLACING_RATE, VISIT_RATE, Buckets, Rate, ip_prefix
from gateway.pages import Frame
from gateway.selling import Selling
from gateway.settings import site_url
from gateway.state import Gateway

PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
"""Headers of pages that are one person's."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A visitor of the hosted pages, on the platform's host or a label's."""

    gateway: Gateway
    selling: Selling
    today: date
    label_id: str = ""
    label_name: str = ""

    @property
    def files(self) -> str:
        """Origin of photos and documents."""
        return site_url(self.gateway.shared, "files")


async def _guest(request: Request) -> Guest:
    if request.method != "POST":
        _count(request, "visit", VISIT_RATE)
    gateway: Gateway = request.app.state.gateway
    selling: Selling = request.app.state.selling
    set_actor(Actor.public(now=gateway.clock()))
    label_id = label_name = ""
    if slug := request.path_params.get("label", ""):
        label = await selling.label(slug)
        if label is None:
            raise HTTPException(404)
        label_id, label_name = label.id, label.name
    request.state.frame = Frame(label_name=label_name)
    return Guest(gateway, selling, today(gateway.clock()), label_id, label_name)


Visiting = Annotated[Guest, Depends(_guest)]
"""A parameter of a guest's page."""


def page(
    request: Request, template: str, /, *, status: int = 200, private: bool = False, **context: Any
) -> Response:
    """Answers a page of `templates/guest`."""
    gateway: Gateway = request.app.state.gateway
    headers = PRIVATE if private else {}
    context.setdefault("files", site_url(gateway.shared, "files"))
    answer: Response = gateway.pages.render(
        request, f"guest/{template}.html", status=status, headers=headers, **context
    )
    return answer


def limit(request: Request) -> None:
    """Counts a form that holds nights or stores a price.

    Raises:
        RateLimited: too many from one household.

    """
    _count(request, "guest", PLACING_RATE)


def _count(request: Request, what: str, rate: Rate) -> None:
    buckets: Buckets = request.app.state.buckets
    host = request.client.host if request.client else ""
    verdict = buckets.take(f"{what} {ip_prefix(host)}", rate)
    if not verdict.allowed:
        raise RateLimited(retry_after=verdict.retry_after)
