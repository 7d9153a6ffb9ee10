"""The inbox: remembers which events had their effect (mail, webhooks), so that a repeat has none."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, column, table
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Connectable

TABLE_NAME = "inbox"
INBOX = table(
    TABLE_NAME,
    column("consumer", String()),
    column("event_id", Uuid()),
    column("seen_at", DateTime(timezone=True)),
)


def inbox_table(metadata: MetaData) -> Table:
    """Declares the inbox in a service's metadata (its migration makes it with `create_inbox`)."""
    return Table(
        TABLE_NAME,
        metadata,
        Column("consumer", String, primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("seen_at", DateTime(timezone=True), nullable=False),
    )


def create_inbox(op: Any) -> None:
    """Makes the table in a migration."""
    op.execute("""
        CREATE TABLE inbox (
            consumer VARCHAR NOT NULL,
            event_id UUID NOT NULL,
            seen_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id)
        )
    """)


async def seen(session: Connectable, consumer: str, event_id: UUID, *, now: datetime) -> bool:
    """True when this consumer already took this event; else notes it in the current transaction."""
    statement = (
        insert(INBOX)
        .values(consumer=consumer, event_id=event_id, seen_at=now)
        .on_conflict_do_nothing(index_elements=["consumer", "event_id"])
        .returning(INBOX.c.event_id)
    )
    return (await session.execute(statement)).first() is None
