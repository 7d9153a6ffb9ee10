"""The copy that is measured: its own home, PostgreSQL that really flushes, an owner of many houses, keys."""

import copy
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from chassis.clock import MovableClock
from ruamel.yaml import YAML
from sejour_local.demo import cast_file_in
from sejour_local.kept import Kept
from sejour_local.processes import free_ports
from sejour_local.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from stack_calls import StackCalls  # noqa: E402

SUPPLIER = 27960
PASSWORD = "une-charge-bien-lourde"
OWNER_SCOPES = (
    "catalog:read", "search:read", "quote:write", "booking:read", "booking:write", "owner:read", "owner:write",
)  # fmt: skip
PARTNER_SCOPES = ("catalog:read", "search:read", "quote:write")
KEYS = 16
"""One for each client: a key of ours may ask 100 times a second."""


class CopyUnderLoad:
    """A running copy with what measurements need of it."""

    def __init__(self, home: Path, port: int, *, houses: int) -> None:
        self._stack = Stack(home, port or free_ports(1)[0])
        self._houses = houses
        self._began = time.monotonic()
        self._paused: list[int] = []
        self.codes: tuple[str, ...] = ()
        self.owner_keys: list[str] = []
        self.partner_keys: list[str] = []

    def say(self, text: str) -> None:
        """A line with the time since the start."""
        print(f"{time.monotonic() - self._began:7.1f} s  {text}", flush=True)

    @property
    def port(self) -> int:
        """The public port."""
        return self._stack.port

    @property
    def home(self) -> Path:
        """Its home."""
        return self._stack.home

    @property
    def today(self) -> date:
        """The date of its clock."""
        return MovableClock(self._stack.places.clock)().date()

    @property
    def kafka_bootstrap(self) -> str:
        """Its Kafka."""
        return f"127.0.0.1:{self._kept.ports['kafka']}"

    def database_url(self, service: str) -> str:
        """A service's database, as asyncpg wants it."""
        pairs = Path(f"/proc/{self._stack.pid(service)}/environ").read_bytes().split(b"\0")
        wanted = f"{service.upper()}_DATABASE_URL=".encode()
        found = next(each for each in pairs if each.startswith(wanted))
        return os.fsdecode(found.removeprefix(wanted)).replace("+asyncpg", "")

    def pids(self, *names: str) -> dict[str, int]:
        """Processes by name; all of them without names."""
        return {name: self._stack.pid(name) for name in names or self._stack.demo["processes"]}

    def pause(self, *names: str) -> None:
        """Stops processes where they are: what they would do has no part in what is measured next."""
        for name in names:
            os.kill(self._stack.pid(name), signal.SIGSTOP)
            self._paused.append(self._stack.pid(name))

    def start(self) -> None:
        """A fresh copy, with the owner loaded."""
        self._sejour("reset", "--yes")
        self.say("starting a copy")
        self._stack.start()
        self._kept = Kept.read(self._stack.places)
        self.calls = StackCalls(self._stack)
        self._load()
        self.say(f"an owner with {self._houses} houses is loaded")

    def stop(self) -> None:
        """Ends it and removes its data."""
        for pid in self._paused:
            os.kill(pid, signal.SIGCONT)
        self.calls.close()
        self._stack.stop()
        self._sejour("reset", "--yes")

    def _sejour(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "SEJOUR_HOME": str(self._stack.home),
            "SEJOUR_PORT": str(self._stack.port),
        }
        return subprocess.run(
            [sys.executable, "-m", "sejour_local", *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _load(self) -> None:
        file, report = self._stack.home / "bench.yaml", self._stack.home / "bench-report.json"
        content = self._data()
        file.write_text(json.dumps(content))
        done = self._sejour("load", str(file), "--report", str(report))
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        keys = json.loads(report.read_text())["keys"]
        self.codes = tuple(each["code"] for each in content["owners"][0]["listings"])
        self.owner_keys = [keys[f"owner-{number}"] for number in range(KEYS)]
        self.partner_keys = [keys[f"partner-{number}"] for number in range(KEYS)]

    def _data(self) -> dict:
        with cast_file_in(ROOT).open() as source:
            owner = copy.deepcopy(YAML(typ="safe").load(source)["owners"][1])
        account = {"email": "charge@charge.example", "display_name": "Charge", "password": PASSWORD}
        owner |= {
            "supplier_no": SUPPLIER, "last_name": "CHARGE", "email": "charge@charge.example", "accounts": [account],
            "labels": [],
        }  # fmt: skip
        pattern = owner["listings"][0]
        for name in ("photos", "label"):
            pattern.pop(name, None)
        owner["listings"] = [
            copy.deepcopy(pattern) | {"code": f"CHARGE-{number:03}"} for number in range(self._houses)
        ]
        owner["tariffs"][0]["listings"] = [each["code"] for each in owner["listings"]]
        keys = [
            {"name": f"owner-{number}", "scopes": list(OWNER_SCOPES), "owners": [SUPPLIER]}
            for number in range(KEYS)
        ] + [{"name": f"partner-{number}", "scopes": list(PARTNER_SCOPES)} for number in range(KEYS)]
        return json.loads(
            json.dumps({"format": "sejour/1", "owners": [owner], "api_keys": keys}, default=str)
        )
