"""A Kafka of a test's own, to be started late, made to stand still, and killed."""

import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sejour_local import kafka as local
from sejour_local.processes import free_ports


class OwnBroker:
    """Prepared, not started. It keeps its data from one start to the next."""

    def __init__(self, home: Path) -> None:
        local.install()
        port, controller = free_ports(2)
        self._server = local.prepare(home / "kafka", port, controller)
        self._log = home / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.bootstrap = self._server.bootstrap

    async def start(self) -> None:
        """Starts it and waits until it answers."""
        process = self._process = self._server.program.popen(self._log)
        await local.wait_ready_async(self.bootstrap, alive=lambda: process.poll() is None)

    def stand_still(self) -> None:
        """Connections stay open and nothing is answered any more."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Ends `stand_still`."""
        self._send(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it at once, whatever it was doing."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _send(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


@asynccontextmanager
async def own_broker(home: Path) -> AsyncIterator[OwnBroker]:
    """The broker for a fixture; gone at the end."""
    broker = OwnBroker(home)
    try:
        yield broker
    finally:
        broker.kill()
