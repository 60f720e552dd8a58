"""What a shop's owner lets each till do; tills that are there keep what every till could do."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table, with a row for each till that is there."""
    op.create_table(
        "till_rights",
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("refunds", sa.Boolean(), nullable=False),
        sa.Column("books", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("till"),
    )
    op.execute("INSERT INTO till_rights SELECT till, true, true FROM tills")
