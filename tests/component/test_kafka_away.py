"""Kafka absent, standing still, killed: nothing that people wait for waits for it, and nothing is lost.

Both roles of availability stand for all services: they share relay and consumers (chassis). The pauses are short
here; `make chaos` has the long ones.
"""

import asyncio
import re
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from availability.adapters.postgres import PostgresLedgers
from availability.application.announce_listing import announce_listing
from chassis.clock import today
from chassis.database import Database
from chassis.ids import new_id
from chassis.kafka import TopicSpec, consume_all, create_topics
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.common.v1 import common_pb2

from tests.integration.availability.conftest import a_listing
from tests.integration.availability.test_processes import TOPICS, Roles, acting, until
from tests.own_broker import own_broker

HOLDS = 12
MEMORY = 64 * 1024 * 1024


class House:
    """A listing with open nights, and a booking that asks for them week after week."""

    def __init__(self, roles, database) -> None:
        self.roles = roles
        self.listing = a_listing()
        self.database = database
        self.weeks = 0
        self.stays = roles.stub("serve", pb_grpc.StayServiceStub)

    async def announce(self) -> None:
        """The catalog's news, without Kafka."""
        ledgers = PostgresLedgers(self.database)
        assert await announce_listing(self.listing, ledgers=ledgers, clock=self.roles.now)

    async def open(self) -> None:
        planning = self.roles.stub("serve", pb_grpc.PlanningServiceStub)
        first = today(self.roles.now())
        year = common_pb2.Nights(arrival=str(first), departure=str(first + timedelta(days=700)))
        request = pb.OpenNightsRequest(
            request_id=str(new_id()), listing_ids=[str(self.listing.id)], nights=[year]
        )
        with acting(self.roles, f"owner:{self.listing.owner_id}"):
            await planning.OpenNights(request)

    async def hold(self, count: int) -> None:
        """Holds so many weeks, each answered within the client's own deadline."""
        for _ in range(count):
            arrival = today(self.roles.now()) + timedelta(days=30 + 7 * self.weeks)
            self.weeks += 1
            week = common_pb2.Nights(arrival=str(arrival), departure=str(arrival + timedelta(days=7)))
            end = Timestamp()
            end.FromDatetime(self.roles.now() + timedelta(hours=1))
            line = types_pb.HoldLine(line_id=str(new_id()), listing_id=str(self.listing.id), nights=week)
            request = pb.HoldStaysRequest(booking_id=str(new_id()), revision=1, lines=[line], expires_at=end)
            with acting(self.roles, "system:booking"):
                await self.stays.HoldStays(request, timeout=5)


def asked(roles, role, path) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{roles.ports[f'{role}_metrics']}{path}", timeout=5
        ) as a:
            return a.status, a.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


async def status(roles, role, path) -> int:
    return (await asyncio.to_thread(asked, roles, role, path))[0]


async def metric(roles, name) -> float:
    _, text = await asyncio.to_thread(asked, roles, "serve", "/metrics")
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


def resident(process) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    return int(found.group(1)) * 1024 if found else 0


@pytest.fixture
async def away(make_database, tmp_path):
    """Both roles, and a broker that is not started."""
    url = await make_database("availability")
    async with own_broker(tmp_path) as broker:
        roles, database = Roles(url, broker.bootstrap, tmp_path), Database.at(url)
        yield broker, roles, House(roles, database)
        for client in roles.clients:
            await client.close()
        for role in list(roles.running):
            await roles.stop(role, 9)
        await database.close()


async def test_nobody_waits_for_kafka_whatever_happens_to_it(away):
    broker, roles, house = away
    await house.announce()
    await roles.start("serve")
    await roles.start("search")
    await roles.ready("serve")
    await until(lambda: answers(roles, "search", "/healthz/live"))

    # Absent from the start: all is served but search, which says that it is not ready.
    await house.open()
    await house.hold(HOLDS)
    assert await status(roles, "search", "/healthz/ready") == 503
    await until(lambda: outbox_has(roles, more_than=HOLDS - 1))
    memory = resident(roles.running["serve"])

    await broker.start()
    await create_topics(roles.kafka, [TopicSpec(one, partitions=2, compacted=True) for one in TOPICS])
    await until(lambda: outbox_is_empty(roles))
    await until(lambda: answers(roles, "search", "/healthz/ready"))

    for pause, back in (("stand_still", "go_on"), ("kill", "start")):
        getattr(broker, pause)()
        await house.hold(HOLDS)
        assert await status(roles, "serve", "/healthz/ready") == 200
        assert await status(roles, "serve", "/healthz/live") == 200
        assert await status(roles, "search", "/healthz/ready") == 200
        await until(lambda: outbox_has(roles, more_than=HOLDS - 1))
        done = getattr(broker, back)()
        if done is not None:
            await done
        await until(lambda: outbox_is_empty(roles), seconds=90)

    assert resident(roles.running["serve"]) - memory < MEMORY
    assert await told_revisions(roles, house) == list(range(1, 3 * HOLDS + 3))
    assert await roles.stop("serve") == 0
    assert await roles.stop("search") == 0


async def answers(roles, role, path) -> bool:
    return await status(roles, role, path) == 200


async def outbox_has(roles, *, more_than) -> bool:
    return await metric(roles, "sejour_outbox_waiting") > more_than


async def outbox_is_empty(roles) -> bool:
    leads = await metric(roles, "sejour_relay_leader") == 1
    return leads and await metric(roles, "sejour_outbox_waiting") == 0


async def told_revisions(roles, house) -> list[int]:
    """The revisions of the calendar in the order in which a consumer first saw them."""
    found: list[int] = []
    caught_up = asyncio.Event()

    async def take(events) -> None:
        found.extend(event.revision for event in events if event.key == str(house.listing.id))

    async def tell() -> None:
        caught_up.set()

    reader = asyncio.create_task(consume_all(roles.kafka, ["availability.calendars"], take, tell))
    try:
        await asyncio.wait_for(caught_up.wait(), 60)
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
    return list(dict.fromkeys(found))
