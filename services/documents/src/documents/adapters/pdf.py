"""HTML to PDF in one worker process: WeasyPrint never loads in the service itself, nor blocks its loop."""

import asyncio
import contextlib
import hashlib
import multiprocessing
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from chassis.errors import DeadlineExceeded, Overloaded
from chassis.logging import get_logger
from chassis.tracing import span
from prometheus_client import Histogram

log = get_logger()

# Buckets: 0.2 s is a warm contract, 5 s a cold worker on a busy machine, 25 s the limit.
RENDER_SECONDS = Histogram(
    "sejour_render_seconds",
    "Time to print a PDF. When it rises, give it more processor, or look for a huge sheet.",
    buckets=(0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0, 25.0),
)

MOST_WAITING = 12
"""Pages in line at once: the last of them still comes within the caller's half a minute."""


def _call(html: str, given: Mapping[str, bytes]) -> bytes:
    from documents.adapters.pdf_worker import render_pdf  # noqa: PLC0415 (in the worker only)

    return render_pdf(html, given)


def _end_with_the_service() -> None:
    """Ends this worker when the service is gone: a killed one tells nobody, and the worker would stay."""
    service = multiprocessing.parent_process()

    def wait() -> None:
        if service is not None:
            service.join()
            os._exit(0)

    threading.Thread(target=wait, name="service", daemon=True).start()


def _digest(html: str, given: Mapping[str, bytes]) -> bytes:
    digest = hashlib.sha256(html.encode())
    for name, content in sorted(given.items()):
        digest.update(hashlib.sha256(name.encode() + b"\0" + content).digest())
    return digest.digest()


class PdfPrinter:
    """A pool of one process, started with the first document, replaced when it dies or hangs.

    Pages printed lately are kept: on one day every guest of a house gets the same état descriptif.
    """

    def __init__(self, *, timeout: float = 25.0, keep_bytes: int = 8_000_000) -> None:
        self._timeout = timeout
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._room = keep_bytes
        self._pool: ProcessPoolExecutor | None = None
        self._in_line = 0
        # One page at a time, so that the time of a page does not count the ones before it.
        self._turn = asyncio.Lock()

    async def print(self, html: str, given: Mapping[str, bytes] | None = None) -> bytes:
        """The PDF of a page; `given` are its assets by name.

        Raises:
            DeadlineExceeded: it took too long; the worker was killed.
            Overloaded: too many pages are in line.

        """
        page = _digest(html, given or {})
        kept = self._kept.get(page)
        if kept is not None:
            self._kept.move_to_end(page)
            return kept
        with span("print pdf", html_bytes=len(html), assets=len(given or {})):
            content = await self._draw(html, given or {})
        self._keep(page, content)
        return content

    def _keep(self, page: bytes, content: bytes) -> None:
        if page not in self._kept:
            self._kept[page] = content
            self._room -= len(content)
        while self._room < 0:
            self._room += len(self._kept.popitem(last=False)[1])

    async def _draw(self, html: str, given: Mapping[str, bytes]) -> bytes:
        if self._in_line >= MOST_WAITING:
            raise Overloaded(part="pdf", retry_after=3)
        self._in_line += 1
        try:
            async with self._turn:
                return await self._drawn(html, given)
        finally:
            self._in_line -= 1

    async def _drawn(self, html: str, given: Mapping[str, bytes]) -> bytes:
        began = time.perf_counter()
        try:
            return await self._try(html, given)
        except BrokenProcessPool:
            log.warning("pdf_worker_died")
            await self._renew(kill=False)
            return await self._try(html, given)
        finally:
            RENDER_SECONDS.observe(time.perf_counter() - began)

    async def _try(self, html: str, given: Mapping[str, bytes]) -> bytes:
        if self._pool is None:
            # `spawn`: a fork would copy the sockets and threads of gRPC.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_end_with_the_service)
        future = asyncio.get_running_loop().run_in_executor(self._pool, _call, html, dict(given))
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._timeout)
        except TimeoutError:
            await self._renew(kill=True)
            with contextlib.suppress(BrokenProcessPool, asyncio.CancelledError):
                await future
            raise DeadlineExceeded(part="pdf") from None

    async def _renew(self, *, kill: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values())
        if kill:
            for process in processes:
                process.kill()
        await asyncio.to_thread(pool.shutdown, wait=kill, cancel_futures=True)

    async def close(self) -> None:
        """Ends the worker."""
        await self._renew(kill=True)
