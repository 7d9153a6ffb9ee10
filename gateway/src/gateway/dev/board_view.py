"""The board of metrics as a view model: processes, traffic by route and call, and everything else. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.dev.observer import SECONDS, Process
from gateway.dev.samples import Samples, Series, added, last, quantile, total

_TRAFFIC = (
    ("sejour_http_requests_total", "sejour_http_seconds", ("method", "route"), "status"),
    ("sejour_rpc_calls_total", "sejour_rpc_seconds", ("method",), "outcome"),
)
_FAULTS = {"INTERNAL", "UNAVAILABLE", "DEADLINE"}


@dataclass(frozen=True, slots=True)
class ProcessCard:
    """One process: does it answer, what does it use."""

    name: str
    answers: bool | None
    since: float
    cpu_percent: float
    cpu: list[float]
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests of one route or calls of one method within the window."""

    process: str
    name: str
    count: int
    per_minute: list[float]
    p50_ms: float
    p95_ms: float
    faults: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One series of any other metric."""

    labels: str
    value: float
    history: list[float]


@dataclass(frozen=True, slots=True)
class Group:
    """One metric of one process."""

    process: str
    name: str
    kind: str
    help: str
    measures: list[Measure]


def cards(processes: Iterable[Process]) -> list[ProcessCard]:
    """Returns one card a process."""
    found = []
    for process in processes:
        samples = process.samples
        cpu = [
            value / SECONDS * 100
            for value in added([samples.growth(one) for one in samples.named("process_cpu_seconds_total")])
        ]
        memory = added([samples.history(one) for one in samples.named("process_resident_memory_bytes")])
        found.append(
            ProcessCard(process.name, process.answers, process.since, last(cpu), cpu, last(memory) / 1e6)
        )
    return found


def traffic(processes: Iterable[Process]) -> list[Traffic]:
    """Returns routes and calls that were asked for within the window, the most asked first."""
    found: list[Traffic] = []
    for process in processes:
        for counter, histogram, keys, outcome in _TRAFFIC:
            groups: dict[tuple[str, ...], list[Series]] = {}
            for one in process.samples.named(counter):
                groups.setdefault(tuple(one.labels.get(key, "") for key in keys), []).append(one)
            found += [
                _traffic(process, histogram, dict(zip(keys, names, strict=True)), mine, outcome)
                for names, mine in groups.items()
            ]
    return sorted((one for one in found if one.count), key=lambda one: -one.count)


def _traffic(
    process: Process, histogram: str, labels: dict[str, str], mine: list[Series], outcome: str
) -> Traffic:
    samples = process.samples
    grown = [samples.growth(one) for one in mine]
    faults = sum(
        total(values)
        for one, values in zip(mine, grown, strict=True)
        if one.labels[outcome] in _FAULTS or one.labels[outcome].startswith("5")
    )
    buckets = [
        (float(one.labels["le"]), total(samples.growth(one)))
        for one in samples.named(f"{histogram}_bucket")
        if labels.items() <= one.labels.items()
    ]
    per_minute = [value * 60 / SECONDS for value in added(grown)]
    return Traffic(
        process=process.name,
        name=" ".join(labels.values()),
        count=round(total(added(grown))),
        per_minute=per_minute,
        p50_ms=quantile(buckets, 0.5) * 1000,
        p95_ms=quantile(buckets, 0.95) * 1000,
        faults=round(faults),
    )


def groups(process: Process) -> list[Group]:
    """Returns every other metric of a process; of histograms the mean of each reading."""
    samples = process.samples
    shown = {name for pair in _TRAFFIC for name in pair[:2]}
    return [
        Group(process.name, family.name, family.kind, family.help, found)
        for family in sorted(samples.families.values(), key=lambda each: each.name)
        if family.name not in shown and (found := _measures(samples, family.name, family.kind))
    ]


def _measures(samples: Samples, name: str, kind: str) -> list[Measure]:
    if kind == "histogram":
        return [_mean(samples, name, one) for one in samples.named(f"{name}_count")]
    found = []
    for one in samples.named(name):
        history = samples.growth(one) if kind == "counter" else samples.history(one)
        found.append(Measure(_labels(one), last(samples.history(one)), history))
    return sorted(found, key=lambda each: each.labels)


def _mean(samples: Samples, name: str, counted: Series) -> Measure:
    sums = next(one for one in samples.named(f"{name}_sum") if one.labels == counted.labels)
    means = [
        value / count if count else math.nan
        for value, count in zip(samples.growth(sums), samples.growth(counted), strict=True)
    ]
    return Measure(_labels(counted), last(samples.history(counted)), means)


def _labels(one: Series) -> str:
    return ", ".join(f"{name}={value}" for name, value in one.labels.items())
