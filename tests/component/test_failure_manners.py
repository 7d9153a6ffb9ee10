"""Each service and the database slow, absent and back: answers in time, in words, and nothing typed is lost."""

import asyncio
import os
import re
import signal
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from chassis.actor import Actor, acting_as
from chassis.clock import MovableClock
from chassis.errors import ServiceError
from chassis.grpc_client import connect
from foreign import Person
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub
from sejour_local.kept import Kept
from steady import ACCEPTED, CLIENT, CODES, PASSWORD, SUPPLIER, load_owner, said

pytestmark = pytest.mark.xdist_group("manners")

IN_TIME = 12.0
"""Seconds within which a call of two must have ended, on a machine that does much else; unbounded ones never end."""


class Visit:
    """The owner, a partner and a guest of one copy; `ask` checks what holds for every answer."""

    def __init__(self, stack):
        self.stack = stack
        self.owner = load_owner(stack)
        self.person = Person(stack, str(SUPPLIER), PASSWORD)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{stack.port}", timeout=60)
        self._kinds = {
            "page": dict(self.person.client.headers),
            "guest": {"Host": f"book.localhost:{stack.port}", "Accept": "text/html", "Accept-Language": "fr"},
            "api": {"Authorization": f"Bearer {self.owner.key}", "Accept-Language": "fr"},
        }

    def ask(self, kind, path, *, method="GET", **options):
        """One request: never a fault of ours, in time, and typed when it fails."""
        headers = self._kinds[kind] | options.pop("headers", {})
        began = time.monotonic()
        answer = self.client.request(method, path, headers=headers, **options)
        assert time.monotonic() - began < IN_TIME, path
        assert answer.status_code != 500, (path, answer.text[:500])
        if answer.status_code in {409, 503} and (kind == "api" or method == "GET"):
            assert int(answer.headers["retry-after"]) >= 1, path
            if kind == "api":
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["reason"] not in {"", "INTERNAL"}
                assert answer.json()["detail"]
            else:
                assert "Réessayer" in said(answer.text)
        return answer

    def post(self, path, **data):
        return self.ask("page", path, method="POST", data={"_token": self.person.token} | data)

    def api_post(self, path, body, key):
        return self.ask("api", f"/api/v1{path}", method="POST", json=body, headers={"Idempotency-Key": key})

    def quote(self, number, arrival="2026-06-06", departure="2026-06-13"):
        line = {"listing": CODES[0], "arrival": arrival, "departure": departure, "adults": 2}
        return self.api_post("/quotes", {"lines": [line]}, f"00000000-0000-4000-8000-{number:012}")

    def well(self):
        """Whether everything is answered as on a good day."""
        asked = [self.ask(kind, path) for kind, path in EVERYTHING]
        return (
            all(each.status_code == 200 for each in asked) and self.quote(time.time_ns() % 10**12).is_success
        )

    def until_well(self):
        until(self.well)

    def pids(self, name):
        """The process of a name and its children."""
        first = self.stack.pid(name)
        found = [first]
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == first:
                found.append(int(folder.name))
        return found


STAY = f"/{CODES[0]}?arrivee=06/06/2026&unite=semaine&duree=1&adultes=2"
SEARCH = "/api/v1/search?arrival=2026-10-03&nights=7&adults=2"
BLOCK = {
    "hebergement": CODES[3],
    "du": "01/05/2026",
    "jusquau": "02/05/2026",
    "motif": "1",
    "note": "Peinture & co",
}
EVERYTHING = (
    ("api", SEARCH), ("guest", STAY), ("page", "/planning"), ("page", "/reservations"), ("page", "/clients"),
    ("page", "/tarifs"), ("page", f"/hebergements/{CODES[0]}"),
)  # fmt: skip


def until(condition, seconds=90.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.1)


@pytest.fixture(scope="module")
def visit(fresh_stack):
    found = Visit(fresh_stack)
    found.until_well()
    yield found
    found.client.close()
    found.person.client.close()


@contextmanager
def slow(visit, name):
    """A process that stands still: it is there, and answers nothing."""
    pids = visit.pids(name)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def absent(visit, name):
    """A process that was killed and is not started again."""
    supervisor = visit.stack._process.pid
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(visit.stack.pid(name), signal.SIGKILL)
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)


