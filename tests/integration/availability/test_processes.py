"""Both roles as real processes on real PostgreSQL and Kafka: news of others in, searches and news out."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer
from chassis.actor import Actor, acting_as
from chassis.clock import system_clock, today
from chassis.errors import RemoteError, Unavailable
from chassis.events import Event, KafkaConfig
from chassis.grpc_client import connect
from chassis.ids import new_id
from chassis.kafka import TopicSpec, create_topics
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.availability.v1 import search_service_pb2_grpc as search_pb_grpc
from sejour.catalog.v1 import catalog_events_pb2, catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_events_pb2
from tariff import RateSheet, Season, to_json
from values import NightRange

KEY = b"sejour-development-signing-key"
TOPICS = ("catalog.listings", "pricing.rates", "availability.calendars", "availability.holds")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Roles:
    """Starts and kills the two roles, and calls them."""

    def __init__(self, database_url, bootstrap, folder) -> None:
        self.kafka = KafkaConfig(bootstrap, prefix=f"t{new_id().hex[-8:]}-")
        self.clock_file = folder / "clock.json"
        self.folder = folder
        self.ports = {name: free_port() for name in ("serve", "search", "serve_metrics", "search_metrics")}
        self.environment = os.environ | {
            "SEJOUR_ENV": "development",
            "SEJOUR_KAFKA_BOOTSTRAP": bootstrap,
            "SEJOUR_TOPIC_PREFIX": self.kafka.prefix,
            "SEJOUR_CLOCK_FILE": str(self.clock_file),
            "AVAILABILITY_DATABASE_URL": database_url,
            "AVAILABILITY_GRPC_LISTEN": f"127.0.0.1:{self.ports['serve']}",
            "AVAILABILITY_METRICS_LISTEN": f"127.0.0.1:{self.ports['serve_metrics']}",
            "SEARCH_GRPC_LISTEN": f"127.0.0.1:{self.ports['search']}",
            "SEARCH_METRICS_LISTEN": f"127.0.0.1:{self.ports['search_metrics']}",
        }
        self.running = {}
        self.clients = []
        self.offset = 0.0

    def now(self) -> datetime:
        return system_clock() + timedelta(seconds=self.offset)

    def jump(self, **by) -> None:
        self.offset += timedelta(**by).total_seconds()
        self.clock_file.write_text(json.dumps({"offset_seconds": self.offset}))

    async def start(self, role) -> None:
        with (self.folder / f"{role}.log").open("ab") as log:
            self.running[role] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "availability", role, env=self.environment, stdout=log, stderr=log
            )

    async def stop(self, role, number=signal.SIGTERM) -> int:
        process = self.running.pop(role)
        process.send_signal(number)
        return await asyncio.wait_for(process.wait(), 20)

    def stub(self, role, stub):
        client = connect(f"127.0.0.1:{self.ports[role]}", stub, keys=(KEY,), clock=self.now)
        self.clients.append(client)
        return client.stub

    async def ready(self, role) -> None:
        address = f"http://127.0.0.1:{self.ports[f'{role}_metrics']}/healthz/ready"

        def get() -> bool:
            try:
                with urllib.request.urlopen(address, timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                return False

        await until(lambda: asyncio.to_thread(get))

    async def publish(self, topic, key, message, revision) -> None:
        event = Event(
            topic,
            key,
            new_id(),
            message.DESCRIPTOR.full_name,
            self.now(),
            revision,
            message.SerializeToString(),
        )
        producer = AIOKafkaProducer(**self.kafka.arguments())
        await producer.start()
        try:
            await producer.send_and_wait(
                self.kafka.topic(topic), event.payload, key=key.encode(), headers=event.headers()
            )
        finally:
            await producer.stop()


async def until(check, seconds=40.0) -> None:
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.05)


@pytest.fixture
async def roles(make_database, kafka_bootstrap, tmp_path):
    found = Roles(await make_database("availability"), kafka_bootstrap, tmp_path)
    yield found
    for client in found.clients:
        await client.close()
    for role in list(found.running):
        await found.stop(role, signal.SIGKILL)


def acting(roles, grant):
    return acting_as(Actor.make("test", {grant}, now=roles.now(), lifetime=timedelta(minutes=5)))


def a_sheet(week) -> bytes:
    seasons = (Season("s", "S", (NightRange(date(2020, 1, 1), date(2040, 1, 1)),), {7: week}),)
    return to_json(RateSheet("EUR", base_persons=4, max_persons=6, seasons=seasons)).encode()


async def test_from_the_catalogs_news_to_a_search_a_hold_and_its_end(roles):  # noqa: PLR0915 (one road)
    listing_id, owner_id = str(new_id()), str(new_id())
    arrival = today(roles.now()) + timedelta(days=60)
    week = common_pb2.Nights(arrival=arrival.isoformat(), departure=(arrival + timedelta(days=7)).isoformat())
    # Both start before there is a topic, and must come by themselves.
    await roles.start("serve")
    await roles.start("search")
    await roles.ready("serve")
    search = roles.stub("search", search_pb_grpc.SearchServiceStub)
    query = search_pb.SearchRequest(arrival=week.arrival, nights=7, party=common_pb2.Party(adults=2))
    with acting(roles, "public"):
        await until(lambda: _refused(search, query))
    await create_topics(roles.kafka, [TopicSpec(one, partitions=2, compacted=True) for one in TOPICS])
    await roles.ready("search")

    listing = catalog_types_pb2.Listing(
        id=listing_id, owner_id=owner_id, revision=1, state=catalog_types_pb2.LISTING_STATE_IN_PRODUCTION
    )
    await roles.publish("catalog.listings", listing_id, catalog_events_pb2.ListingChanged(listing=listing), 1)
    rates = pricing_events_pb2.RateSheetsChanged(
        listing_id=listing_id,
        revision=1,
        sheets=[pricing_events_pb2.RateSheet(rate_plan_id="plan", sheet_json=a_sheet(70000))],
    )
    await roles.publish("pricing.rates", listing_id, rates, 1)

    planning = roles.stub("serve", pb_grpc.PlanningServiceStub)
    opening = pb.OpenNightsRequest(
        request_id=str(new_id()), listing_ids=[listing_id], nights=[week], rolling=True
    )
    with acting(roles, f"owner:{owner_id}"):
        await until(lambda: _done(planning.OpenNights(opening)))
    with acting(roles, "public"):
        await until(lambda: _found(search, query, [listing_id]))
        page = await search.Search(query)
        assert (list(page.totals), page.currency) == ([70000], "EUR")

    stays = roles.stub("serve", pb_grpc.StayServiceStub)
    end = Timestamp()
    end.FromDatetime(roles.now() + timedelta(minutes=30))
    line = types_pb.HoldLine(line_id=str(new_id()), listing_id=listing_id, nights=week)
    hold = pb.HoldStaysRequest(booking_id=str(new_id()), revision=1, lines=[line], expires_at=end)
    with acting(roles, "system:booking"):
        held = await stays.HoldStays(hold)
    with acting(roles, "public"):
        await until(lambda: _found(search, query, []))
        others = await search.FindAlternatives(
            search_pb.FindAlternativesRequest(
                listing_id=listing_id, nights=week, party=common_pb2.Party(adults=2)
            )
        )
        assert [one.nights.arrival for one in others.alternatives] == [
            (arrival + timedelta(days=days)).isoformat() for days in (7, 8, 9)
        ]

    # A process killed with -9 has lost nothing; the repeat answers the same.
    await roles.stop("serve", signal.SIGKILL)
    await roles.stop("search", signal.SIGKILL)
    await roles.start("serve")
    await roles.start("search")
    await roles.ready("serve")
    await roles.ready("search")
    with acting(roles, "system:booking"):
        await until(lambda: _done(stays.HoldStays(hold)))
        assert await stays.HoldStays(hold) == held
    with acting(roles, "public"):
        await until(lambda: _found(search, query, []))

    roles.jump(hours=1)
    with acting(roles, "public"):
        await until(lambda: _found(search, query, [listing_id]), seconds=5)
    with acting(roles, "system:booking"):
        assert not (await stays.GetStays(pb.BookingRequest(booking_id=hold.booking_id))).lines
        await until(lambda: _stale_end(stays, hold), seconds=10)

    assert await roles.stop("serve") == 0
    assert await roles.stop("search") == 0


async def _done(call) -> bool:
    try:
        await call
    except (RemoteError, Unavailable):
        return False
    return True


async def _found(search, query, listing_ids) -> bool:
    try:
        return list((await search.Search(query)).listing_ids) == listing_ids
    except RemoteError:
        return False


async def _refused(search, query) -> bool:
    try:
        await search.Search(query)
    except RemoteError as error:
        # Before it listens the client says so, then the index says it is not complete.
        return error.metadata.get("part") == "index"
    return False


async def _stale_end(stays, hold) -> bool:
    """The sweeper ended the hold: an extension finds nothing."""
    later = Timestamp()
    later.FromDatetime(hold.expires_at.ToDatetime(UTC) - timedelta(minutes=1))
    try:
        await stays.ExtendHolds(
            pb.ExtendHoldsRequest(booking_id=hold.booking_id, revision=1, expires_at=later)
        )
    except RemoteError as error:
        return error.reason == "HOLD_GONE"
    return False
