"""Requests to replace a letter that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
IN_DUTCH = "wie een verzoek over een verloren brief introk"


def upgrade() -> None:
    """Add columns; no request of before was withdrawn."""
    op.add_column("letter_replacements", sa.Column("withdrawn_at", sa.BigInteger()))
    op.add_column("letter_replacements", sa.Column("withdrawn_by", sa.String(42)))
