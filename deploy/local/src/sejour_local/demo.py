"""The demonstration: its cast, and `demo.json` with the addresses, logins and keys of the running copy."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sejour_local.environment import Copy, hosts
from sejour_local.processes import Program
from sejour_local.sentences import CannotStart
from sejour_local.supervisor import Supervisor

DEMONSTRATION_BEGINS = "2026-03-01 10:00"
_MARK = "cast.json"


def cast_file_in(repository: Path) -> Path:
    """The data file of the demonstration cast (`owner-brief.md` 7)."""
    return repository / "deploy" / "local" / "demo" / "cast.yaml"


def demonstration_is_there(copy: Copy) -> bool:
    """Whether the cast was loaded to its end into this copy."""
    return (copy.places.home / _MARK).exists()


async def load_demonstration(copy: Copy) -> None:
    """Loads the cast through the services' own calls, in a process of its own.

    Raises:
        CannotStart: the cast was refused; nothing of it is kept.

    """
    accounts = copy.places.home / "cast.new"
    program = Program(
        name="load",
        command=(
            sys.executable,
            "-m",
            "sejour_local",
            "load",
            str(cast_file_in(copy.places.repository)),
            "--report",
            str(accounts),
        ),
        environment=copy.shared(),
        folder=copy.places.repository,
    )
    done = await asyncio.to_thread(program.run)
    if done.returncode != 0:
        raise CannotStart(
            f"The demonstration cast was refused:\n{(done.stdout + done.stderr).strip()[-3000:]}"
        )
    accounts.replace(copy.places.home / _MARK)


@dataclass(frozen=True, slots=True)
class DemoSheet:
    """What somebody needs to use the running copy."""

    copy: Copy
    supervisor: Supervisor

    def content(self) -> dict[str, Any]:
        """The content of `demo.json`."""
        try:
            report = json.loads((self.copy.places.home / _MARK).read_text())
        except (FileNotFoundError, ValueError):
            report = {}
        accounts = report.get("accounts", {})
        keys = report.get("keys", {})
        return {
            "base_url": self.copy.base_url,
            "hosts": hosts(),
            "owner": accounts.get("owner"),
            "label": accounts.get("label"),
            "operator": accounts.get("operator"),
            "api_key": keys.get("api_key"),
            "partner_key": keys.get("partner_key"),
            "widget_key": keys.get("widget_key"),
            "mail_dir": str(self.copy.places.mail),
            "processes": self._processes(),
        }

    def write(self) -> None:
        """Writes `demo.json` in one go."""
        draft = self.copy.places.demo.with_suffix(".new")
        draft.write_text(json.dumps(self.content(), indent=2, ensure_ascii=False) + "\n")
        draft.replace(self.copy.places.demo)

    def ready_line(self) -> str:
        """The last line of a start: addresses and logins."""
        content = self.content()
        logins = [
            f"{role} {content[role]['login']} / {content[role]['password']}"
            for role in ("owner", "label", "operator")
            if content[role]
        ]
        return (
            f"READY dashboard {content['hosts']['app']} ({', '.join(logins) or 'no demonstration loaded'})"
            f" - guests {content['hosts']['book']} - API {content['base_url']}/api/docs"
            f" - metrics and traces {content['hosts']['app']}/dev - details in {self.copy.places.demo}"
        )

    def _processes(self) -> dict[str, Any]:
        return {
            name: {
                "pid": child.record.pid if child.record else None,
                "metrics": f"http://{self.copy.metrics_address(name)}/metrics"
                if f"{name}_metrics" in self.copy.kept.ports
                else None,
            }
            for name, child in self.supervisor.children.items()
        }
