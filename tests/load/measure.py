"""Runs of the lean client, figures with their spread, and what the processes of a copy spent meanwhile."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of the client saw."""

    statuses: dict[int, int]
    broken: int
    seconds: float
    latencies: list[float]
    bodies: list[str | None]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds if self.seconds > 0 else 0.0

    def percentile_ms(self, percent: float) -> float:
        """The latency that so many percent of the answers stayed within."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0

    def failures(self, *good: int) -> int:
        """How many answers had another status, or never came."""
        return self.broken + sum(count for status, count in self.statuses.items() if status not in good)

    def insist(self, *good: int) -> None:
        """Ends the run when anything else was answered: a rate of failures is no rate.

        Raises:
            SystemExit: with the counts.

        """
        if self.broken or set(self.statuses) - set(good) or not self.statuses:
            shown = next((each for each in self.bodies if each and '"reason"' in each), "")
            raise SystemExit(
                f"answers by status {self.statuses}, {self.broken} broken connections {shown[:600]}"
            )


def load(
    port: int,
    requests: Sequence[dict],
    *,
    clients: int,
    seconds: float = 0,
    warm_seconds: float = 0,
    keep: bool = False,
) -> Load:
    """Runs the client in its own process over requests, for `seconds` or (0) until each was sent once."""
    plan = {
        "host": "127.0.0.1", "port": port, "name": f"localhost:{port}", "clients": clients, "seconds": seconds,
        "warm_seconds": warm_seconds, "keep": keep, "requests": list(requests),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "plan.json", Path(folder) / "report.json"
        asked.write_text(json.dumps(plan))
        subprocess.run([sys.executable, str(HERE / "client.py"), str(asked), str(told)], check=True)
        report = json.loads(told.read_text())
    return Load(
        statuses={int(status): count for status, count in report["statuses"].items()},
        broken=report["broken"],
        seconds=report["seconds"],
        latencies=report["latencies"],
        bodies=report["bodies"],
    )


@dataclass(slots=True)
class Figure:
    """One line of the table: the median of its runs."""

    value: float
    unit: str
    spread: float = 0.0
    """Half the distance between the lowest and the highest run, in the figure's unit."""
    runs: list[float] = field(default_factory=list)
    ratio_to: str = ""
    at: str = ""
    notes: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Sequence[float], unit: str, *, ratio_to: str = "", **notes: object) -> "Figure":
        """The median of some runs."""
        return cls(
            value=round(statistics.median(runs), 4),
            unit=unit,
            spread=round((max(runs) - min(runs)) / 2, 4),
            runs=[round(each, 4) for each in runs],
            ratio_to=ratio_to,
            at=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            notes=notes,
        )


def ratio(
    thing: Callable[[], float], yardstick: Callable[[], float], runs: int
) -> tuple[list[float], list[float], list[float]]:
    """Measures both in turn; returns the ratios of neighbours, and both lists of rates."""
    things, yardsticks = [], []
    for _ in range(runs):
        yardsticks.append(yardstick())
        things.append(thing())
    return [one / other for one, other in zip(things, yardsticks, strict=True)], things, yardsticks


def cpu_seconds(pid: int) -> float:
    """What a process and those it started have spent; 0 for one that is gone."""
    total, found = 0, [pid]
    while found:
        one = found.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            found += [int(each) for each in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(map(int, fields[11:15] if one == pid else fields[11:13]))
    return total / _TICKS


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Spent:
    """CPU milliseconds per answer of each process of a copy, between two moments."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._before = {name: cpu_seconds(pid) for name, pid in pids.items()}

    def per_answer(self, answers: int) -> dict[str, float]:
        """Milliseconds per answer by process, the dearest first."""
        spent = {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}
        each = {name: round(1000 * seconds / max(answers, 1), 2) for name, seconds in spent.items()}
        found = dict(sorted(each.items(), key=lambda item: -item[1]))
        return found | {"total": round(sum(each.values()), 2)}


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "cpu": cpu,
        "memory_gb": round(pages / 1e9, 1),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def written(figures: dict[str, Figure]) -> dict[str, object]:
    """The figures as `bench.json` has them."""
    return {name: asdict(figure) for name, figure in figures.items()}
