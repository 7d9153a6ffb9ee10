"""The VAT inside the prices of a listing, as its owner is liable for it.

The new column has a default: the version that runs meanwhile writes rows without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listings", sa.Column("vat_bp", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
