"""Search through HTTP over made-up listings, beside the echo chain; memory of the index, news until found."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode

from copy_under_load import ROOT, CopyUnderLoad
from echo_chain import EchoChain
from feeding import events_of, publish, write_cards
from made_up import MadeUp, made_up, searches
from measure import HERE, Figure, Load, Spent, load, memory_mb, ratio
from sejour.availability.v1.search_service_pb2 import GetIndexStatusRequest, SearchRequest

CLIENTS = 16
_MIX = 2000
"""How many different searches of the mix are sent, round and round."""


def request(asked: SearchRequest, key: str) -> dict:
    """A search as a partner sends it."""
    query = {"arrival": asked.arrival, "nights": asked.nights, "adults": asked.party.adults}
    if asked.party.children_ages:
        query["children"] = ",".join(map(str, asked.party.children_ages))
    if asked.radius_km:
        query |= {"place": f"{asked.latitude:.4f},{asked.longitude:.4f}", "radius_km": f"{asked.radius_km:g}"}
    if asked.equipment:
        query["equipment"] = ",".join(asked.equipment)
    return {"path": f"/api/v1/search?{urlencode(query)}", "headers": {"Authorization": f"Bearer {key}"}}


class SearchBench:
    """The copy's index grows from one measurement to the next: 1 000, 30 000, and 100 000 listings when asked."""

    def __init__(self, copy: CopyUnderLoad, echo: EchoChain, *, runs: int, seconds: float) -> None:
        self._copy, self._echo, self._runs, self._seconds = copy, echo, runs, seconds
        self._there = 0

    def grow(self, count: int) -> None:
        """Publishes the listings up to a number and waits until search has them all."""
        began = time.monotonic()
        new = list(made_up(count - self._there, today=self._copy.today, first=self._there))
        asyncio.run(self._publish(new))
        self._there = count
        plans = sum(len(each.rates.sheets) for each in new)
        self._wait_for_offers(self._offers_before + plans)
        self._offers_before += plans
        self._copy.say(f"{count} listings are in the index ({time.monotonic() - began:.0f} s)")

    _offers_before = 0

    async def _publish(self, new: Sequence[MadeUp]) -> None:
        now = datetime.now(UTC)
        await write_cards(self._copy.database_url("catalog"), new)
        await publish(self._copy.kafka_bootstrap, (event for each in new for event in events_of(each, now)))

    def start(self) -> None:
        """Nothing but search and what it needs works meanwhile; what the copy held before is counted."""
        self._copy.pause("pricing", "availability", "booking", "documents")
        self._offers_before = self._status().offers

    def _status(self):
        return self._copy.calls("SearchService.GetIndexStatus", GetIndexStatusRequest())

    def _wait_for_offers(self, wanted: int) -> None:
        deadline = time.monotonic() + 900
        while self._status().offers < wanted or self._status().lag_messages:
            if time.monotonic() > deadline:
                raise SystemExit(f"search knows {self._status().offers} offers of {wanted}")
            time.sleep(0.2)

    def over_echo(self, *, with_place: float = 0.8, seed: int = 1) -> Figure:
        """The rate of the mix over that of the echo chain, taken in turn."""
        mix = list(islice(searches(today=self._copy.today, seed=seed, with_place=with_place), _MIX))
        keys = self._copy.partner_keys
        asked = [request(each, keys[number % len(keys)]) for number, each in enumerate(mix)]
        spent: list[dict[str, float]] = []
        latencies: list[float] = []
        failures: list[int] = []

        def search() -> float:
            before = Spent(self._copy.pids("gateway", "search", "catalog", "postgres"))
            seen: Load = load(self._copy.port, asked, clients=CLIENTS, seconds=self._seconds, warm_seconds=1)
            failures.append(seen.failures(200))
            spent.append(before.per_answer(len(seen.latencies)))
            latencies.append(seen.percentile_ms(95))
            return seen.statuses.get(200, 0) / seen.seconds

        ratios, rates, yards = ratio(search, lambda: self._echo.rate(CLIENTS, self._seconds), self._runs)
        return Figure.of(
            ratios,
            "x",
            ratio_to="echo",
            searches_per_second=[round(each, 1) for each in rates],
            echo_per_second=[round(each, 1) for each in yards],
            p95_ms=[round(each, 1) for each in latencies],
            cpu_ms_per_search=spent[-1],
            failures=failures,
        )

    def cost(self) -> float:
        """CPU milliseconds that the search process spends on a search of the mix, four clients at once."""
        mix, keys = islice(searches(today=self._copy.today, seed=9), _MIX), self._copy.partner_keys
        # Each with a key of its own turn: one alone would soon be told to wait.
        asked = [request(each, keys[number % len(keys)]) for number, each in enumerate(mix)]
        load(self._copy.port, asked, clients=4, seconds=1)
        before = Spent(self._copy.pids("search"))
        seen = load(self._copy.port, asked, clients=4, seconds=2 * self._seconds)
        seen.insist(200)
        return before.per_answer(len(seen.latencies))["search"]

    def index_cost(self) -> Figure:
        """CPU of the index alone over that of a scan of its bits, both in a process of their own."""
        command = [sys.executable, str(HERE / "index_cost.py"), str(self._there), str(self._copy.today)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        told = json.loads(done.stdout.splitlines()[-1])
        return Figure.of(told["ratios"], "x", ratio_to="numpy scan of the packed bits", cpu_us=told["cpu_us"])

    def memory(self) -> Figure:
        """Resident memory of the search process."""
        return Figure.of([memory_mb(self._copy.pids("search")["search"])], "MB", listings=self._there)


def main(copy: CopyUnderLoad, echo: EchoChain, *, full: bool) -> Iterator[tuple[str, Figure]]:
    """Every figure of search."""
    bench = SearchBench(copy, echo, runs=3, seconds=4)
    bench.start()
    bench.grow(1_000)
    yield "search_1k_over_echo", bench.over_echo()
    bench.grow(30_000)
    yield "search_30k_over_echo", bench.over_echo()
    yield "search_30k_nationwide_cold_over_echo", bench.over_echo(with_place=0, seed=3)
    yield "index_mb_30k", bench.memory()
    yield "index_cost_over_numpy_scan", bench.index_cost()
    if full:
        small = bench.cost()
        bench.grow(100_000)
        large = bench.cost()
        cpu_ms = {"30000": small, "100000": large}
        yield (
            "search_cost_100k_over_30k",
            Figure.of([large / small], "x", ratio_to="CPU of the search process at 30 000", cpu_ms=cpu_ms),
        )
