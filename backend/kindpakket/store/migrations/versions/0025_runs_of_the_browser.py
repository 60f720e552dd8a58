"""Letter runs made in a browser: begun with a number, handed in with their sealed letters."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
IN_DUTCH = "series brieven die in de browser worden gemaakt, met hun verzegelde geheimen"


def upgrade() -> None:
    """Create two tables."""
    op.create_table(
        "begun_runs",
        sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("first_recipient", sa.String(100), nullable=False),
        sa.Column("second_recipient", sa.String(100), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(42), nullable=False),
    )
    op.create_table(
        "sealed_letters",
        sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
