"""A whole copy for tests: `sejour up` in a home of its own, with the demonstration cast and a movable clock.

The first copy of a run is made and loaded from nothing, stopped and kept as a pattern; the others begin as
copies of it, so that each story finds the cast untouched within seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sejour_local import clock
from sejour_local.places import Places
from sejour_local.processes import ProcessRecord, end, free_ports

_PATIENCE = 240.0


class Stack:
    """One running copy: addresses and logins in `demo`, the clock in `set_clock`."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.log = home / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def demo(self) -> dict[str, Any]:
        """What `demo.json` says now."""
        content: dict[str, Any] = json.loads((self.home / "demo.json").read_text())
        return content

    @property
    def base_url(self) -> str:
        """The public address."""
        return f"http://localhost:{self.port}"

    @property
    def places(self) -> Places:
        """Its folders."""
        return Places(repository=Places.here().repository, home=self.home)

    @property
    def mail(self) -> Path:
        """Mails written so far, one `.eml` each."""
        return self.places.mail

    def set_clock(self, when: str) -> None:
        """Moves the clock of all its processes: « 2026-03-01 10:00 » (Europe/Paris); it runs on."""
        clock.set_to(self.places.clock, when)

    def pid(self, name: str) -> int:
        """The process of a service now."""
        return int(self.demo["processes"][name]["pid"])

    def output(self) -> str:
        """What the start has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self, **settings: str) -> None:
        """Starts it and waits for READY.

        Raises:
            RuntimeError: it ended, or was not ready in time; with what it said.

        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        environment = {**os.environ, "SEJOUR_HOME": str(self.home), "SEJOUR_PORT": str(self.port), **settings}
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sejour_local", "up"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _PATIENCE
        while not any(line.startswith("READY") for line in self.output().splitlines()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"sejour up did not become ready:\n{self.output()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Asks it to stop and waits; returns the exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process = process
            self.kill()
            return -9

    def detach(self) -> None:
        """Leaves it running for others: whoever ends the run of tests ends it by its record."""
        if self._process is not None:
            self._process.returncode = 0  # Nobody waits for it here, and that is meant.
            self._process = None

    def kill(self) -> None:
        """SIGKILL to everything at once, as when the machine loses its power."""
        records = [ProcessRecord.read(path) for path in (self.home / "run").glob("*.json")]
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for record in records:
            if record is not None:
                record.send_group(signal.SIGKILL)
        end([record for record in records if record is not None], grace=2)


def new_stack(home: Path, *, pattern: Path | None = None) -> Stack:
    """A copy that is not started yet; with the cast in place when there is a pattern."""
    if pattern is not None:
        clone(pattern, home)
    return Stack(home, free_ports(1)[0])


def clone(pattern: Path, home: Path) -> None:
    """Copies the home of a stopped stack, with the owners of its files; ports are chosen anew."""
    subprocess.run(["/bin/cp", "-a", "--reflink=auto", str(pattern), str(home)], check=True)
    with suppress(FileNotFoundError):
        settings = json.loads((home / "settings.json").read_text())
        settings["ports"] = {}
        (home / "settings.json").write_text(json.dumps(settings))
    for name in ("run", "logs"):
        shutil.rmtree(home / name, ignore_errors=True)
