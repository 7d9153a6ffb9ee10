"""Which nights the index holds, and which day it is in each zone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

REACH = 760
"""A stay ends at most so many days after today."""
NIGHTS = 766
"""Rows of the ring: yesterday, the nights within reach, and two days by which zones differ."""
_WEST = timedelta(hours=12)
_NEVER = datetime.min.replace(tzinfo=UTC)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(slots=True)
class Window:
    """The nights `[first, last)` that have rows, as ordinals; `first` is yesterday in the far west."""

    zones: list[str] = field(default_factory=lambda: ["Europe/Paris"])
    todays: list[int] = field(default_factory=list)
    """By zone."""
    first: int = 0
    last: int = 0
    _until: datetime = _NEVER
    _since: datetime = _NEVER

    def zone_number(self, name: str, now: datetime) -> int:
        """The number of a zone, a new one where it is not known yet."""
        name = name or "Europe/Paris"
        if name not in self.zones:
            self.zones.append(name)
            self.look(now)
        return self.zones.index(name)

    def holds(self, now: datetime) -> bool:
        """Whether the days have not changed anywhere since the last look, nor the clock gone back."""
        return self._since <= now < self._until

    def look(self, now: datetime) -> tuple[int, int]:
        """Reads the days anew; returns the nights that the window should have."""
        local = [now.astimezone(_zone(name)) for name in self.zones]
        self.todays = [one.date().toordinal() for one in local]
        ends = [(one + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) for one in local]
        # No day changes unseen for longer than an hour, whatever a zone does to its clocks.
        self._until = min(now + timedelta(hours=1), *(end.astimezone(UTC) for end in ends))
        self._since = now
        first = (now.astimezone(UTC) - _WEST).date().toordinal() - 1
        return first, first + NIGHTS
