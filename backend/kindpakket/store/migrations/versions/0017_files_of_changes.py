"""What wallets read: issued coupons, and the sealed changes of each block."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
IN_DUTCH = "bestanden waaruit ouders hun tegoed lezen"


def upgrade() -> None:
    """Create the tables and columns of the views, which are then rebuilt from the ledger."""
    op.create_table(
        "issued_coupons",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prefixes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "value"),
    )
    op.create_table(
        "coupon_changes",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("groups", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "block"),
    )
    op.create_index("coupon_changes_by_time", "coupon_changes", ["scheme", "time"])
    op.add_column("schemes", sa.Column("first_issue", sa.BigInteger(), nullable=True))
    for column in ("entry_month", "entries"):
        added = sa.Column(column, sa.Integer(), nullable=False, server_default=sa.text("0"))
        op.add_column("coupons", added)
    op.execute("DELETE FROM cursor")
    secret = sa.Column("secret_sha256", sa.String(64), nullable=False, server_default=sa.text("''"))
    op.add_column("cursor", secret)
