"""The web server as a part of the process that starts and drains with the others."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from chassis.settings import split_address
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_CONNECTIONS = 4000
"""Idle ones count, too; how many requests run at once is bounded by `in_time`."""


class _Server(uvicorn.Server):
    """Leaves the signals to chassis' lifecycle."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _LastAnswers:
    """Once told, ends each connection with its next answer, so that the ingress opens no more here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def closing(message: Message) -> None:
            if self.told and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, closing)


class WebServer:
    """Serves the door over HTTP/1.1."""

    def __init__(self, app: ASGIApp, listen: str, *, trusted_proxies: str = "127.0.0.1") -> None:
        host, port = split_address(listen)
        self._app = _LastAnswers(app)
        config = uvicorn.Config(
            self._app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=None,
            limit_concurrency=_MOST_CONNECTIONS,
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

    async def drain(self) -> None:
        """Ends kept connections with their next answer; new ones are still taken."""
        self._app.told = True

    async def stop(self, grace: float) -> None:
        """Takes no more connections and lets running requests end within the grace, then closes."""
        if self._task is None:
            return
        self._app.told = True
        self._server.should_exit = True
        await asyncio.wait({self._task}, timeout=grace)
        self._task.cancel()
