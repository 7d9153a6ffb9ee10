"""A database with the tables of the plumbing, and a small gRPC service made without a contract."""

import asyncio

import grpc
import pytest
from chassis.database import Database, new_metadata
from chassis.inbox import inbox_table
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import Column, DateTime, Index, Integer, MetaData, String, Table, UniqueConstraint

KEYS = (b"a key for tests",)


def plumbing() -> MetaData:
    """Tables of the plumbing, a `things` table with a named constraint, and a `tasks` table to lease."""
    metadata = new_metadata()
    outbox_table(metadata)
    inbox_table(metadata)
    requests_table(metadata)
    Table(
        "things",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String, nullable=False),
        UniqueConstraint("name", name="uq_things_name"),
    )
    Table(
        "tasks",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("due_at", DateTime(timezone=True)),
        Column("leased_until", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Index("ix_tasks_due_at", "due_at"),
    )
    return metadata


@pytest.fixture
async def database(make_database):
    found = Database.at(await make_database(""), application="chassis-tests")
    async with found.engine.begin() as connection:
        await connection.run_sync(plumbing().create_all)
    yield found
    await found.close()


class EchoStub:
    """What protoc would generate for a service with one call."""

    def __init__(self, channel) -> None:
        self.Echo = channel.unary_unary(
            "/test.v1.EchoService/Echo",
            request_serializer=StringValue.SerializeToString,
            response_deserializer=StringValue.FromString,
        )


def add_echo(servicer, server) -> None:
    handlers = {
        "Echo": grpc.unary_unary_rpc_method_handler(
            servicer.Echo,
            request_deserializer=StringValue.FromString,
            response_serializer=StringValue.SerializeToString,
        )
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.v1.EchoService", handlers),))


async def until(condition, seconds: float = 20.0) -> None:
    """Waits for a condition, failing after so many seconds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (a condition has no event)
            await asyncio.sleep(0.02)
