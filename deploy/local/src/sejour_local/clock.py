"""The movable clock of development: an offset in a file that all running processes follow."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sejour_local.sentences import CannotStart

ZONE = ZoneInfo("Europe/Paris")


def real_now() -> datetime:
    """The machine's own time."""
    return datetime.fromtimestamp(time.time(), UTC)


def show(path: Path) -> datetime:
    """What the processes take for the present."""
    return datetime.fromtimestamp(time.time() + _offset(path), UTC).astimezone(ZONE)


def set_to(path: Path, when: str) -> datetime:
    """Moves the clock: « 2026-03-01 10:00 » (Europe/Paris), or an instant with its offset. It runs on.

    Raises:
        CannotStart: that is no date and time.

    """
    try:
        wanted = datetime.fromisoformat(when)
    except ValueError as error:
        raise CannotStart(f"« {when} » is no date and time: write it as « 2026-03-01 10:00 ».") from error
    if wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=ZONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"offset_seconds": wanted.timestamp() - time.time()}))
    draft.replace(path)
    return wanted.astimezone(ZONE)


def reset(path: Path) -> None:
    """Back to the machine's own time."""
    if path.exists():
        set_to(path, real_now().isoformat())


def _offset(path: Path) -> float:
    try:
        return float(json.loads(path.read_text())["offset_seconds"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0.0
