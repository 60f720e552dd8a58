"""Numbers by which a bank counts its statements, and public totals by another division."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
IN_DUTCH = "het nummer van een afschrift van de bank"


def upgrade() -> None:
    """Add a column; a statement that is read again gets its number. Public totals follow from the
    ledger, and are computed again the next morning."""
    op.add_column("bank_statements", sa.Column("number", sa.BigInteger()))
    op.execute("DELETE FROM published_totals")
