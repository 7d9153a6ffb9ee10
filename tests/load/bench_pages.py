"""The calendar with prices beside the echo chain, planning, news until found, cost of a contract, the widget."""

import gzip
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import httpx
from copy_under_load import PASSWORD, ROOT, SUPPLIER, CopyUnderLoad
from echo_chain import EchoChain
from gateway.guest.widget import SCRIPT
from measure import HERE, Figure, Spent, load, ratio

sys.path.insert(0, str(ROOT / "tests"))

from foreign import Person

CLIENTS = 16
_CLICKS = 20


def main(copy: CopyUnderLoad, echo: EchoChain, *, full: bool) -> Iterator[tuple[str, Figure]]:
    """Every figure of pages."""
    yield "calendar_13_months_over_echo", _calendar(copy, echo, seconds=4 if full else 3)
    yield "planning_100x92_ms", _planning(copy)
    yield "freshness_p95_ms", _freshness(copy)
    yield "contract_cost_over_weasyprint", _contract()
    yield "widget_gzip_bytes", _widget()


def _calendar(copy: CopyUnderLoad, echo: EchoChain, *, seconds: float) -> Figure:
    """396 nights with the price of a week from each, of one house after the other."""
    first = copy.today
    asked = [
        {
            "path": f"/api/v1/listings/{code}/calendar?from={first}&to={first + timedelta(396)}&nights=7",
            "headers": {"Authorization": f"Bearer {copy.owner_keys[number % len(copy.owner_keys)]}"},
        }
        for number, code in enumerate(copy.codes)
    ]

    spent: list[dict[str, float]] = []

    def calendar() -> float:
        before = Spent(copy.pids("gateway", "pricing", "availability", "postgres"))
        seen = load(copy.port, asked, clients=CLIENTS, seconds=seconds)
        seen.insist(200)
        spent.append(before.per_answer(len(seen.latencies)))
        return seen.rate

    # Each calendar once, so that no run pays for what only the first guest of a day does.
    load(copy.port, asked, clients=CLIENTS).insist(200)

    ratios, rates, yards = ratio(calendar, lambda: echo.rate(CLIENTS, seconds), 3)
    notes = {
        "per_second": [round(one, 1) for one in rates],
        "echo_per_second": [round(one, 1) for one in yards],
        "cpu_ms_per_calendar": spent[-1],
    }
    return Figure.of(ratios, "x", ratio_to="echo", **notes)


class _Stack:
    """What `Person` wants of a copy."""

    def __init__(self, port: int) -> None:
        self.port = port


def _planning(copy: CopyUnderLoad) -> Figure:
    """The page of all houses over three months, as its owner's browser asks for it, warm."""
    person = Person(_Stack(copy.port), str(SUPPLIER), PASSWORD)
    taken = []
    for number in range(8):
        began = time.perf_counter()
        page = person.get("/planning?mois=2026-04&duree=3")
        if number >= 3:
            taken.append(1000 * (time.perf_counter() - began))
        if page.status_code != 200:
            raise SystemExit(f"planning: {page.status_code}")
    return Figure.of(taken, "ms", houses=len(copy.codes), kilobytes=len(page.content) // 1000)


def _freshness(copy: CopyUnderLoad) -> Figure:
    """From an owner's click that blocks a house to its absence from a search, one click after the other."""
    taken = []
    for number, code in enumerate(copy.codes[-_CLICKS:]):
        first = date(2026, 12, 29)
        body = {"listing": code, "arrival": str(first), "departure": "2026-12-31", "reason": "personal"}
        before = _found(copy, first)
        began = time.perf_counter()
        _ask(copy, "/owner/blocks", body)
        while _found(copy, first) >= before:
            if time.perf_counter() - began > 20:
                raise SystemExit(f"click {number} never came to search")
            time.sleep(0.01)
        taken.append(1000 * (time.perf_counter() - began))
    ordered = sorted(taken)
    median = round(statistics.median(taken), 1)
    return Figure.of([ordered[int(0.95 * len(ordered))]], "ms", clicks=_CLICKS, median_ms=median)


def _found(copy: CopyUnderLoad, arrival: date) -> int:
    return int(_ask(copy, f"/search?arrival={arrival}&nights=2&limit=1")["count"])


def _ask(copy: CopyUnderLoad, path: str, body: dict | None = None) -> dict:
    headers = {"Authorization": f"Bearer {copy.owner_keys[0]}", "Idempotency-Key": str(uuid.uuid4())}
    answer = httpx.request(
        "GET" if body is None else "POST",
        f"http://localhost:{copy.port}/api/v1{path}",
        json=body,
        headers=headers,
        timeout=20,
    )
    return dict(answer.raise_for_status().json())


def _contract() -> Figure:
    """CPU of a contract, warm, from file to PDF, over that of WeasyPrint alone on the same page."""
    done = subprocess.run(
        [sys.executable, str(HERE / "contract_cost.py")], capture_output=True, text=True, check=True, cwd=ROOT
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return Figure.of(
        told["ratios"], "x", ratio_to="bare WeasyPrint", cpu_ms=told["cpu_ms"], pages=told["pages"]
    )


def _widget() -> Figure:
    """The one file that a partner's page loads, as a server with gzip sends it."""
    return Figure.of([len(gzip.compress(SCRIPT.read_bytes(), 9))], "bytes", plain=SCRIPT.stat().st_size)
