"""The tables of booking, as the migrations make them (a test compares)."""

from chassis.database import new_metadata
from chassis.inbox import inbox_table
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CHAR, JSONB

METADATA = new_metadata()
outbox_table(METADATA)
inbox_table(METADATA)
requests_table(METADATA)

TERMS = Table(
    "terms",
    METADATA,
    Column("owner_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("owner_id", "revision", name="pk_terms"),
)

CLIENT_COUNTERS = Table(
    "client_counters",
    METADATA,
    Column("owner_id", Uuid, nullable=False),
    Column("letters", String, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("owner_id", "letters", name="pk_client_counters"),
)

FILE_COUNTERS = Table(
    "file_counters",
    METADATA,
    Column("owner_id", Uuid, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("owner_id", name="pk_file_counters"),
)

CLIENTS = Table(
    "clients",
    METADATA,
    Column("id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("code", String, nullable=False),
    Column("civility", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("address_lines", ARRAY(String), nullable=False),
    Column("postal_code", String, nullable=False),
    Column("city", String, nullable=False),
    Column("country", String, nullable=False),
    Column("phone_home", String, nullable=False),
    Column("phone_work", String, nullable=False),
    Column("mobile", String, nullable=False),
    Column("fax", String, nullable=False),
    Column("email", String, nullable=False),
    Column("language", String, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("folded_name", String, nullable=False),
    Column("folded_email", String, nullable=False),
    Column("phones", ARRAY(String), nullable=False),
    Column("search", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("id", name="pk_clients"),
    UniqueConstraint("owner_id", "code", name="uq_clients_owner_id_code"),
    Index("ix_clients_owner_id_folded_name", "owner_id", "folded_name", "id"),
)

BOOKINGS = Table(
    "bookings",
    METADATA,
    Column("id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("number", Integer),
    Column("wanted_number", Integer, nullable=False),
    Column("reference", String, nullable=False),
    Column("state", String, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("hold_revision", BigInteger, nullable=False),
    Column("origin", String, nullable=False),
    Column("client_id", Uuid),
    Column("new_client", JSONB(none_as_null=True)),
    Column("terms_revision", BigInteger, nullable=False),
    Column("deposit_kind", String, nullable=False),
    Column("deposit_basis_points", Integer, nullable=False),
    Column("deposit_fixed", BigInteger),
    Column("currency", CHAR(3), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("tourist_tax", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("tax_paid", BigInteger, nullable=False),
    Column("arrival", Date, nullable=False),
    Column("departure", Date, nullable=False),
    Column("quote_id", Uuid, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("deposit_due_on", Date, nullable=False),
    Column("hold_expires_at", DateTime(timezone=True)),
    Column("confirm", Boolean, nullable=False),
    Column("allow_unopened", Boolean, nullable=False),
    Column("by_guest", Boolean, nullable=False),
    Column("mail_confirmed", Boolean, nullable=False),
    Column("caller_key", String, nullable=False),
    Column("guest_email", String, nullable=False),
    Column("client_note", Text, nullable=False),
    Column("internal_note", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("accepted", JSONB, nullable=False),
    Column("pending", JSONB(none_as_null=True)),
    Column("ending", String),
    Column("failure", String, nullable=False),
    Column("failure_details", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("touched_at", DateTime(timezone=True), nullable=False),
    Column("step_began_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("id", name="pk_bookings"),
    UniqueConstraint("owner_id", "number", name="uq_bookings_owner_id_number"),
    UniqueConstraint("reference", name="uq_bookings_reference"),
    ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_bookings_client_id_clients"),
    ForeignKeyConstraint(
        ["owner_id", "terms_revision"],
        ["terms.owner_id", "terms.revision"],
        name="fk_bookings_owner_id_terms",
    ),
    CheckConstraint("departure > arrival", name="nights"),
    CheckConstraint(
        "state IN ('PLACING', 'FAILED') OR (number IS NOT NULL AND client_id IS NOT NULL)", name="placed"
    ),
    Index("ix_bookings_owner_id_arrival", "owner_id", "arrival", "id"),
    Index("ix_bookings_client_id", "client_id"),
    Index(
        "ix_bookings_in_between",
        "touched_at",
        postgresql_where=text("state IN ('PLACING', 'CONFIRMING', 'CANCELLING') OR pending IS NOT NULL"),
    ),
    Index(
        "ix_bookings_options",
        "hold_expires_at",
        postgresql_where=text("state IN ('OPTION', 'AWAITING_PAYMENT')"),
    ),
    Index(
        "ix_bookings_guest_email",
        "guest_email",
        postgresql_where=text("by_guest AND state IN ('OPTION', 'AWAITING_PAYMENT')"),
    ),
    Index(
        "ix_bookings_untold",
        "touched_at",
        postgresql_where=text("state = 'FAILED' AND ending IS NOT NULL"),
    ),
    Index("ix_bookings_caller_key", "caller_key", "created_at", postgresql_where=text("by_guest")),
)

LINES = Table(
    "booking_lines",
    METADATA,
    Column("id", Uuid, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("listing_id", Uuid, nullable=False),
    Column("listing_code", String, nullable=False),
    Column("listing_name", String, nullable=False),
    Column("arrival", Date, nullable=False),
    Column("departure", Date, nullable=False),
    Column("adults", Integer, nullable=False),
    Column("children_ages", ARRAY(Integer), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("accommodation", BigInteger, nullable=False),
    Column("discounts", BigInteger, nullable=False),
    Column("supplements", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("tourist_tax", BigInteger, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("price", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", name="pk_booking_lines"),
    UniqueConstraint("booking_id", "position", name="uq_booking_lines_booking_id_position"),
    ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_booking_lines_booking_id_bookings"),
    CheckConstraint("departure > arrival", name="nights"),
    Index("ix_booking_lines_listing_id", "listing_id", "arrival"),
)

REVISIONS = Table(
    "booking_revisions",
    METADATA,
    Column("booking_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("booking_id", "revision", name="pk_booking_revisions"),
    ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_booking_revisions_booking_id_bookings"),
)

PAYMENTS = Table(
    "payments",
    METADATA,
    Column("id", Uuid, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("means", String, nullable=False),
    Column("number", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("nature", String, nullable=False),
    Column("counters", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("id", name="pk_payments"),
    UniqueConstraint("booking_id", "position", name="uq_payments_booking_id_position"),
    UniqueConstraint("counters", name="uq_payments_counters"),
    ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_payments_booking_id_bookings"),
    ForeignKeyConstraint(["counters"], ["payments.id"], name="fk_payments_counters_payments"),
    CheckConstraint("amount <> 0", name="amount"),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("booking_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", String, nullable=False),
    Column("who", String, nullable=False),
    Column("params", JSONB, nullable=False),
    PrimaryKeyConstraint("booking_id", "position", name="pk_journal"),
    ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_journal_booking_id_bookings"),
)

GUEST_LINKS = Table(
    "guest_links",
    METADATA,
    Column("token_hash", LargeBinary, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("token_hash", name="pk_guest_links"),
    ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_guest_links_booking_id_bookings"),
    Index("ix_guest_links_booking_id", "booking_id"),
)
