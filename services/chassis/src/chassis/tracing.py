"""W3C trace context (`traceparent`) of the current call or message; sent on by client and outbox."""

import re
import secrets
from contextvars import ContextVar

_FORM = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_current: ContextVar[str] = ContextVar("traceparent", default="")


def new_traceparent() -> str:
    """A fresh trace: `00-<trace>-<span>-01`."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(traceparent: str | None) -> str:
    """A new span in the given trace, or a fresh trace when it is absent or malformed."""
    found = _FORM.match(traceparent or "")
    if found is None or set(found[1]) == {"0"}:
        return new_traceparent()
    return f"00-{found[1]}-{secrets.token_hex(8)}-{found[3]}"


def enter(traceparent: str | None) -> str:
    """Continues the given trace for what follows in this task; returns the new span's traceparent."""
    span = child_of(traceparent)
    _current.set(span)
    return span


def current_traceparent() -> str:
    """The traceparent of this task, made when there is none yet."""
    return _current.get() or enter(None)


def trace_id(traceparent: str | None = None) -> str:
    """The 32 hexadecimal digits that name the trace, also the id shown to people."""
    return (traceparent or current_traceparent())[3:35]
