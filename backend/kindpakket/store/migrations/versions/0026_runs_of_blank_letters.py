"""Runs of blank letters, of which nothing is issued."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
IN_DUTCH = "series lege brieven, voor wie een brief kwijt is"


def upgrade() -> None:
    """Create a column; the runs so far have letters with an amount."""
    op.add_column(
        "begun_runs", sa.Column("blank", sa.Boolean(), nullable=False, server_default=sa.false())
    )
