"""Accounts are signed messages of which every version is kept; nobody signed those of before."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Keep the numbers at the Chamber of Commerce, and make a table for what is signed."""
    op.add_column("shop_details", sa.Column("kvk", sa.String(length=8), nullable=True))
    op.execute(
        "UPDATE shop_details SET kvk ="
        " (SELECT kvk FROM shop_banks WHERE shop_banks.shop = shop_details.shop)"
    )
    op.drop_table("shop_banks")
    op.create_table(
        "bank_accounts",
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "nonce"),
    )
