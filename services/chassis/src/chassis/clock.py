"""The one source of time: the real clock, and in development one that a file moves for all processes."""

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from chassis.settings import SharedSettings

Clock = Callable[[], datetime]

_STAT_EVERY_SECONDS = 0.05


def system_clock() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (the one place)


class MovableClock:
    """The real time plus the offset written in a file, read again when the file changes.

    The file is JSON `{"offset_seconds": float}`. A missing or half-written file keeps the last offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta()
        self._stamp: tuple[int, int] | None = None
        self._next_stat = 0.0

    def __call__(self) -> datetime:
        """The moved time, in UTC."""
        ticks = time.monotonic()
        if ticks >= self._next_stat:
            self._next_stat = ticks + _STAT_EVERY_SECONDS
            self._reload()
        return system_clock() + self._offset

    def _reload(self) -> None:
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stamp == self._stamp:
                return
            self._offset = timedelta(seconds=float(json.loads(self._path.read_text())["offset_seconds"]))
            self._stamp = stamp
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError):
            return


def make_clock(settings: SharedSettings) -> Clock:
    """The clock of a process: movable where a clock file is set (never in production)."""
    if settings.clock_file is None:
        return system_clock
    return MovableClock(settings.clock_file)


def today(now: datetime, zone: str | ZoneInfo = "Europe/Paris") -> date:
    """The date of an instant in a zone."""
    return now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
