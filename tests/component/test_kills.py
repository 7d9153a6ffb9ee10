"""SIGKILL to the process that executes a step, at every step: afterwards both sides agree, and each booking is there once.

One copy for all points, none of them mended by the reconciler: what is asked is that the steps end by themselves.
Three lanes go on at once (booking, availability, documents are killed), so that steps also meet services that are away.
"""

import asyncio
import contextlib
import email
import email.policy
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from chassis.actor import Actor, acting_as
from chassis.clock import MovableClock, today
from chassis.errors import ErrorKind, RemoteError, ServiceError
from chassis.grpc_client import connect
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub, TermsServiceStub
from sejour.catalog.v1 import listing_service_pb2, owner_service_pb2
from sejour.catalog.v1.listing_service_pb2_grpc import ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub
from sejour_local import testing
from sejour_local.kept import Kept
from sejour_local.stack import Stack

PATIENCE = 120.0
"""Seconds for one step with its restart: no measure, only an end for a test that hangs."""
AWAY = {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL, ErrorKind.BUSY}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    points = tmp_path_factory.mktemp("failpoints")
    settings = {
        "SEJOUR_FAILPOINTS_DIR": str(points),
        "SEJOUR_RESTART_PAUSE": "0.1",
        "BOOKING_RECONCILE_MENDS": "false",
        "DOCUMENTS_RECONCILE_MENDS": "false",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        stack = testing.fresh_stack(f"kills_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    stack.points = points
    yield stack
    stack.stop()
    testing.forget(stack)


@dataclass
class Life:
    """One file as its owner knows it: which week, and where it should stand at the end."""

    arrival: date
    state: str
    mail: str
    adults: int = 2


@dataclass
class House:
    """A listing of the cast, its owner, and a week of its own for each file."""

    stack: Stack
    owner_id: str
    listing_id: str
    terms_revision: int
    stubs: dict
    first: date
    lives: list[Life] = field(default_factory=list)
    weeks: int = 0

    def next_week(self) -> date:
        self.weeks += 1
        return self.first + timedelta(weeks=self.weeks)

    async def quote(self, arrival) -> str:
        line = pricing_service_pb2.QuoteLineRequest(
            listing_id=self.listing_id,
            nights=common.Nights(arrival=str(arrival), departure=str(arrival + timedelta(weeks=1))),
            party=common.Party(adults=2),
            agreed_total=common.Money(amount=50_000, currency="EUR"),
        )
        request = pricing_service_pb2.CreateQuoteRequest(
            request_id=str(uuid4()), lines=[line], terms_revision=self.terms_revision
        )
        return (await until_answered(lambda: self.stubs["prices"].CreateQuote(request))).quote.id

    async def wish(self, state, *, arrival=None, confirm=False):
        """A request to place a file in a week of its own; it is to end in a state."""
        life = Life(arrival or self.next_week(), state, f"{uuid4().hex[:10]}@example.org")
        client = pb.Client(
            owner_id=self.owner_id,
            last_name="ORAGE",
            first_name="Anne",
            email=life.mail,
            language="fr",
            country="FR",
        )
        request = calls.PlaceBookingRequest(
            request_id=str(uuid4()), quote_id=await self.quote(life.arrival), new_client=client,
            origin=pb.BOOKING_ORIGIN_OWNER, confirm=confirm,
        )  # fmt: skip
        self.lives.append(life)
        return life, request

    async def place(self, request):
        return (await self.stubs["bookings"].PlaceBooking(request)).booking

    async def placed(self, state, **more):
        life, request = await self.wish(state, **more)
        return life, await until_answered(lambda: self.place(request))

    async def killed_at(self, points, act):
        """Does something that is to meet these points, again and again until each has killed its process."""
        files = [self.stack.points / point for point in points]
        for file in files:
            file.write_text("kill")
        found = await until_answered(act)
        end = time.monotonic() + PATIENCE
        while left := [file.name for file in files if file.exists()]:
            assert time.monotonic() < end, f"nobody died at {left}; the answer was {found}"
            await asyncio.sleep(0.05)
        return found


async def until_answered(act):
    """What is away is asked again: the same request, so that nothing is done twice."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await act()
        except ServiceError as error:
            if error.kind not in AWAY or time.monotonic() > end:
                raise
        await asyncio.sleep(0.1)


@pytest.fixture
async def house(copy):
    kept, clock = Kept.read(copy.places), MovableClock(copy.places.clock)
    clients = {
        name: connect(
            f"127.0.0.1:{kept.ports[f'{service}_grpc']}", stub, keys=(kept.signing_key.encode(),), clock=clock
        )
        for name, service, stub in (
            ("owners", "catalog", OwnerServiceStub), ("listings", "catalog", ListingServiceStub),
            ("prices", "pricing", PriceServiceStub), ("terms", "booking", TermsServiceStub),
            ("bookings", "booking", BookingServiceStub),
        )
    }  # fmt: skip
    stubs = {name: client.stub for name, client in clients.items()}
    with acting_as(Actor.make("test", {"operator"}, now=clock(), lifetime=timedelta(days=1))):
        owner = (
            await stubs["owners"].GetOwner(owner_service_pb2.GetOwnerRequest(supplier_no=27144))
        ).owner.id
        page = await stubs["listings"].ListListings(listing_service_pb2.ListListingsRequest(owner_id=owner))
        listing = next(one.id for one in page.listings if one.code == "07MS01731")
        terms = (await stubs["terms"].GetTerms(calls.GetTermsRequest(owner_id=owner))).terms.revision
        first = today(clock()) + timedelta(days=400)
        yield House(copy, owner, listing, terms, stubs, first)
    for client in clients.values():
        await client.close()


async def booking_is_killed(house):
    for point in ("after_placing", "before_hold", "after_hold", "after_quote", "after_option"):
        _, request = await house.wish("OPTION")
        await house.killed_at([f"booking.{point}"], lambda request=request: house.place(request))
    life, option = await house.placed("OPTION")
    await giving_up(house, life.arrival)
    for point in ("before_extend", "after_extend"):
        await house.killed_at([f"booking.{point}"], extension(house, option))
    for point in ("before_confirm", "after_confirm", "after_confirmed"):
        _, request = await house.wish("CONFIRMED", confirm=True)
        await house.killed_at([f"booking.{point}"], lambda request=request: house.place(request))
    life, booking = await house.placed("CONFIRMED", confirm=True)
    for point in ("before_move", "after_move"):
        life.adults += 1
        await house.killed_at([f"booking.{point}"], change(house, booking, life.adults))
    for point in ("before_release", "after_release"):
        _, booking = await house.placed("CANCELLED_BY_OWNER", confirm=True)
        await house.killed_at([f"booking.{point}"], cancellation(house, booking))


async def giving_up(house, taken):
    """Its second try is refused: the file is given up, and the process dies before the nights are freed.

    Another's request may be the one that dies after its file was written; then the first try is refused, which
    holds nothing and needs no giving up, and the next request tries again.
    """
    given_up = house.stack.points / "booking.after_give_up"
    given_up.write_text("kill")
    while given_up.exists():
        _, request = await house.wish("FAILED", arrival=taken)
        house.lives.pop()
        reason = await house.killed_at(["booking.after_placing"], refusal_of_a_file(house, request))
        assert reason == "NIGHTS_TAKEN"


def refusal_of_a_file(house, request):
    """Just after the option a rival is refused before it writes anything: it asks until somebody's file is written."""

    async def refused():
        while True:
            reason = await refusal(house, request)()
            if not (house.stack.points / "booking.after_placing").exists():
                return reason
            await asyncio.sleep(0.1)

    return refused


def refusal(house, request):
    async def refused():
        with pytest.raises(ServiceError) as error:
            await house.place(request)
        if error.value.kind in AWAY:
            raise error.value
        return error.value.reason

    return refused


def extension(house, booking):
    end = Timestamp()
    end.FromDatetime(booking.hold_expires_at.ToDatetime() - timedelta(hours=1 + house.weeks / 100))
    request = calls.ExtendOptionRequest(request_id=str(uuid4()), booking_id=booking.id, expires_at=end)
    return lambda: house.stubs["bookings"].ExtendOption(request)


def change(house, booking, adults):
    request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=booking.id)
    request.parties[booking.lines[0].id].adults = adults
    return lambda: house.stubs["bookings"].UpdateBooking(request)


def cancellation(house, booking):
    request = calls.CancelBookingRequest(request_id=str(uuid4()), booking_id=booking.id, by="OWNER")

    async def ended():
        answer = (await house.stubs["bookings"].CancelBooking(request)).booking
        if answer.state == pb.BOOKING_STATE_CANCELLING:
            raise RemoteError(ErrorKind.UNAVAILABLE, "STILL_CANCELLING")
        return answer

    return ended


async def availability_is_killed(house):
    _, request = await house.wish("OPTION")
    option = await house.killed_at(["availability.after_hold"], lambda: house.place(request))
    await house.killed_at(["availability.after_extend"], extension(house, option))
    life, request = await house.wish("CONFIRMED", confirm=True)
    booking = await house.killed_at(["availability.after_confirm"], lambda: house.place(request))
    life.adults = 4
    await house.killed_at(["availability.after_move"], change(house, booking, 4))
    _, booking = await house.placed("CANCELLED_BY_OWNER", confirm=True)
    await house.killed_at(["availability.after_release"], cancellation(house, booking))


async def documents_is_killed(house):
    for point in (
        "before_plan",
        "after_plan",
        "before_render",
        "before_sending",
        "before_send",
        "after_send",
    ):
        _, request = await house.wish("CONFIRMED", confirm=True)
        async with time_goes_on(house.stack):
            await house.killed_at([f"documents.{point}"], lambda request=request: house.place(request))


@contextlib.asynccontextmanager
async def time_goes_on(stack):
    """Mails that met a service that was away are tried again later: the clock brings that time nearer."""

    async def run():
        while True:
            await asyncio.sleep(3)
            # Not so far that the half hour for which nights are held meanwhile could be over.
            move_clock(stack, 20)

    running = asyncio.create_task(run())
    try:
        yield
    finally:
        running.cancel()


def move_clock(stack, seconds):
    file = stack.places.clock
    offset = json.loads(file.read_text())["offset_seconds"] if file.exists() else 0.0
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"offset_seconds": offset + seconds}))
    draft.replace(file)


