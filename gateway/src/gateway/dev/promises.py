"""What must hold at rest, read from the metrics: green or red, with the sentence that says what to do."""

import math
from dataclasses import dataclass

from gateway.dev.observer import Process
from gateway.dev.samples import Samples, Series, added, last, total


@dataclass(frozen=True, slots=True)
class _Rule:
    metric: str
    most: float = 0.0
    grows: bool = False
    """True: a counter, and its growth within the window counts."""
    labels: tuple[tuple[str, str], ...] = ()
    unit: str = ""


_RULES = (
    _Rule("sejour_outbox_oldest_seconds", 5, unit="s"),
    _Rule("sejour_consumer_lag", 50),
    _Rule("sejour_booking_in_between_files"),
    _Rule("sejour_booking_overdue_options"),
    _Rule("sejour_unswept_holds"),
    _Rule("sejour_old_pins"),
    _Rule("sejour_mail_oldest_seconds", 60, unit="s"),
    _Rule("sejour_search_misread_sheets"),
    _Rule("sejour_events_consumed_total", grows=True, labels=(("outcome", "dead"),)),
    _Rule("sejour_task_restarts_total", grows=True),
    _Rule("sejour_job_runs_total", grows=True, labels=(("outcome", "failed"),)),
    _Rule("sejour_rpc_calls_total", grows=True, labels=(("outcome", "INTERNAL"),)),
    _Rule("sejour_http_requests_total", grows=True, labels=(("status", "500"),)),
)
_ALWAYS_ZERO = ("must be 0", "must stay 0")


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the board."""

    metric: str
    wanted: str
    value: float
    help: str
    where: str
    history: list[float]
    state: str
    """`ok`, `broken`, or `unknown` while nobody measures it."""


def promises(processes: list[Process]) -> list[Promise]:
    """Returns all promises, the broken ones first, those that nobody has measured yet last."""
    known = {rule.metric.removesuffix("_total"): rule for rule in _RULES}
    kinds = {family.name: family for each in processes for family in each.samples.families.values()}
    for name, family in kinds.items():
        base = name.removesuffix("_total")
        if any(word in family.help.lower() for word in _ALWAYS_ZERO) and base not in known:
            grows = family.kind == "counter"
            known[base] = _Rule(f"{base}_total" if grows else name, grows=grows)
    found = [_judge(rule, processes) for rule in known.values()]
    order = {"broken": 0, "ok": 1, "unknown": 2}
    return sorted(found, key=lambda each: (order[each.state], each.metric))


def _judge(rule: _Rule, processes: list[Process]) -> Promise:
    lists: list[list[float]] = []
    guilty: list[str] = []
    measured, text = False, ""
    for process in processes:
        samples = process.samples
        family = samples.families.get(rule.metric) or samples.families.get(rule.metric.removesuffix("_total"))
        if family is None:
            continue
        measured, text = True, text or family.help
        mine = [_values(rule, samples, one) for one in _matching(rule, samples)]
        lists += mine
        if any(_value(rule, values) > rule.most for values in mine):
            guilty.append(process.name)
    longest = max((len(values) for values in lists), default=0)
    padded = [[math.nan] * (longest - len(values)) + values for values in lists]
    history = (
        added(padded)
        if rule.grows
        else [max(_known(row), default=math.nan) for row in zip(*padded, strict=True)]
    )
    value = _value(rule, history) if history else 0.0
    state = "unknown" if not measured else "broken" if guilty else "ok"
    wanted = f"≤ {rule.most:g} {rule.unit}".strip() if rule.most else "0"
    return Promise(rule.metric, wanted, value, text, ", ".join(guilty), history, state)


def _matching(rule: _Rule, samples: Samples) -> list[Series]:
    wanted = dict(rule.labels)
    return [one for one in samples.named(rule.metric) if wanted.items() <= one.labels.items()]


def _values(rule: _Rule, samples: Samples, one: Series) -> list[float]:
    return samples.growth(one) if rule.grows else samples.history(one)


def _value(rule: _Rule, values: list[float]) -> float:
    found = total(values) if rule.grows else last(values)
    return 0.0 if math.isnan(found) else found


def _known(row: tuple[float, ...]) -> list[float]:
    return [value for value in row if not math.isnan(value)]
