"""Ports and secrets of one copy: chosen at its first start, kept in its home, the same at every start."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sejour_local.places import Places
from sejour_local.processes import port_taken
from sejour_local.sentences import CannotStart

DEFAULT_PORT = 8080
SERVICES = ("catalog", "pricing", "availability", "search", "booking", "documents")
_NAMES = (
    "postgres", "kafka", "kafka_controller",
    *(f"{name}_{kind}" for name in SERVICES for kind in ("grpc", "metrics")),
    "gateway_grpc", "gateway_metrics",
)  # fmt: skip


@dataclass(slots=True)
class Kept:
    """What must not change between two starts of the same copy."""

    ports: dict[str, int] = field(default_factory=dict)
    signing_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @classmethod
    def read(cls, places: Places) -> Kept:
        """What an earlier start kept, or nothing yet."""
        try:
            return cls(**json.loads(places.settings.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return cls()

    def write(self, places: Places) -> None:
        """Keeps it, readable by its owner only."""
        draft = places.settings.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(places.settings)

    def choose_ports(self) -> None:
        """Keeps every port that is free and finds another for each that somebody took."""
        # Below 32 768: from there on the kernel gives ports to outgoing connections of anybody.
        base = 10_000 + (public_port() % 900) * 25
        candidates = (port for port in range(base, 65_000) if port not in self.ports.values())
        for name in (*_NAMES, *_second_names()):
            port = self.ports.get(name)
            if port is None or port_taken(port):
                self.ports[name] = next(each for each in candidates if not port_taken(each))


def instances() -> int:
    """How many processes of each service and of the gateway run: `SEJOUR_INSTANCES`, 1 or 2.

    Two are for trying restarts without a gap; the second gateway has a port of its own (`gateway-2_http`).

    Raises:
        CannotStart: it is neither.

    """
    given = os.environ.get("SEJOUR_INSTANCES") or "1"
    if given not in {"1", "2"}:
        raise CannotStart(f"SEJOUR_INSTANCES is « {given} »: give 1 or 2.")
    return int(given)


def _second_names() -> list[str]:
    if instances() == 1:
        return []
    names = [f"{name}-2_{kind}" for name in (*SERVICES, "gateway") for kind in ("grpc", "metrics")]
    return [*names, "gateway-2_http"]


def public_port() -> int:
    """The one port that people use: `SEJOUR_PORT`.

    Raises:
        CannotStart: it is no port number.

    """
    given = os.environ.get("SEJOUR_PORT") or str(DEFAULT_PORT)
    if not given.isdigit() or not 0 < int(given) < 65_536:
        raise CannotStart(f"SEJOUR_PORT is « {given} »: give a number from 1 to 65535, such as 8080.")
    return int(given)


def insist_on_public_port() -> None:
    """Checks that the public port is free.

    Raises:
        CannotStart: somebody listens on it, or it needs root.

    """
    port = public_port()
    if port < 1024 and os.geteuid() != 0:
        raise CannotStart(f"Port {port} is for root only: choose another with SEJOUR_PORT=8080 make up.")
    if port_taken(port):
        who = _listener(port)
        raise CannotStart(
            f"Port {port} is in use{f' by {who}' if who else ''}."
            f" End that program, or choose another port: SEJOUR_PORT={port + 1} make up."
        )


def _listener(port: int) -> str | None:
    """« name (pid 12) » of the process that listens on a port, where the kernel lets us see it."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
        except OSError:
            continue
        inodes |= {row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for folder in Path("/proc").glob("[0-9]*"):
        if any(_target(link) in wanted for link in _entries(folder / "fd")):
            with contextlib.suppress(OSError):
                return f"{(folder / 'comm').read_text().strip()} (pid {folder.name})"
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
