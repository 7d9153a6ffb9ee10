"""The outbox: events written in the transaction of the state they tell, and the table they wait in.

Order: the database gives each row its `seq` when it is written, which is under the lock of the aggregate
that it tells of. So of two events of one key the later has the higher `seq`, whichever process wrote it and
whatever its clock said, and the earlier was committed before the later got its own. Between keys `seq` says
nothing.
"""

import weakref
from asyncio import Event as Signal
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Uuid,
    column,
    event,
    insert,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from chassis.database import Connectable
from chassis.ids import new_id
from chassis.together import Row
from chassis.tracing import current_traceparent

TABLE_NAME = "outbox"
MAX_PAYLOAD = 7 * 1024 * 1024
"""Bytes of an event at most: what the broker refuses would hold up all that waits behind it."""

_SEQUENCE = "outbox_seq"
_WRITTEN = "chassis.outbox_written"
_signals: "weakref.WeakSet[Signal]" = weakref.WeakSet()

OUTBOX = table(
    TABLE_NAME,
    column("id", Uuid()),
    column("topic", String()),
    column("key", String()),
    column("event_type", String()),
    column("revision", BigInteger()),
    column("payload", LargeBinary()),
    column("occurred_at", DateTime(timezone=True)),
    column("traceparent", String()),
    column("published_at", DateTime(timezone=True)),
    column("seq", BigInteger()),
)


def outbox_table(metadata: MetaData) -> Table:
    """Declares the outbox in a service's metadata (`create_outbox` and `order_outbox` in its migrations)."""
    numbers = Sequence(_SEQUENCE, metadata=metadata)
    return Table(
        TABLE_NAME,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("topic", String, nullable=False),
        Column("key", String, nullable=False),
        Column("event_type", String, nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("payload", LargeBinary),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("traceparent", String, nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Column("seq", BigInteger, server_default=numbers.next_value()),
        Index("ix_outbox_waiting", "seq", "id", postgresql_where=text("published_at IS NULL")),
    )


def create_outbox(op: Any) -> None:
    """Makes the table in a migration: `create_outbox(op)`."""
    op.execute("""
        CREATE TABLE outbox (
            id UUID NOT NULL CONSTRAINT pk_outbox PRIMARY KEY,
            topic VARCHAR NOT NULL,
            key VARCHAR NOT NULL,
            event_type VARCHAR NOT NULL,
            revision BIGINT NOT NULL,
            payload BYTEA,
            occurred_at TIMESTAMPTZ NOT NULL,
            traceparent VARCHAR NOT NULL,
            published_at TIMESTAMPTZ
        )
    """)
    op.execute("CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL")


def order_outbox(op: Any) -> None:
    """Gives the rows their `seq` in a later migration; code that knows none goes on writing and sending."""
    op.execute(f"CREATE SEQUENCE {_SEQUENCE}")
    op.execute("ALTER TABLE outbox ADD COLUMN seq BIGINT")
    op.execute(f"ALTER TABLE outbox ALTER COLUMN seq SET DEFAULT nextval('{_SEQUENCE}')")
    # What waits goes first, among itself by its id as before.
    op.execute("UPDATE outbox SET seq = 0 WHERE published_at IS NULL")
    op.execute("CREATE INDEX ix_outbox_waiting ON outbox (seq, id) WHERE published_at IS NULL")
    op.execute("DROP INDEX ix_outbox_unpublished")


async def add(
    session: Connectable,
    *,
    topic: str,
    key: UUID | str,
    message: Message | None,
    revision: int,
    now: datetime,
    event_type: str | None = None,
) -> UUID:
    """Writes an event in the current transaction; the relay sends it after the commit.

    Args:
        session: the session or connection whose transaction also changes the state.
        topic: its name without prefix.
        key: id of the aggregate whose order matters.
        message: the event; None is a tombstone and then `event_type` is needed.
        revision: the aggregate's revision, taken under its row's lock.
        now: when it happened.
        event_type: full name of the message, when there is none to ask.

    Raises:
        ValueError: a tombstone without its type, or a message beyond `MAX_PAYLOAD`.

    """
    if message is None and event_type is None:
        raise ValueError("a tombstone needs its event_type")
    event_id = new_id()
    values = _values(event_id, topic, key, message, revision=revision, now=now) | (
        {"event_type": event_type} if event_type else {}
    )
    await session.execute(insert(OUTBOX).values(values))
    _mark(session)
    return event_id


def addition(
    session: Connectable, *, topic: str, key: UUID | str, message: Message, revision: int, now: datetime
) -> Row:
    """The row that `add` would write, for `together`; it must be written in this transaction."""
    _mark(session)
    return Row(OUTBOX, _values(new_id(), topic, key, message, revision=revision, now=now))


def _values(
    event_id: UUID, topic: str, key: UUID | str, message: Message | None, *, revision: int, now: datetime
) -> dict[str, Any]:
    payload = None if message is None else message.SerializeToString()
    if payload is not None and len(payload) > MAX_PAYLOAD:
        raise ValueError(f"an event of {len(payload)} bytes is too large to be sent")
    return {
        "id": event_id,
        "topic": topic,
        "key": str(key),
        "event_type": message.DESCRIPTOR.full_name if message is not None else "",
        "revision": revision,
        "payload": payload,
        "occurred_at": now,
        "traceparent": current_traceparent(),
    }


def _mark(session: Connectable) -> None:
    if isinstance(session, AsyncSession):
        session.info[_WRITTEN] = True


def wake_relays() -> None:
    """Tells the relays of this process that a commit left rows (sessions do it by themselves)."""
    for signal in list(_signals):
        signal.set()


def new_signal() -> Signal:
    """A signal that `wake_relays` sets; for a relay."""
    signal = Signal()
    _signals.add(signal)
    return signal


@event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    if session.info.pop(_WRITTEN, False):
        wake_relays()
