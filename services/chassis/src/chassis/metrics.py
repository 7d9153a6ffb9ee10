"""Prometheus metrics of the plumbing, and the small HTTP listener for `/metrics` and `/healthz`."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest

from chassis.logging import get_logger
from chassis.settings import split_address
from chassis.telemetry import RecentSpans

log = get_logger()

# Buckets: 1 ms is a cached read, 2.5 s is just beyond the deadline of a gateway call.
RPC_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)

RPC_SECONDS = Histogram(
    "sejour_rpc_seconds",
    "Time to answer a gRPC call. When it rises, look at pool use and locks of this service's database.",
    ["method"],
    buckets=RPC_BUCKETS,
)
RPC_CALLS = Counter(
    "sejour_rpc_calls_total",
    "gRPC calls answered, by method and kind of outcome. INTERNAL is a bug: read the log's traceback.",
    ["method", "outcome"],
)
RPC_UNANSWERED = Counter(
    "sejour_rpc_unanswered_total",
    "Calls to other services that got no answer, by method and kind, after their repeats. UNAVAILABLE: look"
    " whether the called service is ready. DEADLINE: look at its sejour_rpc_seconds.",
    ["method", "outcome"],
)
TASK_RESTARTS = Counter(
    "sejour_task_restarts_total",
    "Background tasks that crashed and were started again. Any growth is a bug: read the log.",
    ["task"],
)
JOB_RUNS = Counter(
    "sejour_job_runs_total",
    "Runs of periodic jobs by outcome. A failing job is tried again at its next turn; read the log.",
    ["job", "outcome"],
)

CheckFunction = Callable[[], Awaitable[None]]


class Readiness:
    """The checks that say whether this process should get calls. Never looks at Kafka.

    `starting` until all servers listen, `draining` from the signal to stop on.
    """

    def __init__(self) -> None:
        self._checks: dict[str, CheckFunction] = {}
        self.starting = False
        self.draining = False

    def add(self, name: str, check: CheckFunction) -> None:
        """Adds a check: an async function that raises while not ready."""
        self._checks[name] = check

    async def failures(self) -> dict[str, str]:
        """Names of the checks that fail now, with the class of what they raised."""
        if self.draining:
            return {"draining": "stopping"}
        if self.starting:
            return {"starting": "does not listen yet"}
        found: dict[str, str] = {}
        for name, check in self._checks.items():
            try:
                async with asyncio.timeout(2):
                    await check()
            except Exception as error:  # noqa: BLE001 (any failure means not ready)
                found[name] = type(error).__name__
        return found


def once(check: CheckFunction) -> CheckFunction:
    """Returns a check that is not made again after it was passed."""
    passed = False

    async def first() -> None:
        nonlocal passed
        if not passed:
            await check()
            passed = True

    return first


class MetricsListener:
    """Serves `/metrics`, `/healthz/live`, `/healthz/ready`, in development `/traces`, over plain HTTP/1.1."""

    def __init__(self, listen: str, readiness: Readiness, recent: RecentSpans | None = None) -> None:
        self._host, self._port = split_address(listen)
        self._readiness = readiness
        self._recent = recent
        self._server: asyncio.Server | None = None
        self.port = self._port

    async def start(self) -> None:
        """Begins to listen; port 0 takes a free one, told in `port`."""
        self._server = await asyncio.start_server(self._serve, self._host, self._port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace: float = 0) -> None:  # noqa: ARG002 (the shape of a component)
        """Stops listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                request = await reader.readuntil(b"\r\n")
                while await reader.readuntil(b"\r\n") != b"\r\n":
                    pass
                parts = request.split()
                status, kind, body = await self._answer(parts[1].decode() if len(parts) > 1 else "")
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
                await writer.drain()
        except (
            OSError,
            TimeoutError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            UnicodeDecodeError,
        ):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, path: str) -> tuple[str, str, bytes]:
        text = "text/plain; charset=utf-8"
        if path == "/metrics":
            return "200 OK", CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
        if path == "/healthz/live":
            return "200 OK", text, b"alive\n"
        if path == "/healthz/ready":
            failures = await self._readiness.failures()
            if failures:
                lines = "".join(f"{name}: {why}\n" for name, why in failures.items())
                return "503 Service Unavailable", text, lines.encode()
            return "200 OK", text, b"ready\n"
        if self._recent is not None and path.startswith("/traces"):
            trace = path.removeprefix("/traces").strip("/")
            found = self._recent.of_trace(trace) if trace else self._recent.traces()
            return "200 OK", "application/json", orjson.dumps(found)
        return "404 Not Found", text, b"not found\n"
