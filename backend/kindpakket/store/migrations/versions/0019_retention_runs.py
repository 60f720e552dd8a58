"""Runs of the deletion of what is past its retention period."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
IN_DUTCH = "wat na de bewaartermijn is verwijderd"


def upgrade() -> None:
    """Create a table."""
    op.create_table(
        "retention_runs",
        sa.Column("ran_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deleted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ran_at"),
    )
