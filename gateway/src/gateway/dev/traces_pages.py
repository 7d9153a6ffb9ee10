"""`/dev/traces`: the traces of the last minutes, and the waterfall of one across the processes."""

import re
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.dev.board import ago, duration, observer_of
from gateway.dev.spark import bar
from gateway.dev.waterfall import MOST_ROWS, chosen, lines, rows
from gateway.failures import failure_page, wants_json
from gateway.i18n import N_
from gateway.visitor import gateway_of

router = APIRouter()
_MOST_LINES = 100
_TRACE = re.compile(r"[0-9a-f]{6,32}")
FILTERS = (
    ("requests", N_("Demandes")),
    ("slow", N_("Lentes")),
    ("errors", N_("En erreur")),
    ("jobs", N_("Travaux de fond")),
    ("all", N_("Toutes")),
)


@router.get("/dev/traces")
async def list_traces(request: Request, filtre: str = "requests", q: str = "") -> Response:
    """Shows the traces, the newest first."""
    observer = observer_of(request)
    parts, silent = await observer.traces()
    known = lines(parts)
    found = chosen(known, filtre, q)
    context: dict[str, Any] = {
        "page": "traces",
        "filters": [(key, words, len(chosen(known, key, q))) for key, words in FILTERS],
        "which": filtre,
        "q": q,
        "lines": found[:_MOST_LINES],
        "longest": max((line.ms for line in found[:_MOST_LINES]), default=1.0) or 1.0,
        "more": max(0, len(found) - _MOST_LINES),
        "silent": silent,
        "known": bool(observer.processes),
        "now": observer.now(),
        "ago": ago,
        "duration": duration,
        "bar": bar,
    }
    return gateway_of(request).pages.render(request, "dev/traces.html", **context)


@router.get("/dev/traces/{trace}")
async def show_trace(request: Request, trace: str) -> Response:
    """Shows one trace, also by the first digits of its id; spans as JSON for programs."""
    if not _TRACE.fullmatch(trace):
        return failure_page(request, 404)
    observer = observer_of(request)
    if len(trace) < 32:
        parts, _silent = await observer.traces()
        full = next((line.trace for line in lines(parts) if line.trace.startswith(trace)), "")
        return RedirectResponse(f"/dev/traces/{full}", 303) if full else failure_page(request, 404)
    spans, silent = await observer.traces(trace)
    if wants_json(request):
        return JSONResponse({"spans": spans, "silent": silent})
    found = rows(spans)
    context: dict[str, Any] = {
        "page": "traces",
        "trace": trace,
        "rows": found[:MOST_ROWS],
        "more": max(0, len(found) - MOST_ROWS),
        "total_ms": max((row.at_ms + row.ms for row in found), default=0.0),
        "services": sorted({span["service"] for span in spans}),
        "errors": sum(1 for span in spans if span["error"]),
        "began": min((span["start"] for span in spans), default=0) / 1e9,
        "silent": silent,
        "now": observer.now(),
        "ago": ago,
        "duration": duration,
        "bar": bar,
    }
    return gateway_of(request).pages.render(request, "dev/trace.html", **context)
