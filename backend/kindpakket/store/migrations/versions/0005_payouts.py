"""Bank accounts of shops, and payment files."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
IN_DUTCH = "rekeningen van winkels, en bestanden voor de bank"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "shop_banks",
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("kvk", sa.String(length=8), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "payout_files",
        sa.Column("sha256", sa.String(length=66), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decision"], ["prepared_decisions.decision"]),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("ix_payout_files_batch", "payout_files", ["batch"])
