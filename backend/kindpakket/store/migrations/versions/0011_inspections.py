"""Inspections of single payments by officials."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
IN_DUTCH = "inzage in losse betalingen, met de reden"


def upgrade() -> None:
    """Create a table."""
    op.create_table(
        "inspections",
        sa.Column("inspection", sa.Integer(), nullable=False),
        sa.Column("official", sa.String(length=42), nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("inspection"),
    )
