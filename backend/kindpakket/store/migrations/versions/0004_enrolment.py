"""Invitations of shop owners, and names of tills."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
IN_DUTCH = "uitnodigingen en aanmeldingen"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "invitations",
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("replaces", sa.String(length=42), nullable=True),
        sa.Column("owner", sa.String(length=42), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "till_names",
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("till"),
    )
