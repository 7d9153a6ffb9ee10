"""Ranges of nights, always half-open; stays, seasons, open periods, holds and feeds are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


class EmptyStay(ValueError):
    """The departure is not after the arrival: no night lies between them."""

    def __init__(self, arrival: date, departure: date) -> None:
        super().__init__(f"no night from {arrival} to {departure}")
        self.arrival = arrival
        self.departure = departure


@dataclass(frozen=True, slots=True, order=True)
class NightRange:
    """Nights `[arrival, departure)`: the night of `departure` is free for the next guest."""

    arrival: date
    departure: date

    def __post_init__(self) -> None:
        if self.departure <= self.arrival:
            raise EmptyStay(self.arrival, self.departure)

    @classmethod
    def parse(cls, arrival: str, departure: str) -> NightRange:
        """Reads two ISO dates, `YYYY-MM-DD`.

        Raises:
            ValueError: one is no ISO date.
            EmptyStay: the departure is not after the arrival.

        """
        return cls(date.fromisoformat(arrival), date.fromisoformat(departure))

    @classmethod
    def of_length(cls, arrival: date, nights: int) -> NightRange:
        """That many nights from `arrival` on."""
        return cls(arrival, arrival + timedelta(days=nights))

    @property
    def length(self) -> int:
        """How many nights, at least 1."""
        return (self.departure - self.arrival).days

    @property
    def nights(self) -> Iterator[date]:
        """Each night, named by the day on which it begins."""
        return (self.arrival + timedelta(days=i) for i in range(self.length))

    def contains(self, night: date) -> bool:
        """Whether the night that begins on that day is one of these."""
        return self.arrival <= night < self.departure

    def covers(self, other: NightRange) -> bool:
        """Whether every night of `other` is one of these."""
        return self.arrival <= other.arrival and other.departure <= self.departure

    def overlaps(self, other: NightRange) -> bool:
        """Whether they share a night; a turnover day is not shared."""
        return self.arrival < other.departure and other.arrival < self.departure

    def intersection(self, other: NightRange) -> NightRange | None:
        """The nights in both, or None."""
        if not self.overlaps(other):
            return None
        return NightRange(max(self.arrival, other.arrival), min(self.departure, other.departure))

    def minus(self, other: NightRange) -> list[NightRange]:
        """The nights that are not in `other`: none, one or two ranges, in order."""
        if not self.overlaps(other):
            return [self]
        left = []
        if self.arrival < other.arrival:
            left.append(NightRange(self.arrival, other.arrival))
        if other.departure < self.departure:
            left.append(NightRange(other.departure, self.departure))
        return left

    @staticmethod
    def merge(ranges: Iterable[NightRange]) -> list[NightRange]:
        """The same nights in the fewest ranges, in order; ranges that touch become one."""
        merged: list[NightRange] = []
        for nights in sorted(ranges):
            if merged and nights.arrival <= merged[-1].departure:
                last = merged[-1]
                merged[-1] = NightRange(last.arrival, max(last.departure, nights.departure))
            else:
                merged.append(nights)
        return merged

    def __str__(self) -> str:
        return f"{self.arrival.isoformat()}/{self.departure.isoformat()}"


merge = NightRange.merge
