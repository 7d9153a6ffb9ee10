"""The names of communes beside their tourist-tax rules, as files and operators write them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("commune", "folded_commune"):
        op.add_column("tax_rules", sa.Column(name, sa.String, nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
