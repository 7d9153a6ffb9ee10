"""Documents, mails, and the tables of chassis."""

from alembic import op
from chassis.inbox import create_inbox
from chassis.outbox import create_outbox
from chassis.requests import create_requests

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE documents (
            id UUID NOT NULL CONSTRAINT pk_documents PRIMARY KEY,
            owner_id UUID NOT NULL,
            booking_id UUID,
            listing_id UUID,
            kind SMALLINT NOT NULL,
            language VARCHAR NOT NULL,
            version INTEGER NOT NULL CONSTRAINT ck_documents_version CHECK (version > 0),
            input_hash BYTEA NOT NULL,
            sha256 BYTEA NOT NULL,
            size INTEGER NOT NULL,
            object_key VARCHAR NOT NULL,
            file_name VARCHAR NOT NULL,
            revisions JSONB NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            sent_at TIMESTAMPTZ,
            CONSTRAINT uq_documents_version
                UNIQUE NULLS NOT DISTINCT (booking_id, kind, listing_id, language, version)
        )
    """)
    op.execute("""
        CREATE TABLE mails (
            id UUID NOT NULL CONSTRAINT pk_mails PRIMARY KEY,
            booking_id UUID NOT NULL,
            owner_id UUID NOT NULL,
            revision BIGINT NOT NULL,
            kind VARCHAR NOT NULL,
            variant VARCHAR NOT NULL,
            audience VARCHAR NOT NULL,
            recipient VARCHAR NOT NULL,
            subject VARCHAR NOT NULL,
            body VARCHAR NOT NULL,
            document_ids UUID[] NOT NULL,
            planned_end TIMESTAMPTZ,
            state VARCHAR NOT NULL CONSTRAINT ck_mails_state
                CHECK (state IN ('WAITING', 'SENDING', 'SENT', 'REFUSED', 'IN_DOUBT', 'DROPPED')),
            due_at TIMESTAMPTZ NOT NULL,
            leased_until TIMESTAMPTZ,
            attempts INTEGER NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            sent_at TIMESTAMPTZ,
            failure VARCHAR NOT NULL
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_mails_task ON mails (booking_id, revision, kind, recipient)
        WHERE kind <> 'M17'
    """)
    op.execute("CREATE INDEX ix_mails_booking_id ON mails (booking_id)")
    op.execute("CREATE INDEX ix_mails_waiting ON mails (due_at) WHERE state IN ('WAITING', 'SENDING')")
    op.execute("CREATE SEQUENCE news_revision")
    create_outbox(op)
    create_inbox(op)
    create_requests(op)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