STILL_SHOWN = {
    "documents": [*EVERYTHING],
    "search": [("guest", STAY), ("page", "/planning"), ("page", "/reservations"), ("page", "/tarifs")],
    "pricing": [("api", SEARCH), ("guest", STAY), ("page", "/planning"), ("page", "/reservations")],
    "booking": [("api", SEARCH), ("guest", STAY), ("page", "/tarifs"), ("page", "/planning")],
    "availability": [
        ("api", SEARCH),
        ("guest", STAY),
        ("page", "/reservations"),
        ("page", "/clients"),
        ("page", "/tarifs"),
    ],
    "catalog": [("page", "/clients")],
}
"""What is shown as ever while a service does not answer."""
NOT_SHOWN = {
    "documents": [],
    "search": [("api", SEARCH)],
    "pricing": [("page", "/tarifs")],
    "booking": [("page", "/reservations"), ("page", "/clients")],
    "availability": [("page", "/planning")],
    "catalog": [("page", "/planning"), ("page", f"/hebergements/{CODES[0]}")],
}


@pytest.mark.parametrize(
    ("name", "how"),
    [(each, absent) for each in STILL_SHOWN] + [(each, slow) for each in ("pricing", "booking", "catalog")],
)
def test_without_a_service_the_others_are_shown_and_its_own_pages_say_so(visit, name, how):
    with how(visit, name):
        for kind, path in STILL_SHOWN[name]:
            assert visit.ask(kind, path).status_code == 200, path
        for kind, path in NOT_SHOWN[name]:
            answer = visit.ask(kind, path)
            assert answer.status_code == 503, path
            if kind == "page":
                assert "Nous revenons dans un instant" in answer.text
    visit.until_well()


def test_a_planning_without_its_files_does_not_say_that_nothing_is_planned(visit):
    assert "Rien de prévu" in visit.ask("page", "/planning").text
    with absent(visit, "booking"):
        page = visit.ask("page", "/planning").text
    assert "Rien de prévu" not in page
    assert "Les arrivées et les départs ne s’affichent pas en ce moment." in page
    visit.until_well()


@pytest.mark.parametrize("how", [slow, absent])
def test_a_listing_whose_price_cannot_be_had_says_so_and_keeps_the_dates(visit, how):
    with how(visit, "pricing"):
        page = visit.ask("guest", STAY)
        assert "Le prix ne peut pas être calculé en ce moment." in page.text
        assert 'value="06/06/2026"' in page.text
        assert visit.quote(1).status_code == 503
    until(lambda: visit.quote(1).status_code == 201)


@pytest.mark.parametrize(("name", "number"), [("availability", 1), ("catalog", 2)])
def test_what_an_owner_typed_comes_back_and_is_saved_when_he_sends_it_again(visit, name, number):
    typed = BLOCK | {"request_id": f"01930000-0000-7000-8000-00000000000{number}"}
    with absent(visit, name):
        answer = visit.post("/blocages/nouveau", **typed)
        assert answer.status_code == 503
        assert "Peinture &amp; co" in answer.text
        assert typed["request_id"] in answer.text
    until(lambda: visit.post("/blocages/nouveau", **typed).status_code == 303)
    # Sent once more it is still one block.
    assert visit.post("/blocages/nouveau", **typed).status_code == 303
    page = visit.ask("page", f"/planning?mois=2026-05&hebergement={CODES[3]}&seul=1").text
    blocks = set(re.findall(r"/blocages/([0-9a-f-]{36})", page))
    assert len(blocks) == 1
    removal = f"/blocages/{blocks.pop()}/supprimer"
    assert visit.post(removal, du="2026-05-01").headers["location"].startswith("/planning")
    assert "est supprimé" in visit.ask("page", "/planning").text
    visit.post(removal, du="2026-05-01", request_id=typed["request_id"].replace("-7000-", "-7001-"))
    assert re.search("Ce blocage n.existe pas, ou n.existe plus", visit.ask("page", "/planning").text)
    visit.until_well()


def test_an_option_while_availability_is_away_is_made_once_when_it_is_sent_again(visit):
    quoted = visit.quote(2, "2026-09-05", "2026-09-12").json()
    body = {"quote": quoted["id"], "mode": "option", "client": CLIENT, "accepted": ACCEPTED}
    key = "00000000-0000-4000-8000-00000000aaaa"
    with absent(visit, "availability"):
        assert visit.api_post("/bookings", body, key).status_code in {409, 503}
    made = []
    until(lambda: made.append(visit.api_post("/bookings", body, key)) or made[-1].is_success)
    again = visit.api_post("/bookings", body, key)
    assert again.json()["reference"] == made[-1].json()["reference"]
    assert again.headers["idempotent-replay"] == "true"


