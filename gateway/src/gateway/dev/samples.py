"""The last minutes of a process's metrics: text of Prometheus in, bounded series out. Pure."""

import itertools
import math
import re
from array import array
from dataclasses import dataclass, field

TICKS = 180
"""How many readings are kept; every five seconds that is a quarter of an hour."""

_LINE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_WANTED = ("sejour_", "process_resident_memory_bytes", "process_cpu_seconds_total")
_COUNTS = ("_total", "_count", "_sum", "_bucket")
_MOST_SERIES = 6000
_NAN = math.nan


@dataclass(slots=True)
class Family:
    """A metric: its kind (`gauge`, `counter`, `histogram`) and the sentence that says what to do."""

    name: str
    kind: str = "gauge"
    help: str = ""


@dataclass(slots=True)
class Series:
    """One labelled series; `values` is a ring."""

    name: str
    labels: dict[str, str]
    values: "array[float]" = field(default_factory=lambda: array("d", [_NAN] * TICKS))


class Samples:
    """What one process has said, `TICKS` readings back."""

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}
        self.series: dict[str, Series] = {}
        self._by_name: dict[str, list[Series]] = {}
        self.ticks = 0
        self._answered = False

    def take(self, text: str | None) -> None:
        """Takes one reading; None where the process did not answer."""
        at = self.ticks % TICKS
        self.ticks += 1
        for one in self.series.values():
            one.values[at] = _NAN
        for line in (text or "").splitlines():
            if line.startswith("#"):
                self._describe(line)
            elif line.startswith(_WANTED):
                self._value(line, at)
        self._answered = text is not None

    def _describe(self, line: str) -> None:
        parts = line.split(" ", 3)
        if len(parts) < 4 or not parts[2].startswith("sejour_") or parts[2].endswith("_created"):
            return
        family = self.families.setdefault(parts[2], Family(parts[2]))
        if parts[1] == "HELP":
            family.help = parts[3].replace("\\n", " ")
        elif parts[1] == "TYPE":
            family.kind = parts[3]

    def _value(self, line: str, at: int) -> None:
        key, _, number = line.rpartition(" ")
        known = self.series.get(key)
        if known is None:
            found = _LINE.match(line)
            if found is None or found[1].endswith("_created") or len(self.series) >= _MOST_SERIES:
                return
            labels = {name: value.replace('\\"', '"') for name, value in _LABEL.findall(found[2] or "")}
            known = self.series[key] = Series(found[1], labels)
            self._by_name.setdefault(known.name, []).append(known)
            if self._answered and known.name.endswith(_COUNTS):
                # It was not among the last reading's: until then it had counted nothing.
                known.values[at - 1] = 0.0
        known.values[at] = float(number)

    def named(self, name: str) -> list[Series]:
        """All series of a name."""
        return self._by_name.get(name, [])

    def history(self, one: Series) -> list[float]:
        """Its readings, oldest first; NaN where there was none."""
        at = self.ticks % TICKS
        ordered = [*one.values[at:], *one.values[:at]]
        return ordered[TICKS - min(self.ticks, TICKS) :]

    def growth(self, one: Series) -> list[float]:
        """How much a counter grew from reading to reading; a restart counts from zero."""
        return growth(self.history(one))


def growth(values: list[float]) -> list[float]:
    """Differences between neighbours; NaN beside a gap, from zero after a fall.

    A counter that appears among readings of others began at zero: its first value is growth.
    """
    found: list[float] = []
    seen = False
    for before, after in itertools.pairwise(values):
        if math.isnan(after):
            found.append(_NAN)
        elif math.isnan(before):
            found.append(_NAN if seen or not found else after)
        else:
            found.append(after - before if after >= before else after)
        seen = seen or not math.isnan(before) or not math.isnan(after)
    return found


def last(values: list[float]) -> float:
    """The newest reading, NaN when there is none."""
    return values[-1] if values else _NAN


def total(values: list[float]) -> float:
    """The sum of what was read."""
    return sum(value for value in values if not math.isnan(value))


def added(lists: list[list[float]]) -> list[float]:
    """Adds series of the same length reading by reading; NaN only where none has a value."""
    sums: list[float] = []
    for row in zip(*lists, strict=False):
        known = [value for value in row if not math.isnan(value)]
        sums.append(sum(known) if known else _NAN)
    return sums


def quantile(buckets: list[tuple[float, float]], share: float) -> float:
    """The value below which `share` of observations lie: from (upper bound, count up to it), interpolated."""
    ordered = sorted(buckets)
    if not ordered or ordered[-1][1] <= 0:
        return _NAN
    wanted, low, before = share * ordered[-1][1], 0.0, 0.0
    for bound, count in ordered:
        if count >= wanted:
            if math.isinf(bound):
                return low
            inside = count - before
            return low + (bound - low) * ((wanted - before) / inside if inside else 1.0)
        low, before = bound, count
    return low
