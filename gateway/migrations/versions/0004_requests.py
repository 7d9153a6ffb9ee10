"""Writes of operators that have no name of their own are done once: by their request id."""

from alembic import op
from chassis.requests import create_requests

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_requests(op)


def downgrade() -> None:
    op.drop_table("requests")
