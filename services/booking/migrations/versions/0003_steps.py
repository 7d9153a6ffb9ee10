"""When a step between two services began; failed files of whose end availability was not told."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bookings ADD COLUMN step_began_at TIMESTAMP WITH TIME ZONE")
    op.execute("""
        CREATE INDEX ix_bookings_untold ON bookings (touched_at)
        WHERE state = 'FAILED' AND ending IS NOT NULL
    """)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
