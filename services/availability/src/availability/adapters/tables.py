"""The tables of availability; the migrations make them (with their exclusion constraints)."""

from chassis.database import new_metadata
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint

METADATA: MetaData = new_metadata()

NIGHTS_TWICE = "ex_occupancies_resource_id_nights"
"""The constraint that has the last word: no night of a resource twice."""

outbox_table(METADATA)
requests_table(METADATA)

PROPERTIES = Table("properties", METADATA, Column("id", Uuid, primary_key=True))

RESOURCES = Table(
    "resources",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("property_id", Uuid, ForeignKey("properties.id"), nullable=False, index=True),
)

LISTINGS = Table(
    "listings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False, index=True),
    Column("property_id", Uuid, ForeignKey("properties.id"), nullable=False, index=True),
    Column("mode", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("max_persons", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("calendar_revision", BigInteger, nullable=False),
)

LISTING_RESOURCES = Table(
    "listing_resources",
    METADATA,
    Column("listing_id", Uuid, ForeignKey("listings.id"), primary_key=True),
    Column("resource_id", Uuid, ForeignKey("resources.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

OPEN_PERIODS = Table(
    "open_periods",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("listing_id", Uuid, ForeignKey("listings.id"), nullable=False),
    Column("nights", DATERANGE, nullable=False),
    Column("rolling", Boolean, nullable=False),
    ExcludeConstraint(("listing_id", "="), ("nights", "&&"), name="ex_open_periods_listing_id_nights"),
    Index("ix_open_periods_rolling", "listing_id", postgresql_where=text("rolling")),
)

BLOCKS = Table(
    "blocks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("listing_id", Uuid, ForeignKey("listings.id"), nullable=False, index=True),
    Column("nights", DATERANGE, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

BOOKINGS = Table(
    "bookings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("released_revision", BigInteger, nullable=False),
)

OCCUPANCIES = Table(
    "occupancies",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("resource_id", Uuid, ForeignKey("resources.id"), nullable=False),
    Column("listing_id", Uuid, ForeignKey("listings.id"), nullable=False),
    Column("nights", DATERANGE, nullable=False),
    Column("kind", String, nullable=False),
    Column("booking_id", Uuid, ForeignKey("bookings.id")),
    Column("line_id", Uuid),
    Column("booking_revision", BigInteger, nullable=False),
    Column("block_id", Uuid, ForeignKey("blocks.id", ondelete="CASCADE")),
    Column("expires_at", DateTime(timezone=True)),
    Column("pinned_at", DateTime(timezone=True)),
    Column("guests", Integer, nullable=False),
    Column("client_key", String, nullable=False),
    ExcludeConstraint(("resource_id", "="), ("nights", "&&"), name=NIGHTS_TWICE),
    Index(
        "uq_occupancies_booking_id_line_id_resource_id",
        "booking_id",
        "line_id",
        "resource_id",
        unique=True,
        postgresql_where=text("booking_id IS NOT NULL"),
    ),
    Index("ix_occupancies_block_id", "block_id", postgresql_where=text("block_id IS NOT NULL")),
    Index("ix_occupancies_listing_id", "listing_id", "client_key"),
    Index(
        "ix_occupancies_expires_at",
        "expires_at",
        postgresql_where=text("kind = 'HOLD' AND pinned_at IS NULL AND expires_at IS NOT NULL"),
    ),
)
