"""Asks every process for its metrics every few seconds, and for its traces when a page wants them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from chassis.settings import split_address

from gateway.dev.samples import Samples

SECONDS = 5.0
_TIMEOUT = 2.0
_MOST_BYTES = 16 * 1024 * 1024


async def ask(address: str, path: str) -> bytes | None:
    """Returns what a process's listener answers: nothing where it has no such page, None when silent."""
    host, port = split_address(address)
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in head.partition(b"\r\n")[0]:
                    return b""
                body = b""
                while len(body) < _MOST_BYTES and (more := await reader.read(_MOST_BYTES)):
                    body += more
                return body
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None


@dataclass(slots=True)
class Process:
    """One process as the observer knows it."""

    name: str
    address: str
    samples: Samples = field(default_factory=Samples)
    answers: bool | None = None
    since: float = 0.0
    """When it last began to answer, or ceased to (seconds since 1970)."""


class Observer:
    """The last minutes of all processes, in the memory of the gateway. Development only."""

    def __init__(self, processes: Mapping[str, str], *, clock: Callable[[], float] = time.time) -> None:
        self.processes = [Process(name, address) for name, address in processes.items()]
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970: spans bear the time of the machine, not the clock that development moves."""
        return self._clock()

    async def run(self) -> None:
        """Reads for ever."""
        while True:
            await self.read()
            await asyncio.sleep(SECONDS)

    async def read(self) -> None:
        """Reads all processes once; between two of them others get their turn."""
        for process in self.processes:
            body = await ask(process.address, "/metrics")
            answers = bool(body)
            if process.answers is not answers:
                process.answers, process.since = answers, self._clock()
            process.samples.take(body.decode(errors="replace") if body else None)

    async def traces(self, trace: str = "") -> tuple[list[dict[str, Any]], list[str]]:
        """Returns lines of traces (or the spans of one), and the names of processes that did not answer."""
        bodies = await asyncio.gather(
            *(ask(process.address, f"/traces/{trace}") for process in self.processes)
        )
        found: list[dict[str, Any]] = []
        silent: list[str] = []
        for process, body in zip(self.processes, bodies, strict=True):
            if body is None:
                silent.append(process.name)
            elif body:
                found.extend(orjson.loads(body))
        return found, silent
