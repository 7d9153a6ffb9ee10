"""What VAT an owner is liable for.

New columns have defaults: the version that runs meanwhile writes rows without them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("vat_bp", sa.Integer, nullable=False, server_default="0"))
    op.add_column("owners", sa.Column("vat_number", sa.String, nullable=False, server_default=""))
    op.create_check_constraint(op.f("ck_owners_vat_bp"), "owners", "vat_bp BETWEEN 0 AND 2500")


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
