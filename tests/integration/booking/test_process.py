"""The process itself on a real PostgreSQL and a real Kafka: killed inside a placement, started again, told by news."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import urllib.request
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from chassis import outbox
from chassis.clock import system_clock
from chassis.database import Database
from chassis.errors import RemoteError
from chassis.events import Decoder, KafkaConfig
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.kafka import consume_all
from chassis.topics import TopicSpec, create_topics
from sejour.availability.v1.availability_events_pb2 import HoldExpired
from sejour.availability.v1.availability_service_pb2_grpc import add_StayServiceServicer_to_server
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub, ClientServiceStub, TermsServiceStub
from sejour.catalog.v1.listing_service_pb2_grpc import add_ListingServiceServicer_to_server
from sejour.pricing.v1.pricing_service_pb2_grpc import add_PriceServiceServicer_to_server

KEY = "a key for tests"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
async def near(world, make_database, kafka_bootstrap):
    """World's services on the real clock, and the environment of a booking process beside them."""
    world.clock.real = True
    others = Server("127.0.0.1:0", keys=(KEY.encode(),), clock=system_clock)
    others.add(add_PriceServiceServicer_to_server, world.pricing)
    others.add(add_StayServiceServicer_to_server, world.availability)
    others.add(add_ListingServiceServicer_to_server, world.catalog)
    await others.start()
    prefix, ports = f"b{uuid4().hex[:8]}.", (free_port(), free_port())
    url = await make_database("booking")
    kafka = KafkaConfig(kafka_bootstrap, prefix)
    topics = ("availability.holds", "booking.bookings", "booking.payments")
    await create_topics(kafka, [TopicSpec(name, 2) for name in topics])
    environment = {
        **os.environ,
        "SEJOUR_ENV": "test",
        "SEJOUR_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "SEJOUR_TOPIC_PREFIX": prefix,
        "SEJOUR_SIGNING_KEYS": KEY,
        "BOOKING_DATABASE_URL": url,
        "BOOKING_GRPC_LISTEN": f"127.0.0.1:{ports[0]}",
        "BOOKING_METRICS_LISTEN": f"127.0.0.1:{ports[1]}",
        **{
            f"SEJOUR_{name}_ADDRESS": f"127.0.0.1:{others.port}"
            for name in ("PRICING", "AVAILABILITY", "CATALOG")
        },
    }
    yield environment, kafka, ports
    await others.stop(1)


@contextlib.asynccontextmanager
async def serving(environment, ports, **more):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "booking",
        "serve",
        env={**environment, **more},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: asyncio.to_thread(ready, ports[1]))
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 15) == 0


def ready(port) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


async def until(condition, seconds: float = 30.0):
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # noqa: ASYNC110 (a condition has no event)
            await asyncio.sleep(0.2)
        return found


async def test_a_killed_process_ends_its_file_when_it_starts_again_and_takes_news(world, near):
    environment, kafka, ports = near
    link = partial(connect, f"127.0.0.1:{ports[0]}", keys=(KEY.encode(),), clock=system_clock, timeout=10)
    links = [link(stub) for stub in (BookingServiceStub, ClientServiceStub, TermsServiceStub)]
    world.bookings, world.clients, world.terms = (one.stub for one in links)
    arrival = (system_clock() + timedelta(days=60)).date()
    with world.owner():
        async with serving(environment, ports, SEJOUR_FAILPOINTS="booking.after_hold=kill") as process:
            await world.save_terms()
            quote_id = world.quote(arrival=str(arrival), departure=str(arrival + timedelta(days=7)))
            request = world.place_request(quote_id)
            with pytest.raises(RemoteError):
                await world.bookings.PlaceBooking(request)
            assert await asyncio.wait_for(process.wait(), 15) == -signal.SIGKILL
        async with serving(environment, ports):
            file = await until(lambda: option(world))
            again = await world.bookings.PlaceBooking(request)
            assert (again.replayed, again.booking.id, file.number) == (True, file.id, 1)
            told = await news(kafka)
            assert [one.change for one in told] == [events.BOOKING_CHANGE_PLACED]
            await tell_expired(environment["BOOKING_DATABASE_URL"], file.id)
            await until(lambda: state_is(world, file.id, pb.BOOKING_STATE_EXPIRED))
    for one in links:
        await one.close()


async def option(world):
    try:
        answer = await world.bookings.ListBookings(calls.ListBookingsRequest(owner_id=world.owner_id))
    except RemoteError:  # Readiness is told a little before the calls are taken.
        return None
    found = answer.bookings
    return found[0] if found and found[0].state == pb.BOOKING_STATE_OPTION else None


async def state_is(world, file_id, state):
    return (await world.bookings.GetBooking(calls.GetBookingRequest(id=file_id))).booking.state == state


async def news(kafka):
    """What stands in `booking.bookings`."""
    found = []

    async def take(batch) -> None:
        found.extend(Decoder(events.BookingChanged).decode(event) for event in batch)

    async def caught_up() -> None:
        return

    reader = asyncio.create_task(consume_all(kafka, ["booking.bookings"], take, on_caught_up=caught_up))
    try:

        async def some():
            return list(found)

        return await until(some)
    finally:
        reader.cancel()


async def tell_expired(url, file_id) -> None:
    """Sends availability's news; the outbox at hand serves, since the topic is what counts."""
    database = Database.at(url, application="availability-of-tests")
    message = HoldExpired(booking_id=file_id, revision=1)
    async with database.transaction() as session:
        await outbox.add(
            session,
            topic="availability.holds",
            key=UUID(file_id),
            message=message,
            revision=1,
            now=system_clock(),
        )
    await database.close()
