"""Which files a partner's key made: it may read and cancel those, and no others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_bookings",
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("key_name", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("booking_id", name="pk_api_bookings"),
        sa.UniqueConstraint("reference", name="uq_api_bookings_reference"),
    )
    op.create_index("ix_api_bookings_key_name", "api_bookings", ["key_name"])


def downgrade() -> None:
    op.drop_table("api_bookings")