def sejour(stack, *arguments):
    environment = {**os.environ, "SEJOUR_HOME": str(stack.home), "SEJOUR_PORT": str(stack.port)}
    return subprocess.run(
        [sys.executable, "-m", "sejour_local", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


async def rows(stack, service, query, *values):
    connection = await asyncpg.connect(database_url(stack, service))
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


def database_url(stack, service):
    """Nobody kills the catalog here, so its process always tells where the databases are."""
    environment = Path(f"/proc/{stack.pid('catalog')}/environ").read_bytes()
    pairs = dict(each.split(b"=", 1) for each in environment.split(b"\0") if b"=" in each)
    url = pairs[b"CATALOG_DATABASE_URL"].decode().replace("+asyncpg", "")
    return f"{url.removesuffix('catalog')}{service}"


TOLD = {"OPTION": "M02", "CONFIRMED": "M04"}


async def unheard(stack, house):
    """Files of which documents has not heard yet: the news is sent, and its consumer was killed meanwhile."""
    mails = await rows(stack, "documents", "SELECT recipient, kind FROM mails")
    planned = {(row["recipient"], row["kind"]) for row in mails}
    return [one for one in house.lives if one.state in TOLD and (one.mail, TOLD[one.state]) not in planned]


async def until_at_rest(stack, house):
    busy = {
        "booking": "SELECT id FROM bookings WHERE state IN ('PLACING', 'CONFIRMING', 'CANCELLING') OR pending IS NOT NULL"
        " OR state = 'FAILED' AND ending IS NOT NULL UNION ALL SELECT id FROM outbox WHERE published_at IS NULL",
        "availability": "SELECT id FROM outbox WHERE published_at IS NULL",
        "documents": "SELECT id FROM mails WHERE state = 'SENDING' OR state = 'WAITING' AND kind <> 'M05'"
        " UNION ALL SELECT id FROM outbox WHERE published_at IS NULL",
    }  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        while await unheard(stack, house) or any(
            [await rows(stack, service, query) for service, query in busy.items()]
        ):
            # Leases of those that died end by the clock.
            move_clock(stack, 60)
            await asyncio.sleep(1)


async def test_whatever_is_killed_at_whatever_step_each_booking_is_there_once_with_nights_document_and_mail(
    copy, house
):
    await asyncio.gather(booking_is_killed(house), availability_is_killed(house), documents_is_killed(house))
    await until_at_rest(copy, house)
    found = sejour(copy, "reconcile")
    assert (found.returncode, "Nothing differs." in found.stdout) == (0, True), found.stdout + found.stderr
    sent = recipients(copy, "M04") + recipients(copy, "M02")
    doubts = 0
    for life in house.lives:
        doubts += await judge(copy, house, life, sent)
    assert doubts <= 2  # Two processes died between the first byte of a mail and the note that it went out.


async def judge(stack, house, life, sent):
    files = await rows(
        stack, "booking",
        "SELECT b.id, b.state, l.adults, b.quote_id FROM bookings b JOIN booking_lines l ON l.booking_id = b.id"
        " WHERE b.owner_id = $1 AND l.arrival = $2 AND b.state <> 'FAILED'",
        house.owner_id, life.arrival,
    )  # fmt: skip
    assert [row["state"] for row in files] == [life.state], life
    [file] = files
    assert file["adults"] == life.adults
    nights = await rows(
        stack, "availability",
        "SELECT kind, guests, lower(nights) AS arrival FROM occupancies WHERE booking_id = $1", file["id"],
    )  # fmt: skip
    kind = {"OPTION": "HOLD", "CONFIRMED": "STAY"}.get(life.state)
    expected = [(kind, life.adults, life.arrival)] if kind else []
    assert sorted({tuple(row) for row in nights}) == expected, life
    if not kind:
        return 0
    told = TOLD[life.state]
    mails = await rows(
        stack, "documents", "SELECT state FROM mails WHERE booking_id = $1 AND kind = $2 AND state <> 'DROPPED'",
        file["id"], told,
    )  # fmt: skip
    assert len(mails) == 1, life
    state = mails[0]["state"]
    assert state in {"SENT", "IN_DOUBT"}, life
    assert sent.count((life.mail, told)) == 1 or state == "IN_DOUBT", life
    if life.state == "CONFIRMED":
        query = "SELECT version FROM documents WHERE booking_id = $1 AND kind = 1"
        assert await rows(stack, "documents", query, file["id"]), life
    return int(state == "IN_DOUBT")


def recipients(stack, kind):
    found = []
    for path in stack.mail.glob(f"*-{kind}-*.eml"):
        with path.open("rb") as source:
            message = email.message_from_binary_file(source, policy=email.policy.default)
        found.append((message["to"].addresses[0].addr_spec, kind))
    return found


async def test_by_hand_differences_are_told_in_sentences_and_mended(copy, house):
    arrival = house.first + timedelta(weeks=60)
    _, booking = await house.placed("CONFIRMED", confirm=True, arrival=arrival)
    await rows(copy, "availability", "DELETE FROM occupancies WHERE booking_id = $1", booking.id)
    found = sejour(copy, "reconcile")
    assert found.returncode == 1
    assert f"STAY_MISSING: {booking.reference} (CONFIRMED, {booking.id}) is confirmed" in found.stdout
    mended = sejour(copy, "reconcile", "--mend")
    assert (mended.returncode, "Mended." in mended.stdout) == (0, True), mended.stdout
    again = sejour(copy, "reconcile")
    assert (again.returncode, "Nothing differs." in again.stdout) == (0, True), again.stdout


async def test_after_a_restore_everything_is_told_again_under_newer_revisions(copy):
    before = {
        row["id"]: row["revision"] for row in await rows(copy, "catalog", "SELECT id, revision FROM listings")
    }
    found = sejour(copy, "reconcile", "--republish")
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"catalog: {len(before)} told again in catalog.listings." in found.stdout
    for topic in ("catalog.owners", "pricing.rates", "availability.calendars"):
        assert f" told again in {topic}." in found.stdout
    after = await revisions(copy, "catalog")
    assert all(after[one] >= revision + 1000 for one, revision in before.items())
    async with asyncio.timeout(PATIENCE):
        for service in ("availability", "pricing"):
            while await revisions(copy, service) != after:  # noqa: ASYNC110 (news has no event here)
                await asyncio.sleep(0.2)


async def test_after_a_restore_what_was_made_after_the_backup_is_listed_and_told_to_be_gone(copy):
    lost = uuid4()
    await rows(
        copy,
        "catalog",
        """
        INSERT INTO outbox (id, topic, key, event_type, revision, payload, occurred_at, traceparent)
        VALUES ($1, 'catalog.owners', $2, 'sejour.catalog.v1.OwnerChanged', 1, '', now(), '')
        """,
        uuid4(),
        str(lost),
    )
    async with asyncio.timeout(PATIENCE):
        waiting = "SELECT 1 FROM outbox WHERE published_at IS NULL"
        while await rows(copy, "catalog", waiting):  # noqa: ASYNC110 (the database sends no signal)
            await asyncio.sleep(0.2)
    found = sejour(copy, "reconcile", "--republish")
    sentence = f"KEY_UNKNOWN: catalog.owners tells of {lost}, which catalog does not know."
    assert (found.returncode, sentence in found.stdout) == (1, True), found.stdout + found.stderr
    mended = sejour(copy, "reconcile", "--republish", "--mend")
    assert (mended.returncode, f"{sentence} Mended." in mended.stdout) == (0, True), mended.stdout


async def revisions(stack, service):
    return {
        row["id"]: row["revision"] for row in await rows(stack, service, "SELECT id, revision FROM listings")
    }
