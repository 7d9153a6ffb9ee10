"""Seasons, rate plans, tariffs, prices, supplements, discounts, tourist tax, sheets and quotes."""

from alembic import op
from chassis.outbox import create_outbox
from chassis.requests import create_requests

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE owners (
        id UUID NOT NULL CONSTRAINT pk_owners PRIMARY KEY
    )
    """,
    """
    CREATE TABLE listings (
        id UUID NOT NULL CONSTRAINT pk_listings PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        state VARCHAR NOT NULL
            CONSTRAINT ck_listings_state CHECK (state IN ('DRAFT', 'IN_PRODUCTION', 'WITHDRAWN')),
        kind VARCHAR NOT NULL
            CONSTRAINT ck_listings_kind CHECK (kind IN ('SEASONAL_RENTAL', 'GUEST_ROOM')),
        base_persons INTEGER NOT NULL,
        max_persons INTEGER NOT NULL,
        official_stars INTEGER NOT NULL,
        insee VARCHAR NOT NULL,
        zone VARCHAR NOT NULL
    )
    """,
    "CREATE INDEX ix_listings_owner_id ON listings (owner_id)",
    "CREATE INDEX ix_listings_insee ON listings (insee)",
    """
    CREATE TABLE seasons (
        id UUID NOT NULL CONSTRAINT pk_seasons PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        name VARCHAR NOT NULL,
        color VARCHAR NOT NULL,
        periods JSONB NOT NULL
    )
    """,
    "CREATE INDEX ix_seasons_owner_id ON seasons (owner_id)",
    """
    CREATE TABLE rate_plans (
        id UUID NOT NULL CONSTRAINT pk_rate_plans PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        meal_plan VARCHAR NOT NULL,
        CONSTRAINT uq_rate_plans_owner_id_code UNIQUE (owner_id, code)
    )
    """,
    "CREATE INDEX ix_rate_plans_owner_id ON rate_plans (owner_id)",
    """
    CREATE TABLE tariffs (
        id UUID NOT NULL CONSTRAINT pk_tariffs PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        name VARCHAR NOT NULL,
        rate_plan_id UUID NOT NULL CONSTRAINT fk_tariffs_rate_plan_id_rate_plans REFERENCES rate_plans (id),
        listing_ids UUID[] NOT NULL,
        base_persons INTEGER NOT NULL CONSTRAINT ck_tariffs_base_persons CHECK (base_persons > 0),
        extra_person_unit VARCHAR NOT NULL,
        straddle VARCHAR NOT NULL,
        grid JSONB NOT NULL
    )
    """,
    "CREATE INDEX ix_tariffs_owner_id ON tariffs (owner_id)",
    """
    CREATE TABLE prices (
        id UUID NOT NULL CONSTRAINT pk_prices PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        listing_id UUID NOT NULL CONSTRAINT fk_prices_listing_id_listings REFERENCES listings (id),
        rate_plan_id UUID NOT NULL CONSTRAINT fk_prices_rate_plan_id_rate_plans REFERENCES rate_plans (id),
        arrival DATE NOT NULL,
        departure DATE NOT NULL,
        unit VARCHAR NOT NULL CONSTRAINT ck_prices_unit CHECK (unit IN ('STAY', 'NIGHT', 'WEEK')),
        price BIGINT NOT NULL CONSTRAINT ck_prices_price CHECK (price >= 0),
        currency CHAR(3) NOT NULL,
        reason VARCHAR NOT NULL,
        CONSTRAINT ck_prices_nights CHECK (arrival < departure)
    )
    """,
    "CREATE INDEX ix_prices_owner_id ON prices (owner_id)",
    """
    CREATE TABLE supplements (
        id UUID NOT NULL CONSTRAINT pk_supplements PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        base VARCHAR NOT NULL,
        price BIGINT NOT NULL CONSTRAINT ck_supplements_price CHECK (price >= 0),
        currency CHAR(3) NOT NULL,
        obligatory BOOLEAN NOT NULL,
        max_quantity INTEGER NOT NULL,
        within_arrival DATE,
        within_departure DATE,
        listing_ids UUID[] NOT NULL,
        rate_plan_ids UUID[] NOT NULL,
        on_site BOOLEAN NOT NULL,
        CONSTRAINT uq_supplements_owner_id_code UNIQUE (owner_id, code),
        CONSTRAINT ck_supplements_within CHECK (within_arrival < within_departure)
    )
    """,
    "CREATE INDEX ix_supplements_owner_id ON supplements (owner_id)",
    """
    CREATE TABLE discounts (
        id UUID NOT NULL CONSTRAINT pk_discounts PRIMARY KEY,
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        basis_points INTEGER NOT NULL
            CONSTRAINT ck_discounts_basis_points CHECK (basis_points BETWEEN 1 AND 10000),
        threshold INTEGER NOT NULL,
        before DATE,
        cumulative BOOLEAN NOT NULL,
        listing_ids UUID[] NOT NULL,
        CONSTRAINT uq_discounts_owner_id_code UNIQUE (owner_id, code)
    )
    """,
    "CREATE INDEX ix_discounts_owner_id ON discounts (owner_id)",
    """
    CREATE TABLE tax_rules (
        id UUID NOT NULL CONSTRAINT pk_tax_rules PRIMARY KEY,
        insee VARCHAR NOT NULL,
        category VARCHAR NOT NULL,
        year INTEGER NOT NULL,
        tariff BIGINT NOT NULL,
        rate_basis_points INTEGER NOT NULL,
        cap BIGINT NOT NULL,
        additional JSONB NOT NULL,
        collected_from DATE,
        collected_to DATE,
        round_each_step BOOLEAN NOT NULL,
        source VARCHAR NOT NULL,
        to_confirm BOOLEAN NOT NULL,
        CONSTRAINT uq_tax_rules_insee_category_year UNIQUE (insee, category, year)
    )
    """,
    """
    CREATE TABLE rate_sheets (
        listing_id UUID NOT NULL
            CONSTRAINT pk_rate_sheets PRIMARY KEY
            CONSTRAINT fk_rate_sheets_listing_id_listings REFERENCES listings (id),
        revision BIGINT NOT NULL,
        message BYTEA NOT NULL,
        changed_at TIMESTAMPTZ NOT NULL
    )
    """,
    """
    CREATE TABLE quotes (
        id UUID NOT NULL CONSTRAINT pk_quotes PRIMARY KEY,
        owner_id UUID NOT NULL,
        source VARCHAR NOT NULL CONSTRAINT ck_quotes_source CHECK (source IN ('TARIFF', 'OWNER')),
        is_public BOOLEAN NOT NULL,
        total BIGINT NOT NULL CONSTRAINT ck_quotes_total CHECK (total >= 0),
        currency CHAR(3) NOT NULL,
        message BYTEA NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        expires_at TIMESTAMPTZ NOT NULL,
        used_by UUID
    )
    """,
    "CREATE INDEX ix_quotes_owner_id ON quotes (owner_id)",
    "CREATE INDEX ix_quotes_unused ON quotes (expires_at) WHERE used_by IS NULL",
)


def upgrade() -> None:
    create_outbox(op)
    create_requests(op)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
