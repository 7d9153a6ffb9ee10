"""Traces: the W3C context (`traceparent`) of the current call or message, and spans where a trace is kept.

A trace is kept or dropped where it begins (`Sampler`). What is dropped costs one comparison for each span,
so that the hot path never pays for what nobody will read. `chassis.telemetry` sets sampler and tracer.
"""

import asyncio
import random
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Self

from chassis.errors import ErrorKind, ServiceError

Value = str | int | float | bool

_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]([0-9a-f])")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_current: ContextVar[str] = ContextVar("traceparent", default="")
_BROKEN = frozenset({ErrorKind.INTERNAL, ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE})


class Sampler:
    """Keeps a new trace by chance `ratio`, at most `per_second` of them (after a rest, 10 times that)."""

    def __init__(
        self, ratio: float = 0.0, per_second: float = 0.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.ratio = ratio
        self._rate = per_second
        self._most = max(1.0, per_second * 10)
        self._left = self._most
        self._clock = clock
        self._last = clock()

    def keep(self) -> bool:
        """Whether the trace that begins now is kept."""
        if self.ratio <= 0 or (self.ratio < 1 and random.random() >= self.ratio):  # noqa: S311 (a sample)
            return False
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._last) * self._rate)
        self._last = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _Tracing:
    """What `chassis.telemetry` sets at the start of a process: without it no span is made."""

    start: Callable[[str, str, str, float | None], tuple[Any, str]] | None = None
    mark_broken: Callable[[Any], None] | None = None
    translate: Callable[[BaseException], ServiceError | None] | None = None
    sampler = Sampler()
    trust_callers = False


STATE = _Tracing()


def new_traceparent(*, sampled: bool = False) -> str:
    """A fresh trace; a kept one begins without a span, and its first span becomes the root."""
    return f"00-{secrets.token_hex(16)}-{_NO_SPAN if sampled else secrets.token_hex(8)}-0{int(sampled)}"


def continued(traceparent: str | None) -> str | None:
    """The given trace with a flag of ours (kept or not), or None when it is absent or malformed."""
    found = _FORM.fullmatch(traceparent or "")
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return None
    kept = STATE.start is not None and int(found[3], 16) & 1
    return f"00-{found[1]}-{found[2]}-0{kept:d}"


def enter(traceparent: str | None) -> str:
    """Continues the given trace for what follows in this task, or begins one; open a span right after."""
    span = continued(traceparent) or new_traceparent(sampled=STATE.start is not None and STATE.sampler.keep())
    _current.set(span)
    return span


def arrive(traceparent: str | None, *, worth_keeping: bool = True) -> str:
    """Continues a trace from outside: its id is kept, but whether spans are is our own decision.

    Otherwise a stranger's flag would make us pay. Development trusts it, so that one request can be followed.
    """
    found = continued(traceparent)
    if found is None or not STATE.trust_callers or found.endswith("0"):
        sampled = STATE.start is not None and worth_keeping and STATE.sampler.keep()
        found = f"{found[:-1]}{sampled:d}" if found else new_traceparent(sampled=sampled)
    _current.set(found)
    return found


def current_traceparent() -> str:
    """The traceparent of this task, made (and not kept) when there is none yet."""
    found = _current.get()
    if not found:
        found = new_traceparent()
        _current.set(found)
    return found


def trace_id(traceparent: str | None = None) -> str:
    """The 32 hexadecimal digits that name the trace, also the reference shown to people."""
    return (traceparent or current_traceparent())[3:35]


def known_trace_id() -> str:
    """The trace of this task, or an empty string outside of any."""
    return _current.get()[3:35]


def is_recording() -> bool:
    """Whether spans of the current trace are kept in this process."""
    return _current.get().endswith("1") and STATE.start is not None


class Span:
    """One piece of work within a kept trace. As a context manager it is the parent of what is done inside."""

    __slots__ = ("_span", "_token", "traceparent")

    def __init__(self, span: Any, traceparent: str) -> None:
        self._span = span
        self._token: Token[str] | None = None
        self.traceparent = traceparent

    def __bool__(self) -> bool:
        return True

    def set(self, **attributes: Value) -> None:
        """Adds attributes: ids, sizes, codes; never what names a person. `a__b` is written `a.b`."""
        for key, value in attributes.items():
            self._span.set_attribute(key.replace("__", "."), value)

    def fail(self) -> None:
        """Marks it as a fault, where nothing was raised."""
        if STATE.mark_broken is not None:
            STATE.mark_broken(self._span)

    def rename(self, name: str) -> None:
        """Gives the name that was not known at the start."""
        self._span.update_name(name)

    def end(self, error: BaseException | None = None) -> None:
        """Ends it; what it raised is kept as a class and a reason, for a message may name a person."""
        if error is not None:
            _note(self._span, error)
        self._span.end()

    def __enter__(self) -> Self:
        self._token = _current.set(self.traceparent)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
        self.end(error)


class _NoSpan(Span):
    """Stands for the spans of a trace that is not kept."""

    def __init__(self) -> None:
        super().__init__(None, "")

    def __bool__(self) -> bool:
        return False

    def set(self, **attributes: Value) -> None:
        pass

    def fail(self) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def end(self, error: BaseException | None = None) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        pass


NO_SPAN: Span = _NoSpan()


def span(
    name: str,
    kind: str = "internal",
    *,
    parent: str | None = None,
    began: float | None = None,
    **attributes: Value,
) -> Span:
    """Opens a span of the current trace, or of `parent`; `NO_SPAN` (false) where the trace is not kept.

    Args:
        name: from a closed set: a method, a route's pattern, a topic.
        kind: `internal`, `server`, `client`, `producer` or `consumer`.
        parent: a traceparent, when it is not the current one.
        began: seconds since 1970, when it began before now.
        attributes: see `Span.set`.

    """
    above = _current.get() if parent is None else parent
    if not above.endswith("1") or STATE.start is None:
        return NO_SPAN
    made, traceparent = STATE.start(name, kind, above, began)
    found = Span(made, traceparent)
    if attributes:
        found.set(**attributes)
    return found


def _note(span: Any, error: BaseException) -> None:
    typed = error if isinstance(error, ServiceError) else STATE.translate and STATE.translate(error)
    span.set_attribute("error.type", typed.reason if typed else type(error).__name__)
    # What a caller is told for a good reason (nights taken, no such file) is no fault.
    broken = typed.kind in _BROKEN if typed else not isinstance(error, asyncio.CancelledError | GeneratorExit)
    if broken and STATE.mark_broken is not None:
        STATE.mark_broken(span)
