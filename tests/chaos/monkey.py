"""What is done to the processes of the long run: kills at random times, and the blows that have a date."""

import asyncio
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from sejour_local import clock
from sejour_local.processes import free_ports
from sejour_local.stack import Stack

VICTIMS = {
    "booking": 5, "availability": 5, "documents": 3, "pricing": 3, "catalog": 2, "gateway": 2, "search": 1,
    "postgres": 1, "kafka": 1,
}  # fmt: skip
"""How often each process is chosen."""
SECOND = ("booking", "availability", "documents")
"""What gets a second process for a while."""

Say = Callable[[str], None]


class Monkey:
    """Kills until it is told to stop; `blows` come at their part of the run."""

    def __init__(self, stack: Stack, *, seconds: float, seed: int, say: Say) -> None:
        self._stack, self._seconds, self._say = stack, seconds, say
        self._random = random.Random(seed)  # noqa: S311  (repeatable, not secret)
        self.kills = 0
        self._second: list[subprocess.Popen[bytes]] = []
        self._plans = {name: plan_of(stack, name) for name in SECOND}
        self.blows: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (0.15, self.stop_kafka),
            (0.40, self.restart_postgres),
            (0.50, self.second_relays),
            (0.75, self.move_clock),
        ]

    async def rage(self, stop: asyncio.Event) -> None:
        """Until `stop`: a process killed every 2 to 10 seconds, and each blow once."""
        began = time.monotonic()
        blows = list(self.blows)
        while not stop.is_set():
            if blows and time.monotonic() - began > blows[0][0] * self._seconds:
                await blows.pop(0)[1]()
            pause = self._random.uniform(2, 10)
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                self.kill(self._random.choices(list(VICTIMS), list(VICTIMS.values()))[0])

    def kill(self, name: str) -> None:
        """SIGKILL to one process; the supervisor starts it again."""
        try:
            os.kill(self._stack.pid(name), signal.SIGKILL)
        except (ProcessLookupError, TypeError, json.JSONDecodeError):
            return
        self.kills += 1
        self._say(f"killed {name}")

    async def stop_kafka(self) -> None:
        """Kafka stands still for a minute (a sixth of a short run), as behind a broken network."""
        pid, pause = self._stack.pid("kafka"), min(60.0, self._seconds / 6)
        self._say(f"Kafka stands still for {pause:.0f} s")
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(pause)
        finally:
            os.kill(pid, signal.SIGCONT)

    async def restart_postgres(self) -> None:
        """A fast shutdown; the supervisor starts it again."""
        self._say("PostgreSQL is restarted")
        os.kill(self._stack.pid("postgres"), signal.SIGINT)

    async def second_relays(self) -> None:
        """A second process of booking, availability and documents: two relays, two resumers, two workers."""
        self._say(f"second processes start: {', '.join(SECOND)}")
        try:
            for name in SECOND:
                self._second.append(self._start_second(name))
            await asyncio.sleep(min(40.0, self._seconds / 10))
        finally:
            for process in self._second:
                process.kill()
                process.wait()
        self._say("the second processes were killed")

    async def move_clock(self) -> None:
        """A day and two hours forward: signatures, leases, quotes and some options end."""
        now = clock.show(self._stack.places.clock)
        later = now + timedelta(hours=26)
        clock.set_to(self._stack.places.clock, later.isoformat())
        self._say(f"the clock is moved to {later:%Y-%m-%d %H:%M}")

    def _start_second(self, name: str) -> subprocess.Popen[bytes]:
        command, environment = self._plans[name]
        grpc, metrics = free_ports(2)
        listens = {
            f"{name.upper()}_GRPC_LISTEN": f"127.0.0.1:{grpc}",
            f"{name.upper()}_METRICS_LISTEN": f"127.0.0.1:{metrics}",
        }
        with (self._stack.home / "logs" / f"{name}-second.log").open("ab") as log:
            return subprocess.Popen(
                command, env=environment | listens, stdout=log, stderr=log, cwd=self._stack.home
            )


def plan_of(stack: Stack, name: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of a process that runs now."""
    process = Path(f"/proc/{stack.pid(name)}")
    pairs = [os.fsdecode(each) for each in (process / "environ").read_bytes().split(b"\0")]
    command = [os.fsdecode(each) for each in (process / "cmdline").read_bytes().split(b"\0") if each]
    return command, dict(each.split("=", 1) for each in pairs if "=" in each)


def database_url(stack: Stack, name: str) -> str:
    """Where a service of the copy keeps its data, as asyncpg wants it."""
    return plan_of(stack, name)[1][f"{name.upper()}_DATABASE_URL"].replace("+asyncpg", "")
