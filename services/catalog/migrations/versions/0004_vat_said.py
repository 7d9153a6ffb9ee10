"""Whether a professional has said what his VAT is.

Who has a rate has said it. The version that runs meanwhile writes rates without this column, so a rate goes
on saying it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("vat_said", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE owners SET vat_said = true WHERE vat_bp > 0")


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
