"""Every metric of every service says what to do when it moves, and stands in the operators' table.

`python tests/architecture/test_metrics.py` writes the table of docs/operations/observability.md anew.
"""

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/operations/observability.md"
PACKAGES = ("chassis", "catalog", "pricing", "availability", "booking", "documents", "gateway")
FOREIGN = ("process_", "python_")
LABELS = {
    "consumer", "database", "format", "job", "kind", "method", "outcome", "reason", "route", "service", "source",
    "state", "status", "task", "topic", "why",
}  # fmt: skip
DEEDS = "add|ask|check|compare|drain|find|free|give|look|mend|lower|move|open|raise|read|replay|restart|restore|run|say|see|send|start|stop|tell"
BEGIN, END = "<!-- metrics: begin -->\n", "<!-- metrics: end -->\n"


@cache
def metrics():
    """Name, kind, labels and help of all metrics that the modules of the services declare."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = {}
    for collector in set(REGISTRY._names_to_collectors.values()):
        families = collector.describe() if hasattr(collector, "describe") else []
        for family in families:
            name = family.name + ("_total" if family.type == "counter" else "")
            labels = tuple(getattr(collector, "_labelnames", getattr(family, "_labelnames", ())))
            if not name.startswith(FOREIGN):
                found[name] = (family.type, labels, family.documentation)
    return dict(sorted(found.items()))


def table():
    rows = ["| metric | kind | labels | what it says, and what to do |", "|---|---|---|---|"]
    for name, (kind, labels, text) in metrics().items():
        shown = text.replace("|", "\\|").replace("<", "&lt;")
        rows.append(f"| `{name}` | {kind} | {', '.join(labels)} | {shown} |")
    return "\n".join(rows) + "\n"


def test_names_are_ours_and_say_their_unit():
    wrong = [name for name in metrics() if not re.fullmatch(r"sejour_[a-z]+(_[a-z]+)*", name)]
    assert wrong == []
    assert [
        name
        for name, (kind, *_rest) in metrics().items()
        if kind == "histogram" and not name.endswith("_seconds")
    ] == []


def test_every_help_says_what_to_do():
    silent = [
        f"{name}: {text}"
        for name, (_kind, _labels, text) in metrics().items()
        if not re.search(rf"\b({DEEDS})\b", text, re.IGNORECASE) or not re.search(r"[.:;,] \S", text)
    ]
    assert silent == []


def test_labels_come_from_closed_sets():
    assert {label for _kind, labels, _text in metrics().values() for label in labels} <= LABELS


def test_the_choice_of_buckets_is_explained():
    for package in PACKAGES:
        folder = Path(importlib.import_module(package).__file__).parent
        for path in folder.rglob("*.py"):
            source = path.read_text()
            if " = Histogram(" in source:
                assert re.search(r"# Buckets: .+\n", source), f"{path} does not say why its buckets"


def test_the_operators_table_is_up_to_date():
    written = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    if written != table():
        pytest.fail("The table is old: « .venv/bin/python tests/architecture/test_metrics.py » writes it.")


if __name__ == "__main__":
    head, _, rest = DOCUMENT.read_text().partition(BEGIN)
    DOCUMENT.write_text(head + BEGIN + table() + END + rest.partition(END)[2])
