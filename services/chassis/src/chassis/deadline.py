"""The time left for the current call, kept so that what it asks others is bounded by it."""

import time
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float | None) -> None:
    """Bounds the rest of this task to so many seconds from now; None lifts the bound."""
    _until.set(None if seconds is None else time.monotonic() + seconds)


def time_left() -> float | None:
    """Seconds left, or None where nothing bounds this task."""
    until = _until.get()
    return None if until is None else until - time.monotonic()
