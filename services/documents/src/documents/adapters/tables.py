"""Tables of documents: what was rendered, and the mails that were sent or wait.

`booking_id` is what a row is about: a file; the devis of documents of kind 3 and of mails about devis; the
owner of mails about his terms.
"""

from chassis.database import new_metadata
from chassis.inbox import inbox_table
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = new_metadata()

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("booking_id", Uuid),
    Column("listing_id", Uuid),
    Column("kind", SmallInteger, nullable=False),
    Column("language", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("object_key", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("revisions", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    UniqueConstraint(
        "booking_id",
        "kind",
        "listing_id",
        "language",
        "version",
        name="uq_documents_version",
        postgresql_nulls_not_distinct=True,
    ),
)

MAILS = Table(
    "mails",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("variant", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", String, nullable=False),
    Column("document_ids", ARRAY(Uuid), nullable=False),
    Column("planned_end", DateTime(timezone=True)),
    Column("state", String, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("failure", String, nullable=False),
    Index(
        "uq_mails_task",
        "booking_id",
        "revision",
        "kind",
        "recipient",
        unique=True,
        postgresql_where=text("kind <> 'M17'"),
    ),
    Index("ix_mails_booking_id", "booking_id"),
    Index("ix_mails_waiting", "due_at", postgresql_where=text("state IN ('WAITING', 'SENDING')")),
)

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
REQUESTS = requests_table(METADATA)
