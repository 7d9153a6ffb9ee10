"""Devis with their secret links, and the means that a client chose."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE bookings ADD COLUMN payment_means VARCHAR",
    """
    CREATE TABLE proposals (
        id UUID NOT NULL,
        owner_id UUID NOT NULL,
        reference VARCHAR NOT NULL,
        quote_id UUID NOT NULL,
        quote BYTEA NOT NULL,
        names JSONB NOT NULL,
        client_id UUID NOT NULL,
        terms_revision BIGINT NOT NULL,
        note TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE,
        opened_at TIMESTAMP WITH TIME ZONE,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        asked_again_at TIMESTAMP WITH TIME ZONE,
        booking_id UUID,
        CONSTRAINT pk_proposals PRIMARY KEY (id),
        CONSTRAINT uq_proposals_reference UNIQUE (reference),
        CONSTRAINT uq_proposals_quote_id UNIQUE (quote_id),
        CONSTRAINT fk_proposals_client_id_clients FOREIGN KEY(client_id) REFERENCES clients (id),
        CONSTRAINT fk_proposals_booking_id_bookings FOREIGN KEY(booking_id) REFERENCES bookings (id),
        CONSTRAINT fk_proposals_owner_id_terms FOREIGN KEY(owner_id, terms_revision)
            REFERENCES terms (owner_id, revision)
    )
    """,
    "CREATE INDEX ix_proposals_owner_id ON proposals (owner_id, id)",
    "CREATE INDEX ix_proposals_client_id ON proposals (client_id)",
    """
    CREATE TABLE proposal_links (
        token_hash BYTEA NOT NULL,
        proposal_id UUID NOT NULL,
        issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_proposal_links PRIMARY KEY (token_hash),
        CONSTRAINT fk_proposal_links_proposal_id_proposals FOREIGN KEY(proposal_id) REFERENCES proposals (id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
