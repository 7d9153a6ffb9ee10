"""Structured logs: one JSON object a line on standard output, context bound once per call or message."""

import logging
import re
import sys
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars

from chassis.settings import SharedSettings

__all__ = ["bind", "configure_logging", "get_logger", "start_context"]


_DETAIL = re.compile(r"DETAIL: .*?(?=\n\[SQL|\n\s*\n|\Z)", re.DOTALL)


class _Output:
    """Standard output as it is at the time of writing (tests replace it)."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def _dumps(value: Any, **_options: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _without_rows(_logger: Any, _method: str, values: Any) -> Any:
    # PostgreSQL's details repeat keys and whole rows, and a row may be a person.
    if isinstance(values.get("exception"), str):
        values["exception"] = _DETAIL.sub("DETAIL: (left out)", values["exception"])
    return values


def configure_logging(settings: SharedSettings, service: str) -> None:
    """Sets up structlog and routes the standard library's loggers (warnings and worse) through it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    console = settings.log_format == "console"
    renderer: Any = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(_dumps)
    tail: list[Any] = [] if console else [structlog.processors.format_exc_info, _without_rows]
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
