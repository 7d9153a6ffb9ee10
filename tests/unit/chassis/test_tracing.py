"""Which traces are kept, what their spans hold, and that what is dropped makes none."""

import asyncio

import grpc
import pytest
from chassis import tracing
from chassis.errors import ErrorKind, ServiceError, Unavailable
from chassis.otel import install
from chassis.settings import SharedSettings
from chassis.telemetry import RecentSpans, start_tracing
from chassis.tracing import NO_SPAN, STATE, Sampler, arrive, enter, span, trace_id
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
DROPPED = KEPT[:-2] + "00"


class NightsTaken(ServiceError):
    kind = ErrorKind.CONFLICT
    reason = "NIGHTS_TAKEN"


@pytest.fixture
def recent():
    """Tracing switched on for one test; every new trace is kept."""
    before = {
        name: getattr(STATE, name)
        for name in ("start", "mark_broken", "translate", "sampler", "trust_callers")
    }
    found = RecentSpans("tests")
    install("tests", recent=found)
    STATE.sampler = Sampler(1.0, 1000)
    yield found
    for name, value in before.items():
        setattr(STATE, name, value)


@pytest.fixture(autouse=True)
def outside_of_any_trace():
    token = tracing._current.set("")
    yield
    tracing._current.reset(token)


def spans(recent, trace):
    return {each["name"]: each for each in recent.of_trace(trace)}


def test_without_a_tracer_traces_have_ids_and_no_spans():
    entered = enter(None)
    assert len(trace_id()) == 32
    assert entered.endswith("-00")
    with span("anything", "server", a=1) as opened:
        opened.set(b=2)
        opened.fail()
    assert not opened
    assert opened is NO_SPAN


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "rubbish",
        KEPT[:-3],
        KEPT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
        KEPT.replace("b7ad6b7169203331", "0" * 16),
        KEPT + "\n",
        KEPT.upper(),
    ],
)
def test_a_malformed_trace_begins_a_new_one(text):
    assert trace_id(enter(text)) != trace_id(KEPT)
    assert len(trace_id()) == 32


def test_a_trace_that_comes_in_is_continued():
    assert trace_id(enter(DROPPED)) == trace_id(KEPT)
    assert tracing.current_traceparent() == DROPPED


def test_children_know_their_parents_and_the_root_has_none(recent):
    trace = trace_id(enter(None))
    with span("root", "server"), span("child", "client", rows=3) as child:
        assert tracing.current_traceparent() == child.traceparent
    found = spans(recent, trace)
    assert found["root"]["parent"] == ""
    assert found["child"]["parent"] == found["root"]["span"]
    assert found["child"]["attributes"] == {"rows": 3}
    assert (found["root"]["kind"], found["child"]["kind"]) == ("server", "client")


def test_a_kept_trace_of_a_caller_is_kept_here_and_a_dropped_one_makes_nothing(recent):
    enter(KEPT)
    with span("ours", "server"):
        pass
    assert spans(recent, trace_id(KEPT))["ours"]["parent"] == "b7ad6b7169203331"
    enter(DROPPED)
    with span("nothing"):
        pass
    assert set(spans(recent, trace_id(KEPT))) == {"ours"}


async def test_spans_of_tasks_that_run_at_once_do_not_mix(recent):
    async def one(name):
        trace = trace_id(enter(None))
        with span(name):
            await asyncio.sleep(0)
            with span(f"{name} inside"):
                await asyncio.sleep(0)
        return trace

    traces = await asyncio.gather(*(asyncio.create_task(one(name)) for name in ("a", "b", "c")))
    for name, trace in zip(("a", "b", "c"), traces, strict=True):
        found = spans(recent, trace)
        assert set(found) == {name, f"{name} inside"}


def test_what_is_refused_for_a_reason_is_no_fault_and_a_broken_part_is(recent):
    trace = trace_id(enter(None))
    for error in (NightsTaken(), Unavailable(part="database"), ValueError("Zoé MARTIN, zoe@example.org")):
        with pytest.raises(type(error)), span(type(error).__name__):
            raise error
    found = spans(recent, trace)
    assert {name: each["error"] for name, each in found.items()} == {
        "NightsTaken": False, "Unavailable": True, "ValueError": True,
    }  # fmt: skip
    assert found["NightsTaken"]["attributes"] == {"error.type": "NIGHTS_TAKEN"}
    assert "MARTIN" not in str(found)


def test_a_flag_of_a_stranger_costs_nothing_and_keeps_the_id(recent):
    STATE.sampler, STATE.trust_callers = Sampler(0.0), False
    assert arrive(KEPT) == DROPPED
    STATE.trust_callers = True
    assert arrive(KEPT) == KEPT


def test_a_page_that_is_not_worth_it_makes_no_trace(recent):
    assert arrive(None, worth_keeping=False).endswith("-00")
    assert arrive(None).endswith("-01")


def test_no_more_traces_are_kept_than_so_many_a_second():
    now = [100.0]
    sampler = Sampler(1.0, 5, clock=lambda: now[0])
    assert sum(sampler.keep() for _ in range(1000)) == 50
    now[0] += 1
    assert sum(sampler.keep() for _ in range(1000)) == 5
    now[0] += 3600
    assert sum(sampler.keep() for _ in range(1000)) == 50


def test_a_ratio_keeps_about_its_part_and_none_keeps_nothing():
    sampler = Sampler(0.1, 1e9)
    assert 50 < sum(sampler.keep() for _ in range(1000)) < 200
    assert not any(Sampler(0.0, 1e9).keep() for _ in range(100))


def test_a_process_keeps_its_last_spans_only(recent):
    small = RecentSpans("tests", most=10)
    install("tests", recent=small)
    for _ in range(30):
        enter(None)
        with span("job x"):
            pass
    assert len(small.traces()) == 10
    assert {line["spans"] for line in small.traces()} == {1}


async def test_tracing_is_off_in_production_without_a_collector_and_in_tests():
    for settings in (
        SharedSettings(env="production", signing_keys=("k" * 32,)),
        SharedSettings(env="test"),
        SharedSettings(env="development", trace_ratio=0),
    ):
        telemetry = start_tracing(settings, "tests")
        assert telemetry.recent is None
        assert STATE.start is None
        await telemetry.close()


async def test_a_collector_gets_the_spans_by_otlp(recent):
    got = []

    class Collector(trace_service_pb2_grpc.TraceServiceServicer):
        async def Export(self, request, context):
            got.append(request)
            return trace_service_pb2.ExportTraceServiceResponse()

    server = grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Collector(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    close = install("booking", endpoint=f"http://127.0.0.1:{port}")
    trace = trace_id(enter(None))
    with span("PlaceBooking", "server"):
        pass
    await close()
    await server.stop(0)
    sent = [
        one
        for request in got
        for part in request.resource_spans
        for scope in part.scope_spans
        for one in scope.spans
    ]
    assert [(one.name, one.trace_id.hex()) for one in sent] == [("PlaceBooking", trace)]
