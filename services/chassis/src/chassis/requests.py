"""Writes that are done once: the request id is inserted first; a repeat finds its resource."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import Clock
from chassis.database import Connectable, Database
from chassis.errors import FieldError, Malformed, RequestIdReused
from chassis.leases import only_one

TABLE_NAME = "requests"
KEEP = timedelta(days=30)
"""How long a write is remembered under its request id."""
SLICE = 1000
PURGE_SECONDS = 3600.0
REQUESTS = table(
    TABLE_NAME,
    column("request_id", Uuid()),
    column("method", String()),
    column("body_hash", LargeBinary()),
    column("resource_id", String()),
    column("created_at", DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Previous:
    """A write already done under this request id, and the resource it made (None: it made none)."""

    resource_id: str | None


def requests_table(metadata: MetaData) -> Table:
    """Declares the table in a service's metadata (its migration makes it with `create_requests`)."""
    return Table(
        TABLE_NAME,
        metadata,
        Column("request_id", Uuid, primary_key=True),
        Column("method", String, nullable=False),
        Column("body_hash", LargeBinary, nullable=False),
        Column("resource_id", String),
        Column("created_at", DateTime(timezone=True), nullable=False),
    )


def create_requests(op: Any) -> None:
    """Makes the table in a migration."""
    op.execute("""
        CREATE TABLE requests (
            request_id UUID NOT NULL CONSTRAINT pk_requests PRIMARY KEY,
            method VARCHAR NOT NULL,
            body_hash BYTEA NOT NULL,
            resource_id VARCHAR,
            created_at TIMESTAMPTZ NOT NULL
        )
    """)


def parse_request_id(value: str) -> UUID:
    """The request id of a write.

    Raises:
        Malformed: it is absent or no UUID.

    """
    try:
        return UUID(value)
    except ValueError:
        raise Malformed(fields=[FieldError("request_id", "REQUEST_ID_MALFORMED")]) from None


def hash_request(message: Message) -> bytes:
    """A hash of what a request asks: equal messages have equal hashes."""
    return hashlib.sha256(message.SerializeToString(deterministic=True)).digest()


# Built once: every write of every service runs them.
_CLAIM = (
    insert(REQUESTS)
    .values(
        request_id=bindparam("request"),
        method=bindparam("asked"),
        body_hash=bindparam("hash"),
        created_at=bindparam("now"),
        resource_id=bindparam("resource"),
    )
    .on_conflict_do_nothing(index_elements=["request_id"])
    .returning(REQUESTS.c.request_id)
)
_LOOK = select(REQUESTS).where(REQUESTS.c.request_id == bindparam("request"))


async def look(session: Connectable, request_id: UUID, *, method: str, body_hash: bytes) -> Previous | None:
    """A write already done under a request id; takes nothing, so that `claim` must still be asked.

    Raises:
        RequestIdReused: it stands for another method or another body.

    """
    row = (await session.execute(_LOOK, {"request": request_id})).one_or_none()
    return None if row is None else _previous(row, method, body_hash)


async def claim(
    session: Connectable,
    request_id: UUID,
    *,
    method: str,
    body_hash: bytes,
    now: datetime,
    resource_id: UUID | None = None,
) -> Previous | None:
    """Takes a request id in the current transaction, before anything else is written.

    Returns None when it is new: do the work, then `finish`, unless `resource_id` says already what it
    makes. A rival with the same id waits here for
    the first one's commit and then gets its `Previous`.

    Raises:
        RequestIdReused: it stands for another method or another body.

    """
    values = {
        "request": request_id,
        "asked": method,
        "hash": body_hash,
        "now": now,
        "resource": None if resource_id is None else str(resource_id),
    }
    row = None
    while row is None:
        if (await session.execute(_CLAIM, values)).first() is not None:
            return None
        # A row that stood in the way may be gone by now: a write that failed lets itself be tried again.
        row = (await session.execute(_LOOK, {"request": request_id})).one_or_none()
    return _previous(row, method, body_hash)


def _previous(row: Any, method: str, body_hash: bytes) -> Previous:
    if row.method != method or row.body_hash != body_hash:
        raise RequestIdReused(request_id=row.request_id)
    return Previous(row.resource_id)


async def purge_requests(database: Database, clock: Clock) -> int:
    """Forgets writes of more than 30 days ago, in slices, in one process at a time; returns how many.

    A repeat that comes later than that is a new write.
    """
    before, deleted = clock() - KEEP, 0
    # The place of a row, not its key: the oldest rows stand first in the table, and no index is needed.
    place: ColumnElement[Any] = literal_column("requests.ctid")
    old = select(place).select_from(REQUESTS).where(REQUESTS.c.created_at < before).limit(SLICE)
    statement = delete(REQUESTS).where(place == func.any(func.array(old.scalar_subquery())))
    async with only_one(database, "purge_requests") as mine:
        while mine:
            began = time.monotonic()
            async with database.engine.begin() as connection:
                slice_of = int((await connection.execute(statement)).rowcount)
            deleted += slice_of
            if slice_of < SLICE:
                break
            # Half of the time at least belongs to others.
            await asyncio.sleep(time.monotonic() - began)
    return deleted


async def finish(session: Connectable, request_id: UUID, resource_id: UUID | str) -> None:
    """Notes the resource that the write made, in the same transaction as `claim`."""
    statement = (
        update(REQUESTS).where(REQUESTS.c.request_id == request_id).values(resource_id=str(resource_id))
    )
    await session.execute(statement)
