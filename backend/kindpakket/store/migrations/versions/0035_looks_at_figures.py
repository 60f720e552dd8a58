"""Who opened figures with sums by shop."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
IN_DUTCH = "welke ambtenaar cijfers per winkel opende"


def upgrade() -> None:
    """Create a table; such figures were not shown before."""
    op.create_table(
        "figure_looks",
        sa.Column("official", sa.String(42), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("page", sa.String(10), primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
    )
