"""The process itself: it migrates, starts before its topics are there, takes news and tells its own."""

import asyncio
import os
import signal
import socket
import sys
import urllib.request
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from chassis.actor import Actor, acting_as
from chassis.clock import system_clock
from chassis.errors import ErrorKind, RemoteError
from chassis.events import Event, KafkaConfig
from chassis.grpc_client import connect
from chassis.ids import new_id
from chassis.kafka import TopicSpec, create_topics
from sejour.catalog.v1 import catalog_events_pb2
from sejour.pricing.v1 import pricing_events_pb2 as events
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_service_pb2_grpc as rpc
from sejour.pricing.v1 import pricing_types_pb2 as types

from .conftest import KEYS, a_listing, nights, request_id

TOPICS = [TopicSpec("catalog.listings", compacted=True), TopicSpec("pricing.rates", compacted=True)]


def a_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def process(make_database, kafka_bootstrap):
    """(address, metrics address, Kafka) of a running `python -m pricing serve`."""
    kafka = KafkaConfig(bootstrap=kafka_bootstrap, prefix=f"p{new_id().hex[-12:]}.")
    grpc_port, metrics_port = a_port(), a_port()
    env = os.environ | {
        "SEJOUR_ENV": "test",
        "SEJOUR_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "SEJOUR_TOPIC_PREFIX": kafka.prefix,
        "SEJOUR_SIGNING_KEYS": KEYS[0].decode(),
        "PRICING_DATABASE_URL": await make_database(""),
        "PRICING_GRPC_LISTEN": f"127.0.0.1:{grpc_port}",
        "PRICING_METRICS_LISTEN": f"127.0.0.1:{metrics_port}",
    }
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-m", "pricing", "migrate", env=env)
    assert await migrating.wait() == 0
    serving = await asyncio.create_subprocess_exec(sys.executable, "-m", "pricing", "serve", env=env)
    yield f"127.0.0.1:{grpc_port}", f"http://127.0.0.1:{metrics_port}", kafka
    serving.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        assert await serving.wait() == 0


async def send(kafka: KafkaConfig, listing) -> None:
    message = catalog_events_pb2.ListingChanged(listing=listing)
    event = Event(
        topic="catalog.listings",
        key=listing.id,
        event_id=new_id(),
        event_type=message.DESCRIPTOR.full_name,
        occurred_at=system_clock(),
        revision=listing.revision,
        payload=message.SerializeToString(),
    )
    producer = AIOKafkaProducer(**kafka.arguments())
    await producer.start()
    try:
        await producer.send_and_wait(
            kafka.topic(event.topic), event.payload, key=event.key.encode(), headers=event.headers()
        )
    finally:
        await producer.stop()


async def told(kafka: KafkaConfig, listing_id: str, revision: int) -> events.RateSheetsChanged:
    """The news of that revision."""
    consumer = AIOKafkaConsumer(
        kafka.topic("pricing.rates"),
        **kafka.arguments(),
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            async for record in consumer:
                message = events.RateSheetsChanged.FromString(record.value)
                if record.key.decode() == listing_id and message.revision == revision:
                    return message
    finally:
        await consumer.stop()
    raise AssertionError("not told")


async def until_known(prices, listing_id: str) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await prices.stub.GetReadiness(pb.GetReadinessRequest(listing_id=listing_id))
            except RemoteError as error:
                if error.kind not in {ErrorKind.NOT_FOUND, ErrorKind.UNAVAILABLE}:
                    raise
                await asyncio.sleep(0.2)
            else:
                return


async def test_the_process_takes_listings_and_tells_sheets(process):
    address, metrics, kafka = process
    owner = new_id()
    listing = a_listing(owner)
    await create_topics(kafka, TOPICS)
    await send(kafka, listing)
    tariffs = connect(address, rpc.TariffServiceStub, keys=KEYS, clock=system_clock, timeout=10)
    prices = connect(address, rpc.PriceServiceStub, keys=KEYS, clock=system_clock, timeout=10)
    actor = Actor.make("test", [f"owner:{owner}"], now=system_clock(), lifetime=timedelta(hours=1))
    with acting_as(actor):
        await until_known(prices, listing.id)
        season = await tariffs.stub.SaveSeason(
            pb.SaveSeasonRequest(
                request_id=request_id(),
                season=types.Season(
                    owner_id=str(owner), name="Été", periods=[nights("2030-06-01", "2030-09-01")]
                ),
            )
        )
        plan = await tariffs.stub.SaveRatePlan(
            pb.SaveRatePlanRequest(
                request_id=request_id(),
                rate_plan=types.RatePlan(owner_id=str(owner), code="location", name="Location seule"),
            )
        )
        await tariffs.stub.SaveTariff(
            pb.SaveTariffRequest(
                request_id=request_id(),
                tariff=types.Tariff(
                    owner_id=str(owner),
                    name="Tarif",
                    rate_plan_id=plan.rate_plan.id,
                    listing_ids=[listing.id],
                    base_persons=4,
                    rows=[types.TariffRow(season_id=season.season.id, packages={7: 50000})],
                ),
            )
        )
    first = await told(kafka, listing.id, 1)
    second = await told(kafka, listing.id, 2)
    await tariffs.close()
    await prices.close()

    assert (len(first.sheets), second.sheets[0].rate_plan_name) == (0, "Location seule")
    ready = await asyncio.to_thread(_get, f"{metrics}/healthz/ready")
    assert ready == "ready\n"
    assert "sejour_pricing_sheets_published_total 2.0" in await asyncio.to_thread(_get, f"{metrics}/metrics")


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (this machine)
        return answer.read().decode()
