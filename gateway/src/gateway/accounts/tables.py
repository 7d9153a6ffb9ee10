"""Tables of the gateway's database, as its migrations make them."""

from chassis.database import new_metadata
from chassis.requests import requests_table
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = new_metadata()
_AT = DateTime(timezone=True)

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("created_at", _AT, nullable=False),
    Column("password_changed_at", _AT, nullable=False),
    CheckConstraint("email = lower(email)", name="email_lower"),
)
ACCOUNT_ROLES = Table(
    "account_roles",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("supplier_no", Integer, index=True),
    Column("created_at", _AT, nullable=False),
    CheckConstraint("role IN ('owner', 'helper', 'accountant', 'label', 'operator')", name="role_known"),
    CheckConstraint("(role = 'operator') = (subject_id IS NULL)", name="subject_by_role"),
    Index(
        "uq_account_roles_account_role_subject",
        "account_id",
        "role",
        "subject_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role_id", Uuid, ForeignKey("account_roles.id", ondelete="SET NULL")),
    Column("created_at", _AT, nullable=False),
    Column("last_seen_at", _AT, nullable=False),
    Column("expires_at", _AT, nullable=False, index=True),
    Column("remember", Boolean, nullable=False),
    Column("device", Text, nullable=False),
    Column("flashes", JSONB, nullable=False),
)
LOGIN_FAILURES = Table(
    "login_failures",
    METADATA,
    Column("login_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", _AT, nullable=False),
)
API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("owner_ids", ARRAY(Uuid), nullable=False),
    Column("label_ids", ARRAY(Uuid), nullable=False),
    Column("created_at", _AT, nullable=False),
)
WIDGET_KEYS = Table(
    "widget_keys",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("owner_id", Uuid),
    Column("label_id", Uuid),
    Column("origins", ARRAY(Text), nullable=False),
    Column("created_at", _AT, nullable=False),
)
API_BOOKINGS = Table(
    "api_bookings",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("key_name", Text, nullable=False, index=True),
    Column("created_at", _AT, nullable=False),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("at", _AT, nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("request_id", Text, nullable=False),
)
REQUESTS = requests_table(METADATA)
