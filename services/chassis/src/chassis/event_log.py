"""What consumers tell of the records they take: where they stood, how long it took, spans of kept traces."""

import time
from collections.abc import Sequence
from typing import Any

from prometheus_client import Histogram

from chassis.events import Event
from chassis.tracing import Span, continued, span

_NEWS_SECONDS = 60.0
# Buckets: 5 ms is a row or two, 1 s a call to others, 120 s the wait for a part that is away.
EVENT_SECONDS = Histogram(
    "sejour_event_seconds",
    "Time to take an event, with its repeats. When it rises, news arrives late: open the consumer's trace.",
    ["consumer", "topic"],
    buckets=(0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0),
)


def milliseconds_since(began: float) -> float:
    """Milliseconds since a reading of `time.perf_counter`."""
    return round((time.perf_counter() - began) * 1000, 2)


def where(records: Sequence[Any]) -> dict[str, object]:
    """Topic (as the broker has it), partition, and offset or offsets, for one log line."""
    first, last = records[0], records[-1]
    place: dict[str, object] = {"topic": first.topic, "partition": first.partition, "offset": first.offset}
    if last is not first:
        place["last_offset"] = last.offset
    return place


def spans_of(records: Sequence[Any], events: Sequence[Event]) -> list[Span]:
    """One span for each event of a kept trace; none for old news, which is read again at every start."""
    if records[-1].timestamp < (time.time() - _NEWS_SECONDS) * 1000:
        return []
    opened = (
        span(
            f"consume {event.topic}",
            "consumer",
            parent=continued(event.traceparent) or "",
            event_id=str(event.event_id),
            event_type=event.event_type,
            events=len(events),
        )
        for event in events
    )
    return [each for each in opened if each]
