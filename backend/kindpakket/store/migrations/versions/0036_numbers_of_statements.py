"""Numbers by which a bank counts its statements."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
IN_DUTCH = "het nummer van een afschrift van de bank"


def upgrade() -> None:
    """Add a column; a statement that is read again gets its number."""
    op.add_column("bank_statements", sa.Column("number", sa.BigInteger()))
