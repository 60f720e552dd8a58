"""Tables of the desk: authors of decisions, invitations of officials, texts, refusals, audits."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
IN_DUTCH = "de balie van de gemeente"


def upgrade() -> None:
    """Create columns and tables. Existing sessions are ended."""
    op.execute("DELETE FROM sessions")
    begun = sa.Column("begun_at", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("sessions", begun)
    for name, kind in (("prepared_by", 42), ("bundle", 66), ("reason", 400)):
        column = sa.Column(name, sa.String(length=kind), nullable=True)
        op.add_column("prepared_decisions", column)
    op.add_column("letter_runs", sa.Column("bundle", sa.String(length=66), nullable=True))
    op.create_table(
        "official_invitations",
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("capacities", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_by", sa.String(length=42), nullable=False),
        sa.Column("official", sa.String(length=42), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("secret_sha256"),
    )
    op.create_table(
        "scheme_details",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("letter_values", sa.String(length=400), nullable=False),
        sa.Column("card_values", sa.String(length=400), nullable=False),
        sa.Column("parent_text", sa.Text(), nullable=False),
        sa.Column("shop_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scheme"),
    )
    op.create_table(
        "refusals",
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("coupon", sa.String(length=42), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "code", "scheme", "shop", "coupon"),
    )
    op.create_table(
        "audits",
        sa.Column("audit", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=42), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("audit"),
    )
