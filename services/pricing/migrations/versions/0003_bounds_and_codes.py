"""Bounds of supplements and discounts, promotional codes, persons of a typed price.

New columns have defaults: the version that runs meanwhile writes rows without them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False, server_default=default)


def upgrade() -> None:
    op.add_column("prices", _number("persons"))
    for column in (_number("min_nights"), _number("max_nights"), _text("persons_counted", "ALL")):
        op.add_column("supplements", column)
    for column in (
        _text("promo_code", ""),
        _number("min_nights"),
        _number("max_nights"),
        sa.Column("arrivals_from", sa.Date),
        sa.Column("arrivals_to", sa.Date),
        sa.Column("accommodation_only", sa.Boolean, nullable=False, server_default=sa.text("false")),
    ):
        op.add_column("discounts", column)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
