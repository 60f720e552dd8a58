"""Messages that wait for the signatures of two officials."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
IN_DUTCH = "berichten die op een tweede handtekening wachten"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "waiting_messages",
        sa.Column("message", sa.String(length=66), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.String(length=42), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_table(
        "waiting_signatures",
        sa.Column("message", sa.String(length=66), nullable=False),
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["waiting_messages.message"]),
        sa.PrimaryKeyConstraint("message", "signer"),
    )
