"""`/dev/mesures`: what must hold, and the metrics of the last minutes of every process."""

import math
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.dev.board_view import cards, groups, traffic
from gateway.dev.observer import SECONDS, Observer
from gateway.dev.promises import promises
from gateway.dev.samples import TICKS
from gateway.dev.spark import spark
from gateway.i18n import gettext as _
from gateway.visitor import gateway_of

router = APIRouter()
_MOST_ROUTES = 40


def observer_of(request: Request) -> Observer:
    """Returns what watches the processes; it knows none where nobody named them."""
    found: Observer = request.app.state.observer
    return found


def lasting(seconds: float) -> str:
    """Returns « 12 s », « 3 min »."""
    return f"{max(0, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def ago(seconds: float) -> str:
    """Returns « il y a 12 s »."""
    return _("il y a %(time)s") % {"time": lasting(seconds)}


def duration(ms: float) -> str:
    """Returns milliseconds as developers read them: « 0,4 ms », « 87 ms », « 2,31 s »."""
    if math.isnan(ms):
        return "—"
    if ms >= 1000:
        return f"{ms / 1000:.2f} s".replace(".", ",")
    return (f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms").replace(".", ",")


def number(value: float) -> str:
    """Returns a reading without useless decimals, « — » when there is none."""
    if math.isnan(value):
        return "—"
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.3g}".replace(".", ",")


@router.get("/dev")
async def index() -> Response:
    """Sends to the board."""
    return RedirectResponse("/dev/mesures", status_code=303)


@router.get("/dev/mesures")
async def board(request: Request) -> Response:
    """Shows the board."""
    observer = observer_of(request)
    found = traffic(observer.processes)
    context: dict[str, Any] = {
        "page": "mesures",
        "known": bool(observer.processes),
        "cards": cards(observer.processes),
        "promises": promises(observer.processes),
        "traffic": found[:_MOST_ROUTES],
        "more_routes": max(0, len(found) - _MOST_ROUTES),
        "processes": [(process, groups(process)) for process in observer.processes],
        "minutes": round(TICKS * SECONDS / 60),
        "width": TICKS,
        "now": observer.now(),
        "spark": spark,
        "lasting": lasting,
        "duration": duration,
        "number": number,
    }
    return gateway_of(request).pages.render(request, "dev/board.html", **context)
