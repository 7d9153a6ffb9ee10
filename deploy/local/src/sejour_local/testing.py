"""The real servers that tests share: one PostgreSQL and one Kafka per run of pytest, also under xdist.

`tests/conftest.py` calls it. Workers start a server when the first of them asks for it, under a lock; the
controlling process ends them all. A run that was killed leaves records, which the next run clears away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from sejour_local import kafka, postgres
from sejour_local.places import Places
from sejour_local.processes import ProcessRecord, end, free_ports
from sejour_local.stack import Stack, new_stack

_RUN = "SEJOUR_TEST_RUN"


def begin() -> None:
    """Called by the controlling process: clears dead runs away and opens a folder for this one."""
    root = _root()
    for old in root.iterdir():
        owner = ProcessRecord.read(old / "run.json")
        if owner is not None and owner.alive():
            continue
        _clear(old)
    run = root / str(os.getpid())
    run.mkdir()
    ProcessRecord.of("run", os.getpid()).write(run)
    os.environ[_RUN] = str(run)


def _root() -> Path:
    """A folder that PostgreSQL's system user can go into, too: not in root's home."""
    repository = Places.here().repository
    root = repository / ".sejour" / "test"
    if not postgres.open_to_others(root):
        root = Path("/var/tmp") / f"sejour-test-{hashlib.sha256(str(repository).encode()).hexdigest()[:12]}"  # noqa: S108
        root.mkdir(exist_ok=True)
    return root


def finish() -> None:
    """Called by the controlling process: ends the servers of this run and removes their data."""
    run = os.environ.pop(_RUN, None)
    if run is not None:
        _clear(Path(run))


def folder() -> Path:
    """The folder of this run, shared by its workers."""
    return Path(os.environ[_RUN])


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One worker of this run at a time."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgres_url() -> str:
    """The superuser's address of this run's PostgreSQL, started when it is not."""
    return _once("postgres", _start_postgres)


def kafka_bootstrap() -> str:
    """The address of this run's Kafka, started when it is not."""
    return _once("kafka", _start_kafka)


def shared_stack() -> Stack:
    """The copy that all workers of this run share, started when it is not."""
    with locked("stack"):
        told = folder() / "stack.port"
        stack = Stack(folder() / "stack", int(told.read_text()) if told.exists() else 0)
        if not told.exists():
            stack = new_stack(folder() / "stack", pattern=_pattern())
            stack.start()
            stack.detach()
            told.write_text(str(stack.port))
    return stack


def fresh_stack(name: str, **settings: str) -> Stack:
    """A copy with the cast untouched, started; whoever asks for it stops it and calls `forget`.

    `settings` are environment variables of `sejour up`, such as `SEJOUR_INSTANCES="2"`.
    """
    pattern = _pattern()
    homes = (folder() / f"{name}_{number}" for number in itertools.count(1))
    stack = new_stack(next(home for home in homes if not home.exists()), pattern=pattern)
    stack.start(**settings)
    return stack


def forget(stack: Stack) -> None:
    """Removes the home of a stopped copy."""
    shutil.rmtree(stack.home, ignore_errors=True)


def _pattern() -> Path:
    """The home of a copy that was loaded with the cast and stopped; made once a run."""
    home = folder() / "pattern"
    with locked("pattern"):
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)  # Of a start that failed.
            stack = Stack(home, free_ports(1)[0])
            stack.start()
            stack.stop()
            (home / "complete").touch()
    return home


def _once(name: str, start: Callable[[], str]) -> str:
    told = folder() / f"{name}.address"
    with locked(name):
        if not told.exists():
            told.write_text(json.dumps(start()))
    return str(json.loads(told.read_text()))


def _start_postgres() -> str:
    given = os.environ.get("SEJOUR_POSTGRES_URL")
    if given:
        return given
    server = postgres.prepare(folder() / "postgres", free_ports(1)[0], careless=True)
    (folder() / "postgres.data").write_text(str(server.data))
    process = server.program.popen(folder() / "postgres.log")
    ProcessRecord.of("postgres", process.pid, server.program.stop_signal).write(folder())
    postgres.wait_ready(server.port, alive=lambda: process.poll() is None)
    _detach(process)
    return server.url()


def _start_kafka() -> str:
    given = os.environ.get("SEJOUR_KAFKA_BOOTSTRAP")
    if given:
        return given
    kafka.install()
    port, controller = free_ports(2)
    server = kafka.prepare(folder() / "kafka", port, controller)
    process = server.program.popen(folder() / "kafka.log")
    ProcessRecord.of("kafka", process.pid, signal.SIGKILL).write(folder())
    kafka.wait_ready(server.bootstrap, alive=lambda: process.poll() is None)
    _detach(process)
    return server.bootstrap


def _detach(process: subprocess.Popen[bytes]) -> None:
    """The controller ends the process by its record; this object need not warn that it still runs."""
    process.returncode = 0


def _end_stacks(run: Path) -> None:
    for home in run.glob("*/up.json"):
        supervisor = ProcessRecord.read(home)
        if supervisor is not None:
            end([supervisor], grace=12)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(supervisor.pid, 0)
    left = [ProcessRecord.read(path) for path in run.glob("*/run/*.json")]
    end([record for record in left if record is not None], grace=2)


def _clear(run: Path) -> None:
    _end_stacks(run)
    records = [ProcessRecord.read(run / f"{name}.json") for name in ("postgres", "kafka")]
    end([record for record in records if record is not None], grace=5)
    for record in records:
        if record is not None:
            with contextlib.suppress(ChildProcessError):  # A worker's child is not ours to bury.
                os.waitpid(record.pid, 0)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree((run / "postgres.data").read_text(), ignore_errors=True)
    shutil.rmtree(run, ignore_errors=True)
