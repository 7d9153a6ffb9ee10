"""The process itself: migrates, serves without Kafka and without the services it asks, stops cleanly."""

import asyncio
import os
import signal
import socket
import sys

import asyncpg
from chassis.actor import Actor, acting_as
from chassis.clock import system_clock
from chassis.grpc_client import connect
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls
from sejour.catalog.v1.listing_service_pb2_grpc import ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub

KEY = "a-key-for-the-process"


def a_free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def start(*arguments, **environment):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "catalog",
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def test_it_migrates_serves_alone_answers_and_stops(make_database, tmp_path):
    url, port = await make_database(""), a_free_port()
    environment = {
        "CATALOG_DATABASE_URL": url,
        "CATALOG_GRPC_LISTEN": f"127.0.0.1:{port}",
        "CATALOG_METRICS_LISTEN": f"127.0.0.1:{a_free_port()}",
        "SEJOUR_SIGNING_KEYS": KEY,
        "SEJOUR_FILES_DIR": str(tmp_path),
        **{
            f"SEJOUR_{name}": f"127.0.0.1:{a_free_port()}"
            for name in ("KAFKA_BOOTSTRAP", "PRICING_ADDRESS", "AVAILABILITY_ADDRESS", "BOOKING_ADDRESS")
        },
    }
    assert await (await start("migrate", **environment)).wait() == 0
    assert await (await start("migrate", **environment)).wait() == 0
    process = await start("serve", **environment)
    keys = (KEY.encode(),)
    address = f"127.0.0.1:{port}"
    owners = connect(address, OwnerServiceStub, keys=keys, clock=system_clock)
    listings = connect(address, ListingServiceStub, keys=keys, clock=system_clock, timeout=10)
    try:
        await asyncio.wait_for(owners.ping(), 20)
        with acting_as(Actor.system("test", now=system_clock())):
            request = owner_calls.CreateOwnerRequest(
                request_id="01990000-0000-7000-8000-000000000001", owner=pb.Owner(last_name="FAURE")
            )
            owner = (await owners.stub.CreateOwner(request)).owner
            draft = calls.CreateListingRequest(
                request_id="01990000-0000-7000-8000-000000000002", listing=pb.Listing(owner_id=owner.id)
            )
            listing = (await listings.stub.CreateListing(draft)).listing
            checklist = await listings.stub.GetChecklist(calls.GetChecklistRequest(id=listing.id))
        open_items = {item.key for item in checklist.items if item.blocking and not item.done}
        assert {"PRICES_UNKNOWN", "TERMS_UNKNOWN", "NAME_MISSING"} <= open_items
    finally:
        await owners.close()
        await listings.close()
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), 12)
    assert code == 0
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        waiting = await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    finally:
        await connection.close()
    assert waiting == 2
