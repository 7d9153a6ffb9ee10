"""The web server as a part of the process that starts and drains with the others."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from chassis.settings import split_address
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """Leaves the signals to chassis' lifecycle."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves the door over HTTP/1.1."""

    def __init__(self, app: ASGIApp, listen: str, *, trusted_proxies: str = "127.0.0.1") -> None:
        host, port = split_address(listen)
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=8,
            limit_concurrency=1000,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to listen; a port in use ends the process."""
        self._task = asyncio.create_task(self._server.serve(), name="http")
        while not self._server.started:
            if self._task.done():
                raise OSError("the web server could not start: is its port in use?")
            await asyncio.sleep(0.02)

    async def stop(self, grace: float) -> None:
        """Lets running requests end within the grace, then closes."""
        if self._task is None:
            return
        self._server.should_exit = True
        await asyncio.wait({self._task}, timeout=grace)
        self._task.cancel()
