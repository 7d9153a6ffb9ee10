"""Starts tracing as the settings say, and keeps the last spans of a process in development.

`lifecycle.Application` calls `start_tracing` once. Nothing of OpenTelemetry is loaded where tracing is off.
"""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Any

from chassis.settings import SharedSettings
from chassis.tracing import STATE, Sampler

_KEPT_SPANS = 4000


class RecentSpans:
    """The last spans of this process, as plain values that turn into JSON; oldest first, bounded."""

    def __init__(self, service: str, most: int = _KEPT_SPANS) -> None:
        self._service = service
        self._spans: deque[dict[str, Any]] = deque(maxlen=most)

    def add(self, span: Any) -> None:
        """Takes an ended span of OpenTelemetry."""
        parent = span.parent
        self._spans.append(
            {
                "trace": f"{span.context.trace_id:032x}",
                "span": f"{span.context.span_id:016x}",
                "parent": f"{parent.span_id:016x}" if parent else "",
                "service": self._service,
                "name": span.name,
                "kind": span.kind.name.lower(),
                "start": span.start_time,
                "end": span.end_time,
                "error": not span.status.is_unset and not span.status.is_ok,
                "attributes": dict(span.attributes or {}),
            }
        )

    def of_trace(self, trace: str) -> list[dict[str, Any]]:
        """The spans of one trace; times in nanoseconds since 1970."""
        return [span for span in self._spans if span["trace"] == trace]

    def traces(self) -> list[dict[str, Any]]:
        """One line a trace: when it ran here, how many spans and errors, and the first span that began."""
        found: OrderedDict[str, dict[str, Any]] = OrderedDict()
        for span in self._spans:
            line = found.get(span["trace"])
            if line is None:
                first = {key: span[key] for key in ("trace", "service", "start", "end")}
                line = found[span["trace"]] = first | {"spans": 0, "errors": 0, "first": span}
            line["spans"] += 1
            line["errors"] += span["error"]
            line["start"], line["end"] = min(line["start"], span["start"]), max(line["end"], span["end"])
            if span["start"] < line["first"]["start"]:
                line["first"] = span
        return list(found.values())


class Telemetry:
    """What a process holds while it traces; `close` sends what still waits."""

    def __init__(
        self, recent: RecentSpans | None = None, close: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self.recent = recent
        self._close = close

    async def close(self) -> None:
        """Stops making spans and sends what waits, within a second or two."""
        STATE.start = None
        if self._close is not None:
            await self._close()


def start_tracing(shared: SharedSettings, service: str) -> Telemetry:
    """Begins, when there is where to send spans or somebody to show them to (development)."""
    development = shared.env == "development"
    if shared.trace_ratio <= 0 or not (shared.otlp_endpoint or development):
        return Telemetry()
    recent = RecentSpans(service) if development else None
    from chassis.otel import install  # noqa: PLC0415 (a process that traces nothing loads nothing)

    close = install(service, recent=recent, endpoint=shared.otlp_endpoint)
    STATE.sampler = Sampler(shared.trace_ratio, shared.traces_per_second)
    STATE.trust_callers = shared.env != "production"
    return Telemetry(recent, close)
