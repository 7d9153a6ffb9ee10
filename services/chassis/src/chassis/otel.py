"""The spans of `chassis.tracing` made with OpenTelemetry's SDK, and their export by OTLP. See `telemetry`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation import set_span_in_context

from chassis.rpc_errors import to_service_error
from chassis.telemetry import RecentSpans
from chassis.tracing import STATE

_FLUSH_MS = 1500
_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_KEPT = TraceFlags(TraceFlags.SAMPLED)


class _Ids(RandomIdGenerator):
    """Gives a root the trace id that `tracing` has already chosen."""

    chosen = 0

    def generate_trace_id(self) -> int:
        return self.chosen or super().generate_trace_id()


class _Keep(SpanProcessor):
    def __init__(self, recent: RecentSpans) -> None:
        self._recent = recent

    def on_end(self, span: Any) -> None:
        self._recent.add(span)


def install(
    service: str,
    *,
    recent: RecentSpans | None = None,
    endpoint: str = "",
    processors: Sequence[SpanProcessor] = (),
) -> Callable[[], Awaitable[None]]:
    """Sets the tracer of this process; returns what flushes and ends it. Tests give own processors."""
    ids = _Ids()
    provider = TracerProvider(
        # Kept or not was decided where the trace began (`tracing.Sampler`).
        sampler=ALWAYS_ON,
        resource=Resource.create({"service.name": service, "service.namespace": "sejour"}),
        id_generator=ids,
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_span_attributes=32, max_span_attribute_length=2000),
    )
    ends = [*processors]
    if recent is not None:
        ends.append(_Keep(recent))
    if endpoint:
        ends.append(_exporting(endpoint))
    for each in ends:
        provider.add_span_processor(each)

    async def close() -> None:
        await asyncio.to_thread(provider.force_flush, _FLUSH_MS)
        await asyncio.to_thread(provider.shutdown)

    STATE.mark_broken = lambda span: span.set_status(StatusCode.ERROR)
    STATE.translate = to_service_error
    STATE.start = _starter(provider, ids)
    return close


def _starter(provider: TracerProvider, ids: _Ids) -> Callable[[str, str, str, float | None], tuple[Any, str]]:
    tracer = provider.get_tracer("chassis")

    def start(name: str, kind: str, above: str, began: float | None) -> tuple[Any, str]:
        trace, parent = int(above[3:35], 16), int(above[36:52], 16)
        context = None
        if parent:
            known = SpanContext(trace, parent, is_remote=True, trace_flags=_KEPT)
            context = set_span_in_context(NonRecordingSpan(known))
        ids.chosen = trace
        at = None if began is None else int(began * 1e9)
        span = tracer.start_span(name, context=context, kind=_KINDS[kind], start_time=at)
        return span, f"{above[:36]}{span.get_span_context().span_id:016x}-01"

    return start


def _exporting(endpoint: str) -> SpanProcessor:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=not endpoint.startswith("https://"), timeout=5)
    # A collector that is away must cost neither memory nor time: the queue is bounded and drops.
    return BatchSpanProcessor(
        exporter, max_queue_size=4096, schedule_delay_millis=2000, max_export_batch_size=512
    )
