"""Undecided claims; new columns of the views, which are rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
IN_DUTCH = "betalingen waarvan de uitkomst nog niet bekend is"


def upgrade() -> None:
    """Create a table, two columns and a wider index."""
    op.create_table(
        "undecided_claims",
        sa.Column("payment", sa.String(length=66), nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("transaction", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("payment"),
    )
    op.drop_index("coupons_by_prefix", "coupons")
    op.create_index("coupons_by_prefix", "coupons", ["scheme", "coupon", "changed_block"])
    op.execute("DELETE FROM cursor")
    op.add_column("cursor", sa.Column("time", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column(
        "schemes",
        sa.Column("prefix_length", sa.Integer(), nullable=False, server_default="0"),
    )
