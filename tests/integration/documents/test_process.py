"""The process itself: migrates, serves without the services it asks, takes news from Kafka, stops cleanly."""

import asyncio
import os
import signal
import socket
import sys
from datetime import UTC
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer
from chassis.actor import Actor, acting_as
from chassis.clock import system_clock
from chassis.errors import RemoteError
from chassis.events import Event, KafkaConfig
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.ids import new_id
from chassis.kafka import TopicSpec, create_topics
from chassis.migrations import drift
from documents.adapters.tables import METADATA
from sejour.booking.v1 import booking_service_pb2 as booking_rpc
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1.booking_events_pb2 import BOOKING_CHANGE_PLACED, BookingChanged
from sejour.booking.v1.booking_service_pb2_grpc import (
    BookingServiceServicer,
    add_BookingServiceServicer_to_server,
)
from sejour.catalog.v1 import owner_service_pb2 as owner_rpc
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceServicer, add_OwnerServiceServicer_to_server
from sejour.documents.v1 import documents_service_pb2 as pb
from sejour.documents.v1.documents_service_pb2_grpc import DocumentsServiceStub

from tests.unit.documents import builders

KEY = "a-key-for-the-process"


def a_free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Others(BookingServiceServicer, OwnerServiceServicer):
    async def GetBooking(self, request, context):
        booking = builders.a_booking()
        booking.hold_expires_at.FromDatetime(system_clock().replace(year=2099))
        return booking_rpc.BookingResponse(booking=booking)

    async def IssueGuestLink(self, request, context):
        return booking_rpc.IssueGuestLinkResponse(token="secret")

    async def GetOwner(self, request, context):
        return owner_rpc.OwnerResponse(owner=builders.an_owner())


async def start(*arguments, **environment):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "documents", *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def tell(kafka, event):
    producer = AIOKafkaProducer(**kafka.arguments(), acks="all")
    await producer.start()
    await producer.send_and_wait(
        kafka.topic(event.topic), event.payload, key=event.key.encode(), headers=event.headers()
    )
    await producer.stop()


def a_placed_file():
    changed = BookingChanged(
        booking_id=builders.BOOKING_ID,
        owner_id=builders.OWNER_ID,
        revision=2,
        change=BOOKING_CHANGE_PLACED,
        state=booking_pb.BOOKING_STATE_OPTION,
        origin=booking_pb.BOOKING_ORIGIN_OWNER,
        mail_confirmed=True,
    )
    return Event(
        topic="booking.bookings",
        key=builders.BOOKING_ID,
        event_id=new_id(),
        event_type=changed.DESCRIPTOR.full_name,
        occurred_at=system_clock().astimezone(UTC),
        revision=2,
        payload=changed.SerializeToString(),
    )


async def test_the_migrations_make_the_tables_that_the_code_declares(make_database):
    assert await drift("documents", await make_database("documents"), METADATA) == []


async def test_it_serves_alone_and_mails_what_kafka_tells_once_the_others_are_up(
    make_database, kafka_bootstrap, tmp_path
):
    url, port, others_port = await make_database(""), a_free_port(), a_free_port()
    prefix = f"{uuid4().hex[:8]}."
    kafka = KafkaConfig(kafka_bootstrap, prefix)
    others = f"127.0.0.1:{others_port}"
    environment = {
        "DOCUMENTS_DATABASE_URL": url,
        "DOCUMENTS_GRPC_LISTEN": f"127.0.0.1:{port}",
        "DOCUMENTS_METRICS_LISTEN": f"127.0.0.1:{a_free_port()}",
        "SEJOUR_SIGNING_KEYS": KEY,
        "SEJOUR_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "SEJOUR_TOPIC_PREFIX": prefix,
        "SEJOUR_FILES_DIR": str(tmp_path / "files"),
        "SEJOUR_MAIL_DIR": str(tmp_path / "mail"),
        **{f"SEJOUR_{name}_ADDRESS": others for name in ("CATALOG", "BOOKING", "PRICING")},
    }
    assert await (await start("migrate", **environment)).wait() == 0
    process = await start("serve", **environment)
    keys = (KEY.encode(),)
    client = connect(f"127.0.0.1:{port}", DocumentsServiceStub, keys=keys, clock=system_clock)
    server = Server(others, keys=keys, clock=system_clock)
    server.add(add_BookingServiceServicer_to_server, Others())
    server.add(add_OwnerServiceServicer_to_server, Others())
    try:
        await asyncio.wait_for(client.ping(), 20)
        with acting_as(Actor.system("test", now=system_clock())):
            try:
                await client.stub.ListDocuments(pb.ListDocumentsRequest(booking_id=builders.BOOKING_ID))
            except RemoteError as error:
                assert error.kind in {"UNAVAILABLE", "DEADLINE"}  # noqa: PT017 (either is right)
        await create_topics(kafka, [TopicSpec("booking.bookings", 1), TopicSpec("documents.documents", 1)])
        await tell(kafka, a_placed_file())
        await server.start()
        async with asyncio.timeout(40):
            while not list((tmp_path / "mail").glob("*.eml")):  # noqa: ASYNC110 (another process writes it)
                await asyncio.sleep(0.2)
        await tell(kafka, a_placed_file())
        await asyncio.sleep(2)
        assert len(list((tmp_path / "mail").glob("*-M02-*.eml"))) == 1
    finally:
        await client.close()
        await server.stop(0)
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), 12)
    assert code == 0
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        types = await connection.fetch("SELECT event_type FROM outbox WHERE published_at IS NOT NULL")
    finally:
        await connection.close()
    assert [row["event_type"] for row in types] == ["sejour.documents.v1.MailEnded"]
