"""Published totals, and the budget changes behind them; the views are rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
IN_DUTCH = "gepubliceerde totalen"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "published_totals",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "total"),
    )
    op.create_table(
        "budget_changes",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.String(length=10), nullable=False),
        sa.Column("coupon", sa.String(length=42), nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "total", "coupon", "block"),
    )
    op.execute("DELETE FROM cursor")
