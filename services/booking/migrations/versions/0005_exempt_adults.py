"""Adults of a line who owe no tourist tax, by reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "booking_lines", sa.Column("exempt_adults", JSONB, nullable=False, server_default=sa.text("'{}'"))
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
