"""Structured logs: one JSON object a line on standard output, context bound once per call or message.

Each line has the service and the trace. What names or reaches a person is taken out (`chassis.scrub`).
"""

import logging
import sys
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars

from chassis.scrub import scrub
from chassis.settings import SharedSettings
from chassis.tracing import known_trace_id

__all__ = ["bind", "configure_logging", "get_logger", "service_name", "start_context"]

_service = "unnamed"
# What our own plumbing writes on every line; the rest is looked through.
_SAFE = frozenset({
    "event", "level", "timestamp", "service", "trace_id", "method", "outcome", "caller", "account", "route",
    "topic", "consumer", "event_id", "event_type", "result", "job", "task",
})  # fmt: skip


class _Output:
    """Standard output as it is at the time of writing (tests replace it)."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def _dumps(value: Any, **_options: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _with_trace(_logger: Any, _method: str, values: Any) -> Any:
    trace = known_trace_id()
    if trace:
        values["trace_id"] = trace
    return values


def _without_persons(_logger: Any, _method: str, values: Any) -> Any:
    for key, value in values.items():
        if isinstance(value, str) and key not in _SAFE:
            values[key] = scrub(value)
    return values


def configure_logging(settings: SharedSettings, service: str) -> None:
    """Sets up structlog and routes the standard library's loggers (warnings and worse) through it."""
    global _service  # noqa: PLW0603 (a process has one name)
    _service = service
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _with_trace,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Tracebacks become text before they are shown in either form, so that both are scrubbed.
    tail: list[Any] = [structlog.processors.format_exc_info, _without_persons]
    renderer: Any = structlog.processors.JSONRenderer(_dumps)
    if settings.log_format == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[*shared, *tail, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Output())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(cast("TextIO", _Output()))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    start_context(service=service)


def service_name() -> str:
    """The name of this process, as its log lines have it."""
    return _service


def get_logger(**context: object) -> Any:
    """A logger: `log.info("booking_confirmed", booking_id=..., nights=3)`; ids, never persons."""
    return structlog.get_logger(**context)


def start_context(**values: object) -> None:
    """Begins the context of one call or message, keeping the service's name."""
    kept = structlog.contextvars.get_contextvars().get("service")
    clear_contextvars()
    if kept is not None and "service" not in values:
        values["service"] = kept
    bind_contextvars(**values)


def bind(**values: object) -> None:
    """Adds values to the context of the current call or message."""
    bind_contextvars(**values)
