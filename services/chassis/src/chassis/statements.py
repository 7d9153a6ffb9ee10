"""What is seen of a database: a span for each statement of a kept trace, and the connections in use."""

import re
import weakref
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event
from sqlalchemy.pool import QueuePool

from chassis.tracing import STATE, is_recording, span

_SPAN = "chassis.span"
_SPACES = re.compile(r"\s+")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)


def summary(statement: str) -> str:
    """« UPDATE outbox »: the first word of a statement and the first table it names."""
    verb = statement.lstrip().partition(" ")[0].upper()
    found = _TABLE.search(statement)
    return f"{verb} {found[1]}" if found else verb


@lru_cache(maxsize=512)
def _described(statement: str) -> tuple[str, str]:
    # Values travel apart from the statement, so its text names nobody.
    text = _SPACES.sub(" ", statement).strip()
    return f"SQL {summary(text)}", text


def watch(engine: Engine, application: str) -> None:
    """Opens a span around each statement, where tracing is on, and counts the connections in use."""
    _POOLS.engines[engine] = application
    if STATE.start is None:
        return
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)
    event.listen(engine, "handle_error", _failed)


def _before(_conn: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, many: bool) -> None:
    if is_recording() and context is not None:
        name, text = _described(statement)
        found = span(name, "client", db__system="postgresql", db__statement=text)
        if many:
            found.set(db__many=True)
        setattr(context, _SPAN, found)


def _after(_conn: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    found = getattr(context, _SPAN, None)
    if found is not None:
        found.end()


def _failed(failure: Any) -> None:
    found = getattr(failure.execution_context, _SPAN, None)
    if found is not None:
        found.end(failure.sqlalchemy_exception or failure.original_exception)


class _Pools(Collector):
    """Reads the pools when metrics are asked for: nothing is paid by the calls."""

    def __init__(self) -> None:
        self.engines: weakref.WeakKeyDictionary[Engine, str] = weakref.WeakKeyDictionary()

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The family without values."""
        return [_family()]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Connections in use and the most there can be, by database user."""
        found = _family()
        sums: dict[str, list[int]] = {}
        for engine, application in list(self.engines.items()):
            if isinstance(engine.pool, QueuePool):
                most = engine.pool.size() + max(0, engine.pool._max_overflow)  # noqa: SLF001 (no public name)
                mine = sums.setdefault(application, [0, 0])
                mine[0] += engine.pool.checkedout()
                mine[1] += most
        for application, (used, most) in sums.items():
            found.add_metric([application, "used"], used)
            found.add_metric([application, "most"], most)
        yield found


def _family() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "sejour_database_connections",
        "Connections of a process to its database, used and at most. When used stays at most, calls wait:"
        " look for slow statements and long locks, then raise <SERVICE>_POOL_SIZE.",
        labels=["database", "state"],
    )


_POOLS = _Pools()
REGISTRY.register(_POOLS)
