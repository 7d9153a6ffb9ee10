"""Who did what and when. The rows are only added to: a trigger refuses the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXTS = ("event", "outcome", "actor", "subject", "about", "household", "request_id")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    # The guard's own clock is the server's: no application can talk it into forgetting early.
    op.execute("""
        CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.at < now() - interval '365 days' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'rows of audit are only added to' USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()
    """)
    op.execute("""
        CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
    """)


def downgrade() -> None:
    op.drop_table("audit")
    op.execute("DROP FUNCTION audit_is_only_added_to()")
