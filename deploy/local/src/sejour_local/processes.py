"""Processes and the records that let a later command find, recognise and end them.

Used by the supervisor of `make up`, by `make down` and by the tests' servers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A command to keep running, with all that is needed to start and stop it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: str | None = None
    stop_signal: int = signal.SIGTERM

    def popen(self, log: Path) -> subprocess.Popen[bytes]:
        """Starts it in a session of its own, its output appended to `log`."""
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            )

    def run(self) -> subprocess.CompletedProcess[str]:
        """Runs it to its end and returns what it said."""
        return subprocess.run(
            self.command,
            env={**os.environ, **self.environment},
            cwd=self.folder or "/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process by number and start time, so that a number used again is not mistaken for it."""

    name: str
    pid: int
    started: int
    stop_signal: int = signal.SIGTERM

    @classmethod
    def of(cls, name: str, pid: int, stop_signal: int = signal.SIGTERM) -> ProcessRecord:
        """The record of a running process."""
        return cls(name=name, pid=pid, started=start_time(pid) or 0, stop_signal=stop_signal)

    @classmethod
    def read(cls, path: Path) -> ProcessRecord | None:
        """The record in a file, or None when there is none or it was cut short by a crash."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Keeps the record as `NAME.json`."""
        path = folder / f"{self.name}.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(path)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return self.started != 0 and start_time(self.pid) == self.started

    def send(self, number: int) -> None:
        """Sends a signal to the process alone."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def send_group(self, number: int) -> None:
        """Sends a signal to the process and what it started."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)


def start_time(pid: int) -> int | None:
    """When a process started, in ticks since boot; None when it is gone or only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def end(records: list[ProcessRecord], *, grace: float = 8.0) -> list[ProcessRecord]:
    """Ends processes that need not be our children: kindly first, after `grace` seconds with SIGKILL.

    Returns those that had to be killed.
    """
    for record in records:
        record.send(record.stop_signal)
    deadline = time.monotonic() + grace
    left = [record for record in records if record.alive()]
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [record for record in left if record.alive()]
    for record in left:
        record.send_group(signal.SIGKILL)
    while any(record.alive() for record in left) and time.monotonic() < deadline + 2:
        time.sleep(0.02)
    return left


def free_ports(count: int) -> list[int]:
    """Different ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def port_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
