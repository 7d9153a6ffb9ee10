"""Quotes, options and rivals through HTTP, with an owner's own key: everything of the copy works meanwhile."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import asyncpg
from copy_under_load import KEYS, CopyUnderLoad
from echo_chain import EchoChain
from measure import Figure, Load, Spent, load

CLIENTS = 16
RIVALS = 20
_NIGHTS = 2
_SEASONS = ((date(2026, 3, 5), date(2026, 7, 2)), (date(2026, 8, 31), date(2026, 12, 28)))
"""Between these days the cast's owner lets for two nights."""
_ACCEPTED = {"description_version": "1", "terms_version": "1"}


class Stays:
    """Two-night stays that never meet: the houses one after the other, then the next nights."""

    def __init__(self, codes: Sequence[str]) -> None:
        self._codes = codes
        self._next = 0

    def take(self, count: int) -> list[tuple[str, date]]:
        """The next stays, each given once."""
        arrivals = [
            first + timedelta(day)
            for first, last in _SEASONS
            for day in range(0, (last - first).days - _NIGHTS, _NIGHTS)
        ]
        taken = range(self._next, self._next + count)
        self._next += count
        if self._next > len(arrivals) * len(self._codes):
            raise SystemExit("no nights are left: measure with more --houses")
        return [(self._codes[one % len(self._codes)], arrivals[one // len(self._codes)]) for one in taken]


class OptionsBench:
    """Requests of an owner's own keys, one key for each client."""

    def __init__(self, copy: CopyUnderLoad) -> None:
        self._copy = copy
        # The last houses are for the rivals.
        self._stays = Stays(copy.codes[:-RIVALS])
        self._made = 0

    def _post(self, path: str, body: dict, number: int) -> dict:
        headers = {
            "Authorization": f"Bearer {self._copy.owner_keys[number % KEYS]}",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        return {"method": "POST", "path": f"/api/v1{path}", "headers": headers, "body": body}

    def quote_request(self, code: str, arrival: date, number: int, *, nights: int = _NIGHTS) -> dict:
        """Asks for the price of a stay."""
        line = {
            "listing": code, "arrival": str(arrival), "departure": str(arrival + timedelta(nights)), "adults": 2,
        }  # fmt: skip
        return self._post("/quotes", {"lines": [line]}, number)

    def booking_request(self, quote_id: str, number: int) -> dict:
        """Asks for an option on a quote, for somebody new."""
        client = {
            "last_name": f"Charge{_letters(self._made)}", "first_name": "Claude",
            "email": f"charge{self._made}@charge.example", "mobile": "+33639980001",
        }  # fmt: skip
        self._made += 1
        body = {"quote": quote_id, "mode": "option", "client": client, "accepted": _ACCEPTED}
        return self._post("/bookings", body, number)

    def quotes(self, count: int, *, clients: int = CLIENTS) -> tuple[Load, list[str]]:
        """Stores quotes for the next stays; returns their ids."""
        asked = [self.quote_request(code, day, n) for n, (code, day) in enumerate(self._stays.take(count))]
        seen = load(self._copy.port, asked, clients=clients, keep=True)
        seen.insist(201)
        return seen, [json.loads(body)["id"] for body in seen.bodies]

    def options(self, quotes: Sequence[str], *, clients: int) -> Load:
        """Makes an option of each quote."""
        asked = [self.booking_request(one, number) for number, one in enumerate(quotes)]
        seen = load(self._copy.port, asked, clients=clients, keep=True)
        seen.insist(201)
        return seen

    def rivals(self, rounds: int) -> Iterator[Load]:
        """Twenty owners' keys want overlapping weeks of one house at once, house after house."""
        houses = self._copy.codes[-RIVALS:]
        for number in range(rounds):
            week = number // len(houses)
            first = date(2026, 9, 1) + timedelta(8 * (week % 13))
            quoted = [
                self.quote_request(houses[number % len(houses)], first + timedelta(one % 4), one, nights=7)
                for one in range(RIVALS)
            ]
            answers = load(self._copy.port, quoted, clients=RIVALS, keep=True)
            answers.insist(201)
            ids = [json.loads(body)["id"] for body in answers.bodies]
            asked = [self.booking_request(one, n) for n, one in enumerate(ids)]
            seen = load(self._copy.port, asked, clients=RIVALS, keep=True)
            yield seen
            self._free(seen)

    def _free(self, seen: Load) -> None:
        """Cancels what was won, so that the nights can be fought for again."""
        won = [json.loads(body)["reference"] for body in seen.bodies if body and '"reference"' in body]
        if won:
            asked = [self._post(f"/bookings/{one}/cancellation", {}, n) for n, one in enumerate(won)]
            load(self._copy.port, asked, clients=1).insist(200)

    def overlaps(self) -> int:
        """Pairs of occupancies of one resource that share a night, asked of the database itself."""

        async def count() -> int:
            connection = await asyncpg.connect(self._copy.database_url("availability"))
            try:
                return await connection.fetchval(
                    "SELECT count(*) FROM occupancies a JOIN occupancies b"
                    " ON a.resource_id = b.resource_id AND a.id < b.id AND a.nights && b.nights"
                )
            finally:
                await connection.close()

        return asyncio.run(count())


def _letters(number: int) -> str:
    found = ""
    for _ in range(4):
        number, letter = divmod(number, 26)
        found = chr(ord("a") + letter) + found
    return found


def _rate(bench: OptionsBench, copy: CopyUnderLoad, *, clients: int, count: int, runs: int) -> Figure:
    rates, spent, latencies = [], [], []
    for _ in range(runs):
        _, ids = bench.quotes(count)
        before = Spent(copy.pids())
        seen = bench.options(ids, clients=clients)
        spent.append(before.per_answer(count))
        rates.append(seen.rate)
        latencies.append(seen.percentile_ms(95))
    return Figure.of(
        rates, "per s", p95_ms=[round(each, 1) for each in latencies], cpu_ms_per_option=spent[-1]
    )


def _warm_up(bench: OptionsBench) -> None:
    """Connections, caches and prepared statements: a copy that has just started is not what is measured."""
    _, ids = bench.quotes(100)
    bench.options(ids, clients=CLIENTS)


def main(copy: CopyUnderLoad, _echo: EchoChain, *, full: bool) -> Iterator[tuple[str, Figure]]:
    """Every figure of quotes, options and rivals."""
    bench = OptionsBench(copy)
    _warm_up(bench)
    rates, spent = [], {}
    for _ in range(3):
        before = Spent(copy.pids())
        seen, _ = bench.quotes(300)
        spent = before.per_answer(300)
        rates.append(seen.rate)
    yield "quotes_per_second", Figure.of(rates, "per s", cpu_ms_per_quote=spent)
    yield "bookings_per_second_1", _rate(bench, copy, clients=1, count=60, runs=3)
    yield "bookings_per_second_16", _rate(bench, copy, clients=CLIENTS, count=240, runs=3)
    yield from _rivals(bench, copy, rounds=500 if full else 10)


def _rivals(bench: OptionsBench, copy: CopyUnderLoad, *, rounds: int) -> Iterator[tuple[str, Figure]]:
    latencies: list[float] = []
    doubles, errors, winners = 0, 0, 0
    began = time.monotonic()
    for seen in bench.rivals(rounds):
        won = seen.statuses.get(201, 0)
        winners += won
        doubles += max(0, won - 1)
        errors += seen.broken + sum(count for status, count in seen.statuses.items() if status >= 500)
        latencies += seen.latencies
        doubles += bench.overlaps()
    every = Load({}, 0, time.monotonic() - began, latencies, [])
    attempts = rounds * RIVALS
    figure = Figure.of(
        [every.percentile_ms(99)], "ms", attempts=attempts, median_ms=round(every.percentile_ms(50), 1)
    )
    yield "rivals_p99_ms", figure
    yield "rivals_doubles", Figure.of([doubles], "", attempts=attempts, winners=winners)
    yield "rivals_5xx", Figure.of([errors], "", attempts=attempts)
    copy.say(f"{attempts} rival attempts, {winners} winners")
