"""The privacy officers, whose keys letters are sealed to."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
IN_DUTCH = "privacyfunctionarissen, met de sleutels waarmee brieven worden verzegeld"


def upgrade() -> None:
    """Create a table."""
    op.create_table(
        "privacy_officers",
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("nonce", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("official", sa.String(42), nullable=False),
        sa.Column("recipient", sa.String(100), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("handed_over", sa.LargeBinary()),
    )
