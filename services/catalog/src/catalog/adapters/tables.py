"""The catalog's tables, as the migrations make them."""

from chassis.database import new_metadata
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = new_metadata()
outbox_table(METADATA)
requests_table(METADATA)

SUPPLIER_NUMBERS = Sequence("supplier_numbers", start=50001, metadata=METADATA)
LISTING_CODES = Sequence("listing_codes", start=1, metadata=METADATA)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, String, nullable=False) for name in names]


LABELS = Table(
    "labels",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("slug", String, nullable=False, unique=True),
    *_texts("name", "primary_color", "phone", "email"),
    Column("revision", BigInteger, nullable=False),
    _instant("created_at"),
)

OWNERS = Table(
    "owners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("supplier_no", Integer, nullable=False, unique=True),
    *_texts("civility", "last_name", "first_name", "company"),
    Column("address", JSONB, nullable=False),
    *_texts("phone", "mobile", "fax", "email", "website", "kind", "siret"),
    Column("vat_bp", Integer, nullable=False, server_default="0"),
    Column("vat_number", String, nullable=False, server_default=""),
    Column("vat_said", Boolean, nullable=False, server_default=false()),
    Column("languages", ARRAY(String), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    # Whose unclaimed listings this owner collects: a label's id, or `none`.
    Column("unclaimed_of", String, unique=True),
    Column("revision", BigInteger, nullable=False),
    _instant("created_at"),
    _instant("updated_at"),
)

MEMBERSHIPS = Table(
    "memberships",
    METADATA,
    Column("owner_id", Uuid, ForeignKey("owners.id"), primary_key=True),
    Column("label_id", Uuid, ForeignKey("labels.id"), primary_key=True),
    Index("ix_memberships_label_id", "label_id"),
)

LISTINGS = Table(
    "listings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *_texts("code", "issuer"),
    Column("owner_id", Uuid, ForeignKey("owners.id"), nullable=False),
    Column("label_id", Uuid, ForeignKey("labels.id")),
    *_texts("kind", "state"),
    *(Column(name, JSONB, nullable=False) for name in ("name", "description", "address")),
    Column("latitude", Double),
    Column("longitude", Double),
    *(
        Column(name, Integer, nullable=False)
        for name in ("base_persons", "max_persons", "official_stars", "label_rating")
    ),
    *_texts("registration_number"),
    Column("field_values", JSONB, nullable=False),
    Column("provenance", JSONB, nullable=False),
    Column("property_id", Uuid, nullable=False),
    *_texts("sells_mode"),
    Column("resource_ids", ARRAY(Uuid), nullable=False),
    *_texts("zone"),
    Column("revision", BigInteger, nullable=False),
    Column("completeness", Integer, nullable=False),
    # Within which `external_id` is unique: the label, or the owner who imported for himself.
    Column("origin", String),
    *_texts("external_id"),
    _instant("source_at", nullable=True),
    Column("vanished", Boolean, nullable=False),
    _instant("created_at"),
    _instant("updated_at"),
    UniqueConstraint("issuer", "code"),
    UniqueConstraint("origin", "external_id"),
    Index("ix_listings_owner_id", "owner_id"),
    Index("ix_listings_label_id", "label_id"),
    Index("ix_listings_property_id", "property_id"),
    Index("ix_listings_code", "code", "id"),
)

LISTING_REVISIONS = Table(
    "listing_revisions",
    METADATA,
    Column("listing_id", Uuid, ForeignKey("listings.id"), primary_key=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("message", LargeBinary, nullable=False),
    _instant("at"),
)

PHOTOS = Table(
    "photos",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("listing_id", Uuid, ForeignKey("listings.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("caption", JSONB, nullable=False),
    *_texts("credit"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    *_texts("source_url"),
    Column("stored", Boolean, nullable=False),
    Index("ix_photos_listing_id", "listing_id", "position"),
)

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, nullable=False, unique=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("label_id", Uuid, ForeignKey("labels.id")),
    Column("owner_id", Uuid, ForeignKey("owners.id")),
    Column("report", LargeBinary, nullable=False),
    _instant("at"),
    Index("ix_imports_label_id", "label_id"),
)