@pytest.mark.parametrize("how", [slow, absent])
def test_without_the_database_every_answer_comes_in_time_and_all_recovers_by_itself(visit, how):
    with how(visit, "postgres"):
        for kind, path in EVERYTHING[:3]:
            assert visit.ask(kind, path).status_code in {200, 503}, path
        assert visit.ask("page", "/planning").status_code == 503
        sent = visit.post("/blocages/nouveau", request_id="01930000-0000-7000-8000-000000000002", **BLOCK)
        assert (sent.status_code, "Peinture &amp; co" in sent.text) == (503, True)
        assert visit.quote(3).status_code == 503
        for name in ("gateway", "booking", "catalog"):
            assert health(visit, name, "live") == 200
        assert health(visit, "booking", "ready") == 503
        assert health(visit, "gateway", "ready") == 200
    visit.until_well()


def health(visit, name, what):
    address = visit.stack.demo["processes"][name]["metrics"].replace("/metrics", f"/healthz/{what}")
    return httpx.get(address, timeout=30).status_code


async def test_a_statement_that_waits_for_a_lock_ends_as_busy_and_the_next_one_goes_through(visit):
    address = database_url(visit, "availability")
    holder = await asyncpg.connect(address)
    quoted = visit.quote(4, "2026-11-07", "2026-11-14").json()
    body = {"quote": quoted["id"], "mode": "option", "client": CLIENT, "accepted": ACCEPTED}
    key = "00000000-0000-4000-8000-00000000bbbb"
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE properties IN ACCESS EXCLUSIVE MODE")
            answer = await asyncio.to_thread(visit.api_post, "/bookings", body, key)
            assert answer.status_code in {409, 503}, answer.text
            assert answer.json()["reason"] in {"BUSY", "DEADLINE_EXCEEDED", "STILL_PLACING"}
    finally:
        await holder.close()
    async with asyncio.timeout(90):
        while not (await asyncio.to_thread(visit.api_post, "/bookings", body, key)).is_success:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def database_url(visit, name):
    environment = Path(f"/proc/{visit.stack.pid(name)}/environ").read_bytes().split(b"\0")
    wanted = f"{name.upper()}_DATABASE_URL=".encode()
    found = next(each for each in environment if each.startswith(wanted))
    return os.fsdecode(found.removeprefix(wanted)).replace("+asyncpg", "")


def memory(visit, name):
    """Resident megabytes of a process."""
    status = Path(f"/proc/{visit.stack.pid(name)}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


async def test_a_flood_is_refused_with_a_word_costs_little_memory_and_leaves_nothing_behind(visit):
    kept = Kept.read(visit.stack.places)
    clock, keys = MovableClock(visit.stack.places.clock), (kept.signing_key.encode(),)
    address = f"127.0.0.1:{kept.ports['booking_grpc']}"
    client = connect(address, BookingServiceStub, keys=keys, clock=clock, timeout=5)
    owner = "01930000-0000-7000-8000-000000000000"
    outcomes: Counter[str] = Counter()

    async def call():
        try:
            await client.stub.ListBookings(bookings_pb.ListBookingsRequest(owner_id=owner))
            outcomes["answered"] += 1
        except ServiceError as error:
            outcomes[error.reason] += 1

    holder = await asyncpg.connect(database_url(visit, "booking"))
    with acting_as(Actor.make("tests", [f"owner:{owner}"], now=clock(), lifetime=timedelta(minutes=5))):
        await asyncio.gather(*(call() for _ in range(50)))
        before = memory(visit, "booking")
        async with holder.transaction():
            # Nothing is answered: what comes must be refused, or it would pile up.
            await holder.execute("LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE")
            await asyncio.gather(*(call() for _ in range(1500)))
        grown = memory(visit, "booking") - before
    await holder.close()
    await client.close()
    assert set(outcomes) <= {"answered", "OVERLOADED", "SERVICE_UNAVAILABLE", "BUSY", "DEADLINE_EXCEEDED"}, (
        outcomes
    )
    assert outcomes["OVERLOADED"] > 500, outcomes
    assert grown < 60
    await asyncio.to_thread(visit.until_well)
