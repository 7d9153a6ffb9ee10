"""`sejour up`: everything on one machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator

from sejour_local import clock, databases, kafka, postgres
from sejour_local.demo import DEMONSTRATION_BEGINS, DemoSheet, demonstration_is_there, load_demonstration
from sejour_local.environment import Copy
from sejour_local.kept import Kept, insist_on_public_port
from sejour_local.places import Places
from sejour_local.processes import ProcessRecord
from sejour_local.sentences import CannotStart
from sejour_local.supervisor import Supervisor, clear_orphans

_ROOM_NEEDED = 500 * 1024 * 1024


class Up:
    """One start of a copy, step by step."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.began = time.monotonic()
        self.supervisor = Supervisor(records=places.run, logs=places.logs, say=self.say)
        self.stop_asked = asyncio.Event()

    def say(self, line: str) -> None:
        """One progress line with the seconds since the start."""
        print(f"{time.monotonic() - self.began:5.1f} s  {line}", flush=True)

    async def run(self) -> int:
        """Starts everything, says READY, and stops everything when asked. Returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop_asked.set)
        starting = asyncio.create_task(self._start())
        asked = asyncio.create_task(self.stop_asked.wait())
        try:
            await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                copy = starting.result()
                await self._follow(copy)
            return 0
        finally:
            starting.cancel()
            asked.cancel()
            await asyncio.gather(starting, asked, return_exceptions=True)
            await self._stop()

    async def _start(self) -> Copy:
        copy = await self._servers()
        from sejour_local import topics  # noqa: PLC0415  (late: the servers start meanwhile)

        fresh = await databases.create(copy)
        if fresh:
            self.say(f"Databases made: {', '.join(fresh)}.")
        made, migrated = await asyncio.gather(
            topics.create(copy.kafka_bootstrap),
            databases.migrate(copy, fresh=fresh),
        )
        if made:
            self.say(f"Topics made: {len(made)}.")
        self.say("Databases migrated." if migrated else "Databases are up to date.")
        await self._processes(copy)
        sheet = DemoSheet(copy=copy, supervisor=self.supervisor)
        if not demonstration_is_there(copy):
            self.say("Loading the demonstration cast ...")
            await load_demonstration(copy)
        sheet.write()
        print(sheet.ready_line(), flush=True)
        return copy

    async def _servers(self) -> Copy:
        kept = Kept.read(self.places)
        kept.choose_ports()
        kept.write(self.places)
        if "SEJOUR_KAFKA_BOOTSTRAP" not in os.environ:
            kafka.install()
        started = (self._postgres(kept), self._kafka(kept))
        postgres_url, bootstrap = await asyncio.gather(*started)
        return Copy(places=self.places, kept=kept, postgres_url=postgres_url, kafka_bootstrap=bootstrap)

    async def _postgres(self, kept: Kept) -> str:
        given = os.environ.get("SEJOUR_POSTGRES_URL")
        if given:
            self.say("PostgreSQL: the one of SEJOUR_POSTGRES_URL.")
            return given
        server = await asyncio.to_thread(
            postgres.prepare, self.places.home / "postgres", kept.ports["postgres"]
        )
        child = await self.supervisor.start(server.program)

        def alive() -> bool:
            return not child.given_up()

        try:
            await asyncio.to_thread(postgres.wait_ready, server.port, alive=alive)
        except CannotStart as error:
            raise CannotStart(f"{error}\n{child.last_words()}") from error
        child.was_ready = True
        self.say(f"PostgreSQL runs on port {server.port}.")
        return server.url()

    async def _kafka(self, kept: Kept) -> str:
        given = os.environ.get("SEJOUR_KAFKA_BOOTSTRAP")
        if given:
            self.say("Kafka: the one of SEJOUR_KAFKA_BOOTSTRAP.")
            return given
        server = kafka.prepare(
            self.places.home / "kafka", kept.ports["kafka"], kept.ports["kafka_controller"]
        )
        child = await self.supervisor.start(server.program)
        try:
            await kafka.wait_ready_async(server.bootstrap, alive=lambda: not child.given_up())
        except CannotStart as error:
            raise CannotStart(f"{error}\n{child.last_words()}") from error
        child.was_ready = True
        self.say(f"Kafka runs on port {kept.ports['kafka']}.")
        return server.bootstrap

    async def _processes(self, copy: Copy) -> None:
        programs = copy.programs()
        self.say(f"Starting {', '.join(program.name for program in programs)} ...")
        for program in programs:
            await self.supervisor.start(program)

        async def ready(name: str) -> None:
            await self.supervisor.wait_ready(name, copy.metrics_address(name))
            self.say(f"{name} is ready.")

        waits = [asyncio.create_task(ready(program.name)) for program in programs]
        try:
            await asyncio.gather(*waits)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _follow(self, copy: Copy) -> None:
        """Keeps `demo.json` true while processes die and are started again."""
        sheet = DemoSheet(copy=copy, supervisor=self.supervisor)
        changes = [
            asyncio.create_task(self._write_on_change(sheet, name)) for name in self.supervisor.children
        ]
        await self.stop_asked.wait()
        for change in changes:
            change.cancel()
        await asyncio.gather(*changes, return_exceptions=True)

    async def _write_on_change(self, sheet: DemoSheet, name: str) -> None:
        child = self.supervisor.children[name]
        while True:
            child.changed.clear()
            await child.changed.wait()
            sheet.write()

    async def _stop(self) -> None:
        if not self.supervisor.children:
            return
        self.say("Stopping everything ...")
        began = time.monotonic()
        await self.supervisor.stop()
        self.say(
            f"Everything is stopped ({time.monotonic() - began:.1f} s); the data stay in {self.places.home}."
        )


def up(places: Places) -> int:
    """Runs a copy until it is asked to stop; returns the exit code.

    Raises:
        CannotStart: something on this machine is in the way.

    """
    places.make()
    with _alone(places):
        _insist_on_room(places)
        clear_orphans(places.run, lambda line: print(line, flush=True))
        insist_on_public_port()
        _set_clock(places)
        return asyncio.run(Up(places).run())


def _set_clock(places: Places) -> None:
    """`SEJOUR_CLOCK`, else for a new home the day on which the demonstration's season begins."""
    given = os.environ.get("SEJOUR_CLOCK")
    if given:
        clock.set_to(places.clock, given)
    elif not places.clock.exists():
        clock.set_to(places.clock, DEMONSTRATION_BEGINS)
        print(
            f"The clock of this copy begins at {DEMONSTRATION_BEGINS}, when the demonstration's season opens;"
            " « sejour clock reset » sets it to the present.",
            flush=True,
        )


@contextlib.contextmanager
def _alone(places: Places) -> Iterator[None]:
    """Only one `sejour up` in a home."""
    path = places.home / "up.json"
    with (places.home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = ProcessRecord.read(path)
            raise CannotStart(
                f"This copy runs already{f' (pid {owner.pid})' if owner else ''}: see « make status »,"
                " stop it with « make down », or start a second one beside it with"
                " SEJOUR_HOME=.sejour-2 SEJOUR_PORT=8081 make up."
            ) from error
        ProcessRecord.of("up", os.getpid()).write(places.home)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _insist_on_room(places: Places) -> None:
    free = shutil.disk_usage(places.home).free
    if free < _ROOM_NEEDED:
        raise CannotStart(
            f"The disk of {places.home} is nearly full: {free // 1_000_000} MB are free and"
            f" {_ROOM_NEEDED // 1_000_000} MB are needed: make room, or choose another disk with SEJOUR_HOME."
        )
