"""A process from start to drain: components, background tasks that are started again, signals, exit code."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

import uvloop

from chassis.jobs import every
from chassis.logging import configure_logging, get_logger, start_context
from chassis.metrics import TASK_RESTARTS, MetricsListener, Readiness
from chassis.settings import SharedSettings
from chassis.telemetry import start_tracing

log = get_logger()

_TASK_STOP_SECONDS = 2.0
_MAX_BACKOFF = 30.0


class Component(Protocol):
    """What is started before the tasks and drained at the end: a gRPC server, a web server, a listener."""

    async def start(self) -> None:
        """Begins to serve."""

    async def stop(self, grace: float) -> None:
        """Ends what runs within the grace, then closes."""


@runtime_checkable
class Drained(Protocol):
    """A component that can ask its callers to go elsewhere while it still serves them."""

    async def drain(self) -> None:
        """Tells who is connected that this process stops soon; calls that still come are answered."""


class Application:
    """Collects the parts of a process in `wiring.py`; `run` serves until SIGTERM or SIGINT."""

    def __init__(self, name: str, shared: SharedSettings, *, metrics_listen: str) -> None:
        configure_logging(shared, name)
        self.name = name
        self.readiness = Readiness()
        self.readiness.starting = True
        self._drain_seconds, self._grace = shared.drain_seconds, shared.grace_seconds
        self.telemetry = start_tracing(shared, name)
        self.metrics = MetricsListener(metrics_listen, self.readiness, self.telemetry.recent)
        self._components: list[Component] = []
        self._tasks: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._closers: list[Callable[[], Awaitable[object]]] = []
        self._starters: list[Callable[[], Awaitable[object]]] = []
        self._stop = asyncio.Event()

    def add(self, component: Component) -> None:
        """Adds a component; they start in this order and stop together."""
        self._components.append(component)

    def task(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Adds a background task that should never end; when it does, it is logged and started again."""
        self._tasks.append((name, work))

    def every(self, seconds: float, action: Callable[[], Awaitable[object]], *, name: str) -> None:
        """Adds a periodic job (`jobs.every`)."""
        self.task(name, lambda: every(seconds, action, name=name))

    def on_start(self, starter: Callable[[], Awaitable[object]]) -> None:
        """Adds something awaited before the components start; its failure ends the process with 1."""
        self._starters.append(starter)

    def on_close(self, closer: Callable[[], Awaitable[object]]) -> None:
        """Adds something awaited at the very end, in reverse order: pools, channels, clients."""
        self._closers.append(closer)

    def stop(self) -> None:
        """Asks `run` to drain and return, as SIGTERM does."""
        self._stop.set()

    async def run(self) -> int:
        """Starts everything, waits for the signal, drains; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        started: list[Component] = []
        tasks: list[asyncio.Task[None]] = []
        try:
            await self.metrics.start()
            started.append(self.metrics)
            for starter in self._starters:
                await starter()
            for component in self._components:
                await component.start()
                started.append(component)
            self.readiness.starting = False
            tasks = [asyncio.create_task(self._keep(name, work), name=name) for name, work in self._tasks]
            log.info("started", tasks=len(tasks))
            await self._stop.wait()
        except Exception as error:
            log.error("start_failed", error=type(error).__name__, detail=str(error), exc_info=error)  # noqa: TRY400
            return 1
        else:
            return 0
        finally:
            await self._drain(started, tasks)

    async def _drain(self, started: list[Component], tasks: list[asyncio.Task[None]]) -> None:
        """Not ready, callers sent elsewhere, running calls ended; then jobs, pools, and health at last."""
        log.info("draining")
        self.readiness.draining = True
        listener, servers = started[:1], started[1:]
        for component in servers:
            if isinstance(component, Drained):
                await self._quietly(component.drain(), _TASK_STOP_SECONDS)
        if servers:
            # Whoever spreads the calls needs a moment to hear of it; until then they still come here.
            await asyncio.sleep(self._drain_seconds)
        stopping = (self._quietly(each.stop(self._grace), self._grace + 1) for each in servers)
        await asyncio.gather(*stopping)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_TASK_STOP_SECONDS)
        for closer in reversed(self._closers):
            await self._quietly(closer(), _TASK_STOP_SECONDS)
        await self._quietly(self.telemetry.close(), _TASK_STOP_SECONDS)
        for component in listener:
            await self._quietly(component.stop(0), _TASK_STOP_SECONDS)
        log.info("stopped")

    async def _quietly(self, work: Awaitable[object], seconds: float) -> None:
        try:
            await asyncio.wait_for(work, seconds)
        except Exception as error:  # noqa: BLE001 (one part that closes badly must not keep the others open)
            log.warning("stop_failed", error=type(error).__name__, detail=str(error)[:200])

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        start_context(task=name)
        wait = 0.5
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await work()
                log.error("task_ended", task=name)
            except Exception as error:
                log.exception("task_crashed", task=name, error=type(error).__name__)
            TASK_RESTARTS.labels(name).inc()
            if asyncio.get_running_loop().time() - began > 60:
                wait = 0.5
            await asyncio.sleep(wait)
            wait = min(wait * 2, _MAX_BACKOFF)


_RARELY = (50_000, 20, 20)
"""What a call leaves is freed without the collector; by its own measure (700 objects) it would look hundreds
of times a second, for a fourteenth of the gateway's time under load."""


def run(build: Callable[[], Awaitable[Application]]) -> None:
    """`python -m NAME serve`: builds the application inside the loop, runs it, exits with its code.

    The loop is uvloop's: a third less processor time for each call over gRPC, HTTP and PostgreSQL.
    """

    async def main() -> int:
        application = await build()
        # What a start leaves is never garbage; looked through again and again, it halts calls for 50 ms.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_RARELY)
        return await application.run()

    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(uvloop.run(main()))
