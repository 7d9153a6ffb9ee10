"""What of the prices of a formule is for meals.

The new column has a default: the version that runs meanwhile writes rows without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rate_plans", sa.Column("meals", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
