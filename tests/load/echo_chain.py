"""Starts and measures the yardstick (`echo.py`)."""

import socket
import subprocess
import sys
import time

from measure import HERE, load
from sejour_local.processes import free_ports


class EchoChain:
    """The bare chain, running beside the copy; idle while the copy is measured."""

    def __init__(self) -> None:
        self._port, grpc_port = free_ports(2)
        command = [sys.executable, str(HERE / "echo.py")]
        self._processes = [
            subprocess.Popen([*command, "echo", str(grpc_port)]),
            subprocess.Popen([*command, "door", str(self._port), str(grpc_port)]),
        ]
        self._wait(grpc_port)
        self._wait(self._port)

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("the echo chain did not start")

    def rate(self, clients: int, seconds: float) -> float:
        """Answers per second."""
        asked = [{"path": "/echo?arrival=2026-07-18&nights=7"}]
        seen = load(self._port, asked, clients=clients, seconds=seconds, warm_seconds=0.5)
        seen.insist(200)
        return seen.rate

    def stop(self) -> None:
        """Ends both processes."""
        for process in self._processes:
            process.terminate()
            process.wait()
