"""Where things lie on this machine: the checkout, its tools, and the home of one running copy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one copy of Séjour; two copies side by side differ by `home`."""

    repository: Path
    home: Path

    @classmethod
    def here(cls) -> Places:
        """The checkout this package is installed from, and the home that `SEJOUR_HOME` names."""
        repository = Path(__file__).resolve().parents[4]
        home = Path(os.environ.get("SEJOUR_HOME") or ".sejour")
        return cls(repository=repository, home=(repository / home).resolve())

    @property
    def tools(self) -> Path:
        """What is installed once for all copies: uv, Kafka's jars."""
        return self.repository / ".sejour" / "tools"

    @property
    def run(self) -> Path:
        """Who runs: one record per process."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.home / "logs"

    @property
    def files(self) -> Path:
        """The local object store: photos and documents."""
        return self.home / "files"

    @property
    def mail(self) -> Path:
        """Mails written in development."""
        return self.home / "mail"

    @property
    def clock(self) -> Path:
        """The offset of the movable clock."""
        return self.home / "clock.json"

    @property
    def demo(self) -> Path:
        """Addresses, logins and keys of the running copy, written when it is ready."""
        return self.home / "demo.json"

    @property
    def settings(self) -> Path:
        """Ports and secrets chosen at the first start and kept."""
        return self.home / "settings.json"

    def make(self) -> None:
        """Makes the folders that processes expect."""
        for folder in (self.home, self.run, self.logs, self.files, self.mail):
            folder.mkdir(parents=True, exist_ok=True)
