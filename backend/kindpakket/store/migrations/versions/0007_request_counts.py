"""Rate limit counters, shared by processes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
IN_DUTCH = "tellingen voor de limieten"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "request_counts",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
