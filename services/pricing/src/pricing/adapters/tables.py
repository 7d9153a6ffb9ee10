"""The tables of pricing; the migrations make them, a test finds no drift."""

from __future__ import annotations

from chassis.database import new_metadata
from chassis.outbox import outbox_table
from chassis.requests import requests_table
from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA: MetaData = new_metadata()

outbox_table(METADATA)
requests_table(METADATA)

OWNERS = Table("owners", METADATA, Column("id", Uuid, primary_key=True))

LISTINGS = Table(
    "listings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False, index=True),
    Column("revision", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("base_persons", Integer, nullable=False),
    Column("max_persons", Integer, nullable=False),
    Column("official_stars", Integer, nullable=False),
    Column("insee", String, nullable=False, index=True),
    Column("zone", String, nullable=False),
    Column("vat_bp", Integer, nullable=False, server_default="0"),
)


def _owned(name: str, *columns: Column[object] | UniqueConstraint) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", Uuid, primary_key=True),
        Column("owner_id", Uuid, nullable=False, index=True),
        Column("revision", BigInteger, nullable=False),
        *columns,
    )


SEASONS = _owned(
    "seasons",
    Column("name", String, nullable=False),
    Column("color", String, nullable=False),
    Column("periods", JSONB, nullable=False),
)

RATE_PLANS = _owned(
    "rate_plans",
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("meal_plan", String, nullable=False),
    Column("meals", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("owner_id", "code"),
)

TARIFFS = _owned(
    "tariffs",
    Column("name", String, nullable=False),
    Column("rate_plan_id", Uuid, ForeignKey("rate_plans.id"), nullable=False),
    Column("listing_ids", ARRAY(Uuid), nullable=False),
    Column("base_persons", Integer, nullable=False),
    Column("extra_person_unit", String, nullable=False),
    Column("straddle", String, nullable=False),
    Column("grid", JSONB, nullable=False),
)

PRICES = _owned(
    "prices",
    Column("listing_id", Uuid, ForeignKey("listings.id"), nullable=False),
    Column("rate_plan_id", Uuid, ForeignKey("rate_plans.id"), nullable=False),
    Column("arrival", Date, nullable=False),
    Column("departure", Date, nullable=False),
    Column("unit", String, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("reason", String, nullable=False),
    Column("persons", Integer, nullable=False, server_default="0"),
)

SUPPLEMENTS = _owned(
    "supplements",
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("base", String, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("obligatory", Boolean, nullable=False),
    Column("max_quantity", Integer, nullable=False),
    Column("within_arrival", Date),
    Column("within_departure", Date),
    Column("listing_ids", ARRAY(Uuid), nullable=False),
    Column("rate_plan_ids", ARRAY(Uuid), nullable=False),
    Column("on_site", Boolean, nullable=False),
    Column("min_nights", Integer, nullable=False, server_default="0"),
    Column("max_nights", Integer, nullable=False, server_default="0"),
    Column("persons_counted", String, nullable=False, server_default="ALL"),
    UniqueConstraint("owner_id", "code"),
)

DISCOUNTS = _owned(
    "discounts",
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("basis_points", Integer, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("before", Date),
    Column("cumulative", Boolean, nullable=False),
    Column("listing_ids", ARRAY(Uuid), nullable=False),
    Column("promo_code", String, nullable=False, server_default=""),
    Column("min_nights", Integer, nullable=False, server_default="0"),
    Column("max_nights", Integer, nullable=False, server_default="0"),
    Column("arrivals_from", Date),
    Column("arrivals_to", Date),
    Column("accommodation_only", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("owner_id", "code"),
)

TAX_RULES = Table(
    "tax_rules",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("insee", String, nullable=False),
    Column("category", String, nullable=False),
    Column("year", Integer, nullable=False),
    Column("tariff", BigInteger, nullable=False),
    Column("rate_basis_points", Integer, nullable=False),
    Column("cap", BigInteger, nullable=False),
    Column("additional", JSONB, nullable=False),
    Column("collected_from", Date),
    Column("collected_to", Date),
    Column("round_each_step", Boolean, nullable=False),
    Column("source", String, nullable=False),
    Column("to_confirm", Boolean, nullable=False),
    Column("collected", JSONB, nullable=False, server_default=text("'[]'")),
    Column("commune", String, nullable=False, server_default=""),
    Column("folded_commune", String, nullable=False, server_default=""),
    UniqueConstraint("insee", "category", "year"),
)

RATE_SHEETS = Table(
    "rate_sheets",
    METADATA,
    Column("listing_id", Uuid, ForeignKey("listings.id"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

QUOTES = Table(
    "quotes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_by", Uuid),
    Index("ix_quotes_unused", "expires_at", postgresql_where=text("used_by IS NULL")),
)
