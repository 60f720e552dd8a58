"""Reminders of the end of a scheme, and the log of looks by its time."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
IN_DUTCH = "welke ouders aan het einde van een regeling zijn herinnerd"


def upgrade() -> None:
    """Create a table; nobody was reminded before."""
    op.create_table(
        "reminders",
        sa.Column("child", sa.String(32), primary_key=True),
        sa.Column("scheme", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.String(42)),
    )
    op.create_index(op.f("ix_looks_start_time"), "looks", ["start_time"])
