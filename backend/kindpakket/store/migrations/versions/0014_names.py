"""Names with their validity: of officials by decision, and former names of schemes and shops."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
IN_DUTCH = "vroegere namen, en namen van ambtenaren per besluit"


def upgrade() -> None:
    """Create tables; existing names of officials are valid from the founding."""
    rows = op.get_bind().execute(sa.text("SELECT official, name FROM official_names")).all()
    op.drop_table("official_names")
    names = op.create_table(
        "official_names",
        sa.Column("official", sa.String(length=42), nullable=False),
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("official", "decision"),
    )
    if rows:
        op.bulk_insert(names, [{"decision": "", **row._mapping} for row in rows])
    op.create_table(
        "former_names",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", "until"),
    )
