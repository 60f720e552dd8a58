"""Statements of the bank that were removed."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
IN_DUTCH = "wie een afschrift van de bank weghaalde"


def upgrade() -> None:
    """Add columns; what was removed before left no row."""
    op.add_column("bank_statements", sa.Column("removed_at", sa.BigInteger()))
    op.add_column("bank_statements", sa.Column("removed_by", sa.String(42)))
