"""The pages for developers, with no data, with data, with a process that is away."""

import math
import re
from types import SimpleNamespace

import pytest
from chassis.clock import system_clock
from chassis.metrics import MetricsListener, Readiness
from chassis.settings import SharedSettings
from chassis.telemetry import RecentSpans
from gateway.app import create_app
from gateway.dev.observer import Observer
from gateway.dev.promises import promises
from gateway.dev.samples import TICKS, Samples, growth, quantile
from gateway.dev.waterfall import chosen, lines, rows
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from httpx import ASGITransport, AsyncClient

TRACE = "0af7651916cd43dd8448eb211c80319c"


def a_reading(overlaps=0, http=3, failed=0):
    return f"""# HELP sejour_overlapping_stays Pairs of rows. Must be 0: otherwise stop selling and look.
# TYPE sejour_overlapping_stays gauge
sejour_overlapping_stays {overlaps}.0
# HELP sejour_http_requests_total Requests answered. 500 is a bug: look for its trace_id.
# TYPE sejour_http_requests_total counter
sejour_http_requests_total{{method="GET",route="/planning",status="200"}} {http}.0
sejour_http_requests_total{{method="GET",route="/planning",status="500"}} {failed}.0
# TYPE sejour_http_requests_created gauge
sejour_http_requests_created{{method="GET",route="/planning",status="200"}} 1.7e+09
# HELP sejour_http_seconds Time to answer a request. When it rises, open a slow trace.
# TYPE sejour_http_seconds histogram
sejour_http_seconds_bucket{{le="0.1",method="GET",route="/planning"}} {http}.0
sejour_http_seconds_bucket{{le="+Inf",method="GET",route="/planning"}} {http + failed}.0
sejour_http_seconds_count{{method="GET",route="/planning"}} {http + failed}.0
sejour_http_seconds_sum{{method="GET",route="/planning"}} 0.5
process_resident_memory_bytes 9.5e+07
process_cpu_seconds_total {http / 10}
python_info 1.0
"""


def a_span(  # noqa: PLR0917
    name="GET /planning", span="1" * 16, parent="", start=0.0, ms=10.0, service="gateway", error=False, **more
):
    begin = int((1_795_000_000 + start / 1000) * 1e9)
    return {
        "trace": TRACE, "span": span, "parent": parent, "service": service, "name": name, "kind": "server",
        "start": begin, "end": begin + int(ms * 1e6), "error": error, "attributes": more,
    }  # fmt: skip


SPANS = [
    a_span(ms=300),
    a_span("BookingService/PlaceBooking", "2" * 16, "1" * 16, 5, 250, service="booking", account="key:a"),
    a_span(
        "SQL INSERT outbox", "3" * 16, "2" * 16, 20, 2, service="booking", db__statement="INSERT INTO outbox"
    ),
    a_span("consume booking.bookings", "4" * 16, "9" * 16, 400, 30, service="documents", error=True),
]


def a_line(*spans):
    return {
        "trace": TRACE, "service": spans[0]["service"], "start": min(one["start"] for one in spans),
        "end": max(one["end"] for one in spans), "spans": len(spans),
        "errors": sum(one["error"] for one in spans), "first": spans[0],
    }  # fmt: skip


class Told(Observer):
    """An observer whose processes say what the test wants."""

    def __init__(self, *, away=(), traces=()):
        super().__init__(
            {"gateway": "127.0.0.1:1", "documents": "127.0.0.1:2"}, clock=lambda: 1_795_000_060.0
        )
        self.away, self.told = away, list(traces)
        for process in self.processes:
            process.answers, process.since = process.name not in away, 1_795_000_000.0

    async def traces(self, trace=""):
        return (self.told if not trace else [one for one in SPANS if one["trace"] == trace]), list(self.away)


def browser(observer, language="fr"):
    shared = SharedSettings(base_url="http://localhost:8080", env="test")
    gateway = Gateway(
        shared,
        GatewaySettings(database_url="postgresql://nowhere/gateway"),
        system_clock,
        accounts=None,
        services=None,
    )
    transport = ASGITransport(create_app(gateway, observer=observer))
    return AsyncClient(
        transport=transport, base_url="http://localhost:8080", headers={"accept-language": language}
    )


async def page(observer, address):
    async with browser(observer) as client:
        answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", answer.text)
    return answer.text


async def test_a_gateway_that_observes_nobody_says_what_is_missing():
    text = await page(None, "/dev/mesures")
    assert "Aucun processus n’est observé" in text


async def test_before_the_first_reading_the_board_says_so():
    text = await page(Told(), "/dev/mesures")
    assert "Rien n’a été demandé" in text
    assert "pas encore mesuré" in text


async def test_a_broken_promise_stands_first_with_what_to_do():
    observer = Told()
    for overlaps in (0, 0, 2):
        observer.processes[0].samples.take(a_reading(overlaps))
    found = promises(observer.processes)
    assert (found[0].metric, found[0].state, found[0].value) == ("sejour_overlapping_stays", "broken", 2)
    assert "stop selling" in await page(observer, "/dev/mesures")


async def test_a_fault_breaks_its_promise_only_while_it_is_in_the_window():
    observer = Told()
    samples = observer.processes[0].samples
    samples.take(a_reading(failed=4))
    samples.take(a_reading(failed=4))
    assert [one.state for one in promises(observer.processes) if "http_requests" in one.metric] == ["ok"]
    samples.take(a_reading(failed=5))
    assert [one.state for one in promises(observer.processes) if "http_requests" in one.metric] == ["broken"]


