"""Keeps programs running: starts them, restarts those that die and says so, stops them all in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sejour_local.processes import ProcessRecord, Program, end
from sejour_local.sentences import CannotStart

Say = Callable[[str], None]

_BIGGEST_LOG = 20 * 1024 * 1024
_PAUSES = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
_LONG_LIFE = 60.0
_PATIENCE_BEFORE_READY = 3


class Child:
    """One program and the process that runs it now."""

    def __init__(self, program: Program, *, records: Path, logs: Path, say: Say) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.record: ProcessRecord | None = None
        self.was_ready = False
        self.deaths = 0
        self.changed = asyncio.Event()
        self._records = records
        self._say = say
        self._stopping = False
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the process and a watch on it."""
        if self.log.exists() and self.log.stat().st_size > _BIGGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        await self._spawn()
        self._watch = asyncio.create_task(self._keep(), name=f"keep {self.program.name}")

    def running(self) -> bool:
        """Whether the process runs, or is to be started again."""
        return self._process is not None and self._process.returncode is None

    def given_up(self) -> bool:
        """Whether it died so often before it was ever ready that starting it again is no use."""
        return not self.was_ready and self.deaths >= _PATIENCE_BEFORE_READY

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    async def stop(self, *, grace: float) -> None:
        """Asks it to end and kills it, with all it started, when `grace` seconds have gone by."""
        self._stopping = True
        if self._watch is not None:
            self._watch.cancel()
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), grace)
            except TimeoutError:
                self._say(f"  {self.program.name} did not end in {grace:.0f} s and was killed.")
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        (self._records / f"{self.program.name}.json").unlink(missing_ok=True)

    async def _spawn(self) -> None:
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command,
                env={**os.environ, **self.program.environment},
                cwd=self.program.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                user=self.program.user,
                group=self.program.user,
                extra_groups=[] if self.program.user else None,
            )
        self.record = ProcessRecord.of(self.program.name, self._process.pid, self.program.stop_signal)
        self.record.write(self._records)
        self.changed.set()

    async def _keep(self) -> None:
        recent = 0
        while True:
            process, began = self._process, time.monotonic()
            if process is None:
                return
            code = await process.wait()
            if self._stopping:
                return
            self.deaths += 1
            recent = 0 if time.monotonic() - began > _LONG_LIFE else recent + 1
            pause = _pause(recent)
            self._say(
                f"! {self.program.name} (pid {process.pid}) {_how_it_ended(code)};"
                f" starting it again in {pause:g} s. Its log: {self.log}"
            )
            self.changed.set()
            await asyncio.sleep(pause)
            await self._spawn()
            self._say(
                f"  {self.program.name} runs again (pid {self._process.pid if self._process else '?'})."
            )


class Supervisor:
    """All children of one copy; what is started last is stopped first."""

    def __init__(self, *, records: Path, logs: Path, say: Say) -> None:
        self.children: dict[str, Child] = {}
        self._records = records
        self._logs = logs
        self._say = say

    async def start(self, program: Program) -> Child:
        """Starts a program and keeps it running."""
        child = Child(program, records=self._records, logs=self._logs, say=self._say)
        self.children[program.name] = child
        await child.start()
        return child

    async def wait_ready(self, name: str, address: str, *, seconds: float = 150.0) -> None:
        """Waits until `http://ADDRESS/healthz/ready` answers 200.

        Raises:
            CannotStart: the program died again and again, or was not ready in time; with its last words.

        """
        child = self.children[name]
        deadline = time.monotonic() + seconds
        while not await _answers_200(address, "/healthz/ready"):
            if child.given_up() or time.monotonic() > deadline:
                why = (
                    "dies as soon as it is started"
                    if child.given_up()
                    else f"is not ready after {seconds:.0f} s"
                )
                raise CannotStart(f"{name} {why}. The end of {child.log}:\n{child.last_words()}")
            await asyncio.sleep(0.1)
        child.was_ready = True

    async def stop(self, *, servers: tuple[str, ...] = ("kafka", "postgres")) -> None:
        """Stops the services together, then the servers they stand on; at most 10 seconds in all."""
        began = time.monotonic()
        services = [child for name, child in self.children.items() if name not in servers]
        await asyncio.gather(*(child.stop(grace=5.5) for child in services))
        bases = [child for name, child in self.children.items() if name in servers]
        left = 9.0 - (time.monotonic() - began)  # PostgreSQL's last checkpoint waits for the disk.
        await asyncio.gather(*(child.stop(grace=left) for child in bases))
        self.children.clear()


def clear_orphans(records: Path, say: Say) -> None:
    """Ends processes that an earlier start left behind, recognised by number and start time."""
    found = [ProcessRecord.read(path) for path in sorted(records.glob("*.json"))]
    alive = [record for record in found if record is not None and record.alive()]
    if alive:
        say(f"  Ending what an earlier start left behind: {', '.join(record.name for record in alive)}.")
        end(alive, grace=6)
    for path in records.glob("*.json"):
        path.unlink(missing_ok=True)


def _pause(deaths: int) -> float:
    """Seconds before it is started again; a test that kills on purpose asks for always the same."""
    asked = os.environ.get("SEJOUR_RESTART_PAUSE")
    return float(asked) if asked else _PAUSES[min(max(deaths - 1, 0), len(_PAUSES) - 1)]


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


async def _answers_200(address: str, path: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), 1)
    except (OSError, TimeoutError):
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 3)
    except (OSError, TimeoutError):
        return False
    else:
        return b" 200" in status
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
