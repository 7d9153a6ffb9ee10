"""Several periods of collection of the tourist tax in a year.

The two days stay and are written too: the version that runs meanwhile reads and writes them alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tax_rules", sa.Column("collected", JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.execute(
        """
        UPDATE tax_rules SET collected = jsonb_build_array(jsonb_build_array(
            coalesce(collected_from, make_date(year, 1, 1)),
            coalesce(collected_to + 1, make_date(year + 1, 1, 1))
        ))
        WHERE collected_from IS NOT NULL OR collected_to IS NOT NULL
        """
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