async def test_the_board_shows_routes_with_their_times_and_a_process_that_is_away():
    observer = Told(away=("documents",))
    for http in (3, 9, 20):
        observer.processes[0].samples.take(a_reading(http=http))
        observer.processes[1].samples.take(None)
    text = await page(observer, "/dev/mesures")
    assert "« documents » ne répond pas depuis 60" in text.replace("\xa0", " ").replace("\u202f", " ")
    assert "<code>GET /planning</code>" in text
    assert 'data-label="Nombre">17</td>' in text


async def test_traces_are_listed_and_filtered():
    observer = Told(traces=[a_line(*SPANS[:1]), a_line(*SPANS[1:3]), a_line(SPANS[3])], away=("search",))
    text = await page(observer, "/dev/traces")
    assert TRACE in text
    assert "Sans réponse" in text
    assert "Aucune trace ici" in await page(observer, "/dev/traces?q=jamais")
    assert TRACE in await page(observer, f"/dev/traces?filtre=errors&q={TRACE[:8]}")


async def test_a_trace_is_found_by_the_reference_that_people_see():
    observer = Told(traces=[a_line(*SPANS)])
    async with browser(observer) as client:
        assert (await client.get(f"/dev/traces/{TRACE[:12]}")).headers["location"] == f"/dev/traces/{TRACE}"
        assert (await client.get("/dev/traces/ffffffffffff")).status_code == 404
        assert (await client.get("/dev/traces/pas-une-trace")).status_code == 404


async def test_the_waterfall_shows_every_span_under_its_parent():
    text = await page(Told(), f"/dev/traces/{TRACE}")
    assert text.index("GET /planning") < text.index("PlaceBooking") < text.index("SQL INSERT outbox")
    assert "d-2" in text
    assert "n’est plus, ou pas encore" in await page(Told(), f"/dev/traces/{'ab' * 16}")


async def test_a_process_that_keeps_no_traces_is_not_one_that_is_silent():
    readiness, recent = Readiness(), RecentSpans("booking")
    recent.add(a_recorded_span())
    keeps, keeps_none = (
        MetricsListener("127.0.0.1:0", readiness, recent),
        MetricsListener("127.0.0.1:0", readiness),
    )
    for each in (keeps, keeps_none):
        await each.start()
    addresses = {"booking": keeps.port, "search": keeps_none.port, "away": 1}
    observer = Observer({name: f"127.0.0.1:{port}" for name, port in addresses.items()})
    await observer.read()
    lines_found, silent = await observer.traces()
    spans, _silent = await observer.traces(TRACE)
    for each in (keeps, keeps_none):
        await each.stop()
    assert [process.answers for process in observer.processes] == [True, True, False]
    assert observer.processes[0].samples.families["sejour_rpc_calls_total"].kind == "counter"
    assert silent == ["away"]
    assert [line["trace"] for line in lines_found] == [TRACE]
    assert [span["name"] for span in spans] == ["PlaceBooking"]


def a_recorded_span():
    """What OpenTelemetry hands over of an ended span."""
    return SimpleNamespace(
        context=SimpleNamespace(trace_id=int(TRACE, 16), span_id=1), parent=None, name="PlaceBooking",
        kind=SimpleNamespace(name="SERVER"), start_time=1, end_time=2, attributes={},
        status=SimpleNamespace(is_unset=True, is_ok=False),
    )  # fmt: skip


def test_children_follow_their_parents_and_lost_ones_become_roots():
    found = rows(SPANS)
    assert [(row.depth, row.span["name"]) for row in found] == [
        (0, "GET /planning"), (1, "BookingService/PlaceBooking"), (2, "SQL INSERT outbox"), (0, "consume booking.bookings"),
    ]  # fmt: skip
    assert found[0].start == 0
    assert found[-1].end == 1
    assert rows([]) == []


def test_parts_of_a_trace_from_several_processes_are_one_line():
    (line,) = lines([a_line(*SPANS[1:3]), a_line(SPANS[0]), a_line(SPANS[3])])
    assert (line.name, line.spans, line.errors) == ("GET /planning", 4, 1)
    assert line.services == ["booking", "documents", "gateway"]
    assert (round(line.ms), round(line.total_ms)) == (300, 430)
    assert chosen([line], "slow") == [line]
    assert chosen([line], "jobs") == []


def test_readings_are_bounded_and_the_oldest_go():
    samples = Samples()
    for number in range(TICKS + 20):
        samples.take(a_reading(overlaps=number))
    (one,) = samples.named("sejour_overlapping_stays")
    assert samples.history(one) == [float(number) for number in range(20, TICKS + 20)]
    assert samples.named("sejour_http_requests_created") == []


def test_a_counter_that_was_not_there_a_reading_ago_began_at_zero():
    samples = Samples()
    samples.take("# TYPE sejour_http_requests_total counter\n")
    samples.take('# TYPE sejour_http_requests_total counter\nsejour_http_requests_total{route="/"} 2.0\n')
    (series,) = samples.named("sejour_http_requests_total")
    assert samples.growth(series) == [2]


def test_growth_survives_restarts_and_silence():
    assert growth([5, 7, 2, 4]) == [2, 2, 2]
    found = growth([5, math.nan, 9])
    assert all(math.isnan(value) for value in found)


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 0.05), (0.95, 0.55), (1.0, 1.0)])
def test_a_quantile_lies_within_its_bucket(share, wanted):
    assert quantile([(0.1, 90), (1.0, 100), (math.inf, 100)], share) == pytest.approx(wanted, abs=0.02)


async def test_the_pages_speak_english_too():
    observer = Told(away=("documents",), traces=[a_line(*SPANS)])
    async with browser(observer, "en") as client:
        board = (await client.get("/dev/mesures")).text
        traces = (await client.get("/dev/traces")).text
        trace = (await client.get(f"/dev/traces/{TRACE}")).text
    assert "What must hold" in board
    assert "“documents” has not answered for" in board
    assert "Background jobs" in traces
    assert "4 steps" in trace
