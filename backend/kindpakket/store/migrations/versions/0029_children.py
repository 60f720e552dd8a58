"""The register of children, and the log of who looked at them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
IN_DUTCH = "het register van kinderen, en wie het inzag"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "child_lists",
        sa.Column("list", sa.Integer(), primary_key=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(42)),
    )
    op.create_table(
        "children",
        sa.Column("child", sa.String(32), primary_key=True),
        sa.Column("list", sa.Integer(), nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
    )
    op.create_table(
        "given_letters",
        sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("child", sa.String(32), nullable=False, index=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("handed_out", sa.String(10)),
        sa.Column("handed_out_at", sa.BigInteger()),
        sa.Column("handed_out_by", sa.String(42)),
    )
    op.create_table(
        "looks",
        sa.Column("span_id", sa.String(16), primary_key=True),
        sa.Column("trace_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("processing_activity_id", sa.String(20), nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=False),
        sa.Column("data_subject_id", sa.String(32), nullable=False, index=True),
        sa.Column("official", sa.String(42)),
    )
    op.create_table(
        "scheme_ages",
        sa.Column("scheme", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("youngest", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.Integer(), nullable=False),
    )
    op.create_table(
        "column_names",
        sa.Column("heading", sa.String(100), primary_key=True),
        sa.Column("field", sa.String(20), nullable=False),
    )
