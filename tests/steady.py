"""A steady, small load on a copy: search, quote, option, cancellation by the API, and an owner's pages.

Used where processes are stopped and restarted under it; `Steady.failures` is what a person would have noticed.
"""

import asyncio
import copy
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
from ruamel.yaml import YAML
from sejour_local.demo import cast_file_in
from sejour_local.kept import Kept
from sejour_local.places import Places
from sejour_local.stack import Stack

SUPPLIER, PASSWORD = 27980, "la-route-tient-bon"
CODES = tuple(f"ROUTE-{number}" for number in range(4))
SCOPES = ["catalog:read", "search:read", "quote:write", "booking:read", "booking:write"]
CLIENT = {"last_name": "ROUTE", "first_name": "Une", "email": "route@example.org", "mobile": "+33639980001"}
ACCEPTED = {"description_version": "1", "terms_version": "1"}
FIRST = date(2026, 3, 7)


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner made for the load: what he signs in with, and his key of the API."""

    login: str
    password: str
    key: str


def load_owner(stack: Stack) -> Owner:
    """Loads an owner of four open houses into a running copy."""
    with cast_file_in(Places.here().repository).open() as source:
        owner = copy.deepcopy(YAML(typ="safe").load(source)["owners"][1])
    mail = "route@route.example"
    account = {"email": mail, "display_name": "Route", "password": PASSWORD}
    owner |= {"supplier_no": SUPPLIER, "last_name": "ROUTE", "email": mail, "accounts": [account]}
    pattern = owner["listings"][0]
    for name in ("photos", "label"):
        pattern.pop(name, None)
    owner["listings"] = [copy.deepcopy(pattern) | {"code": code} for code in CODES]
    owner["labels"] = []
    owner["tariffs"][0]["listings"] = list(CODES)
    key = {"name": "route", "scopes": SCOPES, "owners": [SUPPLIER]}
    file, report = stack.home / "route.json", stack.home / "route-report.json"
    file.write_text(json.dumps({"format": "sejour/1", "owners": [owner], "api_keys": [key]}, default=str))
    environment = {**os.environ, "SEJOUR_HOME": str(stack.home), "SEJOUR_PORT": str(stack.port)}
    command = [sys.executable, "-m", "sejour_local", "load", str(file), "--report", str(report)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    found = json.loads(Path(report).read_text())["keys"]["route"]
    return Owner(str(SUPPLIER), PASSWORD, found)


class Doors:
    """What an ingress does: sends to gateways that are ready, to another one when a connection is refused."""

    def __init__(self, ports: dict[int, str]) -> None:
        self._ready = dict.fromkeys(ports, True)
        self._probes = ports
        self._turn = 0
        # A connection for each request: none is kept over a restart.
        self._client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))

    async def watch(self) -> None:
        """Asks each gateway every tenth of a second whether it is ready."""
        while True:
            for port, address in self._probes.items():
                try:
                    answer = await self._client.get(f"http://{address}/healthz/ready")
                    self._ready[port] = answer.status_code == 200
                except httpx.TransportError:
                    self._ready[port] = False
            await asyncio.sleep(0.1)

    async def __call__(self, method: str, path: str, **options: object) -> httpx.Response:
        """Sends one request."""
        self._turn += 1
        ports = [port for port, ready in self._ready.items() if ready] or list(self._ready)
        ports = ports[self._turn % len(ports) :] + ports[: self._turn % len(ports)]
        for port in ports[:-1]:
            try:
                return await self._client.request(method, f"http://127.0.0.1:{port}{path}", **options)
            except httpx.ConnectError:
                continue
        return await self._client.request(method, f"http://127.0.0.1:{ports[-1]}{path}", **options)

    async def close(self) -> None:
        await self._client.aclose()


class Steady:
    """Guests, partners and the owner, each one request after the other until the end."""

    def __init__(self, doors: Doors, owner: Owner, port: int, *, pause: float = 0.15) -> None:
        self._doors, self._owner, self._pause = doors, owner, pause
        self._api = {"Authorization": f"Bearer {owner.key}", "Accept-Language": "fr"}
        self._page = {"Host": f"app.localhost:{port}", "Accept": "text/html", "Accept-Language": "fr"}
        self._guest = {"Host": f"book.localhost:{port}", "Accept": "text/html", "Accept-Language": "fr"}
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Waits until the houses can be sold and the owner is signed in, then starts everybody."""
        async with asyncio.timeout(60):
            for code in CODES:
                while (await self._quote(code, FIRST)).status_code != 201:  # noqa: ASYNC110 (nothing tells)
                    await asyncio.sleep(0.2)
        typed = {"identifiant": self._owner.login, "mot_de_passe": self._owner.password}
        signed = await self._doors("POST", "/connexion", headers=self._page, data=typed)
        assert signed.status_code == 303, signed.text
        self._page["Cookie"] = signed.headers["set-cookie"].split(";")[0]
        lives = [self._books(number) for number in range(2)] + [self._searches(), self._looks(), self._owns()]
        self._tasks = [asyncio.create_task(self._live(life)) for life in lives]
        await self.more()

    async def _live(self, life) -> None:
        async for what, answer in life:
            self.answers[what] += 1
            if isinstance(answer, Exception) or answer.status_code >= 300:
                said = answer.text[:300] if isinstance(answer, httpx.Response) else repr(answer)
                self.failures.append(f"{what} {getattr(answer, 'status_code', '')} {said}")
            await asyncio.sleep(self._pause)

    async def more(self, rounds: int = 3) -> None:
        """Returns after everybody was answered so many times more."""
        wanted = self.answers + Counter(
            dict.fromkeys(["search", "quote", "option", "cancel", "listing", "planning"], rounds)
        )
        async with asyncio.timeout(120):
            while any(self.answers[what] < count for what, count in wanted.items()):
                for each in self._tasks:
                    if each.done():
                        each.result()
                await asyncio.sleep(0.05)

    async def end(self) -> None:
        """Stops everybody."""
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sent(self, method: str, path: str, **options) -> httpx.Response | Exception:
        try:
            return await self._doors(method, path, **options)
        except httpx.HTTPError as error:
            return error

    async def _quote(self, code: str, arrival: date):
        line = {
            "listing": code,
            "arrival": str(arrival),
            "departure": str(arrival + timedelta(7)),
            "adults": 2,
        }
        return await self._post("/quotes", {"lines": [line]})

    async def _post(self, path: str, body: dict):
        headers = self._api | {"Idempotency-Key": str(uuid.uuid4())}
        return await self._sent("POST", f"/api/v1{path}", headers=headers, json=body)

    async def _books(self, number: int):
        week = 0
        while True:
            # Each has houses and weeks of his own: nobody takes his nights.
            code, arrival = CODES[number * 2 + week % 2], FIRST + timedelta(weeks=week // 2 % 20)
            week += 1
            quoted = await self._quote(code, arrival)
            yield "quote", quoted
            if isinstance(quoted, Exception) or quoted.status_code != 201:
                continue
            body = {"quote": quoted.json()["id"], "mode": "option", "client": CLIENT, "accepted": ACCEPTED}
            placed = await self._post("/bookings", body)
            yield "option", placed
            if isinstance(placed, Exception) or placed.status_code != 201:
                continue
            yield "cancel", await self._post(f"/bookings/{placed.json()['reference']}/cancellation", {})

    async def _searches(self):
        while True:
            query = f"/api/v1/search?arrival={FIRST + timedelta(weeks=30)}&nights=7&adults=2"
            yield "search", await self._sent("GET", query, headers=self._api)

    async def _looks(self):
        while True:
            path = f"/{CODES[0]}?arrivee=06/06/2026&unite=semaine&duree=1&adultes=2"
            yield "listing", await self._sent("GET", path, headers=self._guest)

    async def _owns(self):
        while True:
            yield "planning", await self._sent("GET", "/planning?mois=2026-04", headers=self._page)
            yield "bookings", await self._sent("GET", "/reservations?vue=ALL", headers=self._page)


async def restart(stack: Stack, name: str) -> None:
    """SIGTERM to one process, as a rolling update sends it; returns when its successor is ready."""
    before = stack.pid(name)
    os.kill(before, signal.SIGTERM)
    address = f"http://127.0.0.1:{Kept.read(stack.places).ports[f'{name}_metrics']}/healthz/ready"
    async with asyncio.timeout(90), httpx.AsyncClient() as client:
        while stack.pid(name) == before or not await _is_ready(client, address):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def steady_load(stack: Stack) -> AsyncIterator[Steady]:
    """The load on a copy with two processes of each, from the moment that everybody was answered once."""
    ports = Kept.read(stack.places).ports
    doors = Doors(
        {
            stack.port: f"127.0.0.1:{ports['gateway_metrics']}",
            ports["gateway-2_http"]: f"127.0.0.1:{ports['gateway-2_metrics']}",
        }
    )
    watch = asyncio.create_task(doors.watch())
    steady = Steady(doors, load_owner(stack), stack.port)
    try:
        await steady.begin()
        yield steady
    finally:
        await steady.end()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await doors.close()


def said(page: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
