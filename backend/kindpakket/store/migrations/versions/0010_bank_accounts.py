"""Signed versions of bank accounts; existing unsigned accounts are dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
IN_DUTCH = "ondertekende rekeningen; rekeningen zonder handtekening vervallen"


def upgrade() -> None:
    """Keep the Chamber of Commerce numbers, and create a table of signed accounts."""
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
