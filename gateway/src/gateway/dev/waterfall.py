"""Traces as view models: one line a trace for the list, one row a span for the waterfall. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

SLOW_MS = 250.0
MOST_ROWS = 400
_DEEPEST = 12


@dataclass(slots=True)
class TraceLine:
    """One trace in the list; times in seconds since 1970 and milliseconds."""

    trace: str
    name: str
    service: str
    start: float
    ms: float
    """Of the span that began it: what somebody waited for."""
    total_ms: float
    """Until its last consequence (news sent and taken)."""
    spans: int
    errors: int
    services: list[str]

    @property
    def is_job(self) -> bool:
        """Whether nobody asked for it."""
        return self.name.startswith(("job ", "mail "))

    @property
    def is_slow(self) -> bool:
        """Whether somebody felt it."""
        return self.ms >= SLOW_MS and not self.is_job


def lines(parts: Iterable[dict[str, Any]]) -> list[TraceLine]:
    """Joins what the processes tell of each trace; the newest first."""
    by_trace: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        by_trace.setdefault(part["trace"], []).append(part)
    found = []
    for trace, mine in by_trace.items():
        first = min((part["first"] for part in mine), key=lambda span: (bool(span["parent"]), span["start"]))
        start, end = min(part["start"] for part in mine), max(part["end"] for part in mine)
        found.append(
            TraceLine(
                trace=trace,
                name=first["name"],
                service=first["service"],
                start=start / 1e9,
                ms=(first["end"] - first["start"]) / 1e6,
                total_ms=(end - start) / 1e6,
                spans=sum(part["spans"] for part in mine),
                errors=sum(part["errors"] for part in mine),
                services=sorted({part["service"] for part in mine}),
            )
        )
    return sorted(found, key=lambda line: -line.start)


def chosen(found: list[TraceLine], which: str, search: str = "") -> list[TraceLine]:
    """Those of a filter (`requests`, `slow`, `errors`, `jobs`, `all`) whose name or id holds the words."""
    tests: dict[str, Callable[[TraceLine], bool]] = {
        "requests": lambda line: not line.is_job,
        "slow": lambda line: line.is_slow,
        "errors": lambda line: line.errors > 0,
        "jobs": lambda line: line.is_job,
    }
    test = tests.get(which, bool)
    words = search.strip().lower()
    return [line for line in found if test(line) and _holds(line, words)]


def _holds(line: TraceLine, words: str) -> bool:
    return line.trace.startswith(words) or words in line.name.lower() or words in line.services


@dataclass(slots=True)
class Row:
    """One span in the waterfall; `start` and `end` are shares of the whole trace."""

    span: dict[str, Any]
    depth: int
    start: float
    end: float
    ms: float
    at_ms: float
    attributes: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def depth_class(self) -> str:
        """The class that indents it."""
        return f"d-{min(self.depth, _DEEPEST)}"


def rows(spans: list[dict[str, Any]]) -> list[Row]:
    """Puts children under their parents in the order in which they began; lost parents make roots."""
    if not spans:
        return []
    began, ended = min(span["start"] for span in spans), max(span["end"] for span in spans)
    whole = max(ended - began, 1)
    known = {span["span"] for span in spans}
    children: dict[str, list[dict[str, Any]]] = {}
    for span in sorted(spans, key=lambda each: (each["start"], -each["end"])):
        children.setdefault(span["parent"] if span["parent"] in known else "", []).append(span)
    found: list[Row] = []
    waiting = [(span, 0) for span in reversed(children.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        found.append(
            Row(
                span=span,
                depth=depth,
                start=(span["start"] - began) / whole,
                end=(span["end"] - began) / whole,
                ms=(span["end"] - span["start"]) / 1e6,
                at_ms=(span["start"] - began) / 1e6,
                attributes=sorted(span["attributes"].items()),
            )
        )
        waiting += [(child, depth + 1) for child in reversed(children.get(span["span"], []))]
    return found
