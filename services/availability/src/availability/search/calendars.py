"""The nights of one listing as masks: which are open, which each unit cannot sell; see `Calendar`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sejour.availability.v1.availability_events_pb2 import BusyNights, CalendarChanged

Bits = NDArray[np.uint8]
Hold = tuple[datetime, int]
"""When it ends, and its nights."""
Unit = tuple[int, tuple[Hold, ...]]
"""Busy nights, and those held until an instant."""


@lru_cache(maxsize=8192)
def day(text: str) -> int:
    """The ordinal of an ISO date."""
    return date.fromisoformat(text).toordinal()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Masks of nights: bit n is the night `origin + n` (an ordinal); earlier nights are forgotten.

    A stay needs one unit that is free throughout; units with the same nights are one here.
    """

    revision: int
    origin: int
    open: int
    units: tuple[Unit, ...]

    @classmethod
    def of(cls, message: CalendarChanged, origin: int) -> "Calendar":
        """From the news."""
        opened = 0
        for nights in message.open:
            opened |= _mask(nights.arrival, nights.departure, origin)
        units = [_unit(unit.busy, origin) for unit in message.units] or [_unit(message.busy, origin)]
        return cls(message.revision, origin, opened, tuple(dict.fromkeys(units)))

    def ends(self) -> set[datetime]:
        """When holds end."""
        return {ends for _, holds in self.units for ends, _ in holds}

    def free(self, unit: int, first: int, last: int, now: datetime) -> Bits:
        """1 for each night of `[first, last)` that one unit can sell at an instant."""
        busy, holds = self.units[unit]
        for ends, nights in holds:
            if ends > now:
                busy |= nights
        count = last - first
        mask = self.open & ~busy
        mask = mask >> (first - self.origin) if first >= self.origin else mask << (self.origin - first)
        packed = (mask & ((1 << count) - 1)).to_bytes((count + 7) // 8, "little")
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=count, bitorder="little")


def _unit(every: Iterable[BusyNights], origin: int) -> Unit:
    busy, holds = 0, []
    for one in every:
        nights = _mask(one.nights.arrival, one.nights.departure, origin)
        if one.HasField("frees_at"):
            holds.append((one.frees_at.ToDatetime(UTC), nights))
        else:
            busy |= nights
    return busy, tuple(holds)


def _mask(arrival: str, departure: str, origin: int) -> int:
    first, last = max(0, day(arrival) - origin), max(0, day(departure) - origin)
    return (1 << last) - (1 << first)
