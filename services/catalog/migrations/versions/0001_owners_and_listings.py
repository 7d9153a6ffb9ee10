"""Owners, labels, listings with their revisions, photos and imports."""

from alembic import op
from chassis.outbox import create_outbox
from chassis.requests import create_requests

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE SEQUENCE supplier_numbers START WITH 50001
    """,
    """
    CREATE SEQUENCE listing_codes START WITH 1
    """,
    """
    CREATE TABLE labels (
        id UUID NOT NULL CONSTRAINT pk_labels PRIMARY KEY,
        slug VARCHAR NOT NULL CONSTRAINT uq_labels_slug UNIQUE,
        name VARCHAR NOT NULL,
        primary_color VARCHAR NOT NULL,
        phone VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        revision BIGINT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL
    )
    """,
    """
    CREATE TABLE owners (
        id UUID NOT NULL CONSTRAINT pk_owners PRIMARY KEY,
        supplier_no INTEGER NOT NULL CONSTRAINT uq_owners_supplier_no UNIQUE,
        civility VARCHAR NOT NULL,
        last_name VARCHAR NOT NULL,
        first_name VARCHAR NOT NULL,
        company VARCHAR NOT NULL,
        address JSONB NOT NULL,
        phone VARCHAR NOT NULL,
        mobile VARCHAR NOT NULL,
        fax VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        website VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        siret VARCHAR NOT NULL,
        languages VARCHAR[] NOT NULL,
        currency CHAR(3) NOT NULL,
        unclaimed_of VARCHAR,
        revision BIGINT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT uq_owners_unclaimed_of UNIQUE (unclaimed_of),
        CONSTRAINT ck_owners_supplier_no CHECK (supplier_no > 0),
        CONSTRAINT ck_owners_kind CHECK (kind IN ('', 'PRIVATE', 'PROFESSIONAL'))
    )
    """,
    """
    CREATE TABLE memberships (
        owner_id UUID NOT NULL CONSTRAINT fk_memberships_owner_id_owners REFERENCES owners (id),
        label_id UUID NOT NULL CONSTRAINT fk_memberships_label_id_labels REFERENCES labels (id),
        CONSTRAINT pk_memberships PRIMARY KEY (owner_id, label_id)
    )
    """,
    "CREATE INDEX ix_memberships_label_id ON memberships (label_id)",
    """
    CREATE TABLE listings (
        id UUID NOT NULL CONSTRAINT pk_listings PRIMARY KEY,
        code VARCHAR NOT NULL,
        issuer VARCHAR NOT NULL,
        owner_id UUID NOT NULL CONSTRAINT fk_listings_owner_id_owners REFERENCES owners (id),
        label_id UUID CONSTRAINT fk_listings_label_id_labels REFERENCES labels (id),
        kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        name JSONB NOT NULL,
        description JSONB NOT NULL,
        address JSONB NOT NULL,
        latitude DOUBLE PRECISION,
        longitude DOUBLE PRECISION,
        base_persons INTEGER NOT NULL,
        max_persons INTEGER NOT NULL,
        official_stars INTEGER NOT NULL,
        label_rating INTEGER NOT NULL,
        registration_number VARCHAR NOT NULL,
        field_values JSONB NOT NULL,
        provenance JSONB NOT NULL,
        property_id UUID NOT NULL,
        sells_mode VARCHAR NOT NULL,
        resource_ids UUID[] NOT NULL,
        zone VARCHAR NOT NULL,
        revision BIGINT NOT NULL,
        completeness INTEGER NOT NULL,
        origin VARCHAR,
        external_id VARCHAR NOT NULL,
        source_at TIMESTAMPTZ,
        vanished BOOLEAN NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT uq_listings_issuer_code UNIQUE (issuer, code),
        CONSTRAINT uq_listings_origin_external_id UNIQUE (origin, external_id),
        CONSTRAINT ck_listings_state CHECK (state IN ('DRAFT', 'IN_PRODUCTION', 'WITHDRAWN')),
        CONSTRAINT ck_listings_sells_mode CHECK (sells_mode IN ('ALL', 'ANY')),
        CONSTRAINT ck_listings_resource_ids CHECK (cardinality(resource_ids) > 0)
    )
    """,
    "CREATE INDEX ix_listings_owner_id ON listings (owner_id)",
    "CREATE INDEX ix_listings_label_id ON listings (label_id)",
    "CREATE INDEX ix_listings_property_id ON listings (property_id)",
    "CREATE INDEX ix_listings_code ON listings (code, id)",
    """
    CREATE TABLE listing_revisions (
        listing_id UUID NOT NULL CONSTRAINT fk_listing_revisions_listing_id_listings REFERENCES listings (id),
        revision BIGINT NOT NULL,
        message BYTEA NOT NULL,
        at TIMESTAMPTZ NOT NULL,
        CONSTRAINT pk_listing_revisions PRIMARY KEY (listing_id, revision)
    )
    """,
    """
    CREATE TABLE photos (
        id UUID NOT NULL CONSTRAINT pk_photos PRIMARY KEY,
        listing_id UUID NOT NULL CONSTRAINT fk_photos_listing_id_listings REFERENCES listings (id),
        position INTEGER NOT NULL,
        caption JSONB NOT NULL,
        credit VARCHAR NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        source_url VARCHAR NOT NULL,
        stored BOOLEAN NOT NULL
    )
    """,
    "CREATE INDEX ix_photos_listing_id ON photos (listing_id, position)",
    """
    CREATE TABLE imports (
        id UUID NOT NULL CONSTRAINT pk_imports PRIMARY KEY,
        request_id UUID NOT NULL CONSTRAINT uq_imports_request_id UNIQUE,
        body_hash BYTEA NOT NULL,
        label_id UUID CONSTRAINT fk_imports_label_id_labels REFERENCES labels (id),
        owner_id UUID CONSTRAINT fk_imports_owner_id_owners REFERENCES owners (id),
        report BYTEA NOT NULL,
        at TIMESTAMPTZ NOT NULL
    )
    """,
    "CREATE INDEX ix_imports_label_id ON imports (label_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    create_outbox(op)
    create_requests(op)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
