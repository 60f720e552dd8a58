"""What the bank says that it booked of payouts."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
IN_DUTCH = "wat de bank volgens haar afschriften van uitbetalingen heeft geboekt"


def upgrade() -> None:
    """Create two tables; no statement was read before."""
    op.create_table(
        "bank_statements",
        sa.Column("statement", sa.String(66), primary_key=True),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("content_sha256", sa.String(66), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("opening", sa.BigInteger()),
        sa.Column("closing", sa.BigInteger()),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("others_amount", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("read_by", sa.String(42)),
    )
    op.create_table(
        "bank_lines",
        sa.Column(
            "statement",
            sa.String(66),
            sa.ForeignKey("bank_statements.statement"),
            primary_key=True,
        ),
        sa.Column("line", sa.String(66), primary_key=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.BigInteger()),
        sa.Column("shop", sa.BigInteger()),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("other_account", sa.Boolean(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger()),
        sa.Column("seen_by", sa.String(42)),
    )
