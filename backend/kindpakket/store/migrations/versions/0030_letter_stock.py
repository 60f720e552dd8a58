"""Letters with an amount that lie in stock."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
IN_DUTCH = "welke brieven met een bedrag in voorraad liggen"


def upgrade() -> None:
    """Create a table; letters of before count as handed out."""
    op.create_table(
        "letter_stock",
        sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("stored_by", sa.String(42), nullable=False),
        sa.Column("handed_out_at", sa.BigInteger()),
        sa.Column("handed_out_by", sa.String(42)),
    )
