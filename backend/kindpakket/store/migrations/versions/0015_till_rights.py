"""Rights of tills; existing tills keep the rights that every till had."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
IN_DUTCH = "rechten van kassa's"


def upgrade() -> None:
    """Create the table, with a row for each existing till."""
    op.create_table(
        "till_rights",
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("refunds", sa.Boolean(), nullable=False),
        sa.Column("books", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("till"),
    )
    op.execute("INSERT INTO till_rights SELECT till, true, true FROM tills")
