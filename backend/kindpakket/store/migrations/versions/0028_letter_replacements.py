"""Requests to replace lost letters."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
IN_DUTCH = "verzoeken om een brief te vervangen die kwijt is"


def upgrade() -> None:
    """Create a table."""
    op.create_table(
        "letter_replacements",
        sa.Column("replacement", sa.String(66), primary_key=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("blank_run", sa.Integer(), nullable=False),
        sa.Column("blank_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("opened_lost", sa.LargeBinary()),
        sa.Column("opened_blank", sa.LargeBinary()),
        sa.Column("opened_at", sa.BigInteger()),
        sa.Column("opened_by", sa.String(42)),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("done_by", sa.String(42)),
    )
