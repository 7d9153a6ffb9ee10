"""Listings, their resources, open periods, blocks and occupancies: no night twice, by constraint."""

from alembic import op
from chassis.outbox import create_outbox
from chassis.requests import create_requests

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE TABLE properties (id UUID NOT NULL CONSTRAINT pk_properties PRIMARY KEY)")
    op.execute("""
        CREATE TABLE resources (
            id UUID NOT NULL CONSTRAINT pk_resources PRIMARY KEY,
            property_id UUID NOT NULL
                CONSTRAINT fk_resources_property_id_properties REFERENCES properties (id)
        )
    """)
    op.execute("CREATE INDEX ix_resources_property_id ON resources (property_id)")
    op.execute("""
        CREATE TABLE listings (
            id UUID NOT NULL CONSTRAINT pk_listings PRIMARY KEY,
            owner_id UUID NOT NULL,
            property_id UUID NOT NULL
                CONSTRAINT fk_listings_property_id_properties REFERENCES properties (id),
            mode VARCHAR NOT NULL CONSTRAINT ck_listings_mode CHECK (mode IN ('ALL', 'ANY')),
            kind VARCHAR NOT NULL
                CONSTRAINT ck_listings_kind CHECK (kind IN ('SEASONAL_RENTAL', 'GUEST_ROOM')),
            state VARCHAR NOT NULL
                CONSTRAINT ck_listings_state CHECK (state IN ('DRAFT', 'IN_PRODUCTION', 'WITHDRAWN')),
            zone VARCHAR NOT NULL,
            max_persons INTEGER NOT NULL,
            revision BIGINT NOT NULL,
            calendar_revision BIGINT NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_listings_owner_id ON listings (owner_id)")
    op.execute("CREATE INDEX ix_listings_property_id ON listings (property_id)")
    op.execute("""
        CREATE TABLE listing_resources (
            listing_id UUID NOT NULL
                CONSTRAINT fk_listing_resources_listing_id_listings REFERENCES listings (id),
            resource_id UUID NOT NULL
                CONSTRAINT fk_listing_resources_resource_id_resources REFERENCES resources (id),
            position INTEGER NOT NULL,
            CONSTRAINT pk_listing_resources PRIMARY KEY (listing_id, resource_id)
        )
    """)
    op.execute("CREATE INDEX ix_listing_resources_resource_id ON listing_resources (resource_id)")
    op.execute("""
        CREATE TABLE open_periods (
            id UUID NOT NULL CONSTRAINT pk_open_periods PRIMARY KEY,
            listing_id UUID NOT NULL CONSTRAINT fk_open_periods_listing_id_listings REFERENCES listings (id),
            nights DATERANGE NOT NULL
                CONSTRAINT ck_open_periods_nights CHECK (NOT isempty(nights)
                    AND NOT lower_inf(nights) AND NOT upper_inf(nights)),
            rolling BOOLEAN NOT NULL,
            CONSTRAINT ex_open_periods_listing_id_nights
                EXCLUDE USING gist (listing_id WITH =, nights WITH &&)
        )
    """)
    op.execute("CREATE INDEX ix_open_periods_rolling ON open_periods (listing_id) WHERE rolling")
    op.execute("""
        CREATE TABLE blocks (
            id UUID NOT NULL CONSTRAINT pk_blocks PRIMARY KEY,
            listing_id UUID NOT NULL CONSTRAINT fk_blocks_listing_id_listings REFERENCES listings (id),
            nights DATERANGE NOT NULL,
            reason VARCHAR NOT NULL,
            note VARCHAR NOT NULL,
            created_at TIMESTAMPTZ NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_blocks_listing_id ON blocks (listing_id)")
    op.execute("""
        CREATE TABLE bookings (
            id UUID NOT NULL CONSTRAINT pk_bookings PRIMARY KEY,
            revision BIGINT NOT NULL,
            released_revision BIGINT NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE occupancies (
            id UUID NOT NULL CONSTRAINT pk_occupancies PRIMARY KEY,
            resource_id UUID NOT NULL
                CONSTRAINT fk_occupancies_resource_id_resources REFERENCES resources (id),
            listing_id UUID NOT NULL CONSTRAINT fk_occupancies_listing_id_listings REFERENCES listings (id),
            nights DATERANGE NOT NULL
                CONSTRAINT ck_occupancies_nights CHECK (NOT isempty(nights)
                    AND NOT lower_inf(nights) AND NOT upper_inf(nights)),
            kind VARCHAR NOT NULL
                CONSTRAINT ck_occupancies_kind CHECK (kind IN ('HOLD', 'STAY', 'BLOCK', 'EXTERNAL')),
            booking_id UUID CONSTRAINT fk_occupancies_booking_id_bookings REFERENCES bookings (id),
            line_id UUID,
            booking_revision BIGINT NOT NULL,
            block_id UUID CONSTRAINT fk_occupancies_block_id_blocks REFERENCES blocks (id) ON DELETE CASCADE,
            expires_at TIMESTAMPTZ,
            pinned_at TIMESTAMPTZ,
            guests INTEGER NOT NULL,
            client_key VARCHAR NOT NULL,
            CONSTRAINT ck_occupancies_owner CHECK (
                CASE kind WHEN 'BLOCK' THEN block_id IS NOT NULL AND booking_id IS NULL
                          WHEN 'EXTERNAL' THEN block_id IS NULL AND booking_id IS NULL
                          ELSE booking_id IS NOT NULL AND line_id IS NOT NULL AND block_id IS NULL END),
            CONSTRAINT ck_occupancies_expires_at CHECK (
                kind = 'HOLD' OR (expires_at IS NULL AND pinned_at IS NULL)),
            CONSTRAINT ex_occupancies_resource_id_nights
                EXCLUDE USING gist (resource_id WITH =, nights WITH &&)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_occupancies_booking_id_line_id_resource_id
            ON occupancies (booking_id, line_id, resource_id) WHERE booking_id IS NOT NULL
    """)
    op.execute("CREATE INDEX ix_occupancies_block_id ON occupancies (block_id) WHERE block_id IS NOT NULL")
    op.execute("CREATE INDEX ix_occupancies_listing_id ON occupancies (listing_id, client_key)")
    op.execute("""
        CREATE INDEX ix_occupancies_expires_at ON occupancies (expires_at)
            WHERE kind = 'HOLD' AND pinned_at IS NULL AND expires_at IS NOT NULL
    """)
    create_outbox(op)
    create_requests(op)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
