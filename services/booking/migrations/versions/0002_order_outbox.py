"""News is sent in the order in which the database wrote it, not by the clocks of processes."""

from alembic import op
from chassis.outbox import order_outbox

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    order_outbox(op)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
