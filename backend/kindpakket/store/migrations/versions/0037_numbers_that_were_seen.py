"""Numbers of statements that an official looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
IN_DUTCH = "wie naar het nummer van een afschrift keek"


def upgrade() -> None:
    """Add columns; nobody looked before."""
    op.add_column("bank_statements", sa.Column("seen_after", sa.String(66)))
    op.add_column("bank_statements", sa.Column("seen_at", sa.BigInteger()))
    op.add_column("bank_statements", sa.Column("seen_by", sa.String(42)))
