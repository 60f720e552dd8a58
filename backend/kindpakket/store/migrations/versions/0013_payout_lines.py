"""Lines of payouts, to which decisions commit, and payment files of what was settled.

Files of payouts that committed to a file are dropped, since no ledger with them is in use.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
IN_DUTCH = "regels van uitbetalingen; bestanden van vóór die regels vervallen"


def upgrade() -> None:
    """Replace a table by four."""
    op.drop_table("payout_files")
    op.create_table(
        "payouts",
        sa.Column("sha256", sa.String(length=66), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decision"], ["prepared_decisions.decision"]),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("ix_payouts_batch", "payouts", ["batch"])
    op.create_table(
        "payout_lines",
        sa.Column("payout", sa.String(length=66), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["payout"], ["payouts.sha256"]),
        sa.PrimaryKeyConstraint("payout", "position"),
    )
    op.create_table(
        "payment_files",
        sa.Column("payout", sa.String(length=66), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=66), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=42), nullable=True),
        sa.ForeignKeyConstraint(["payout"], ["payouts.sha256"]),
        sa.PrimaryKeyConstraint("payout", "number"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_table(
        "file_refusals",
        sa.Column("sha256", sa.String(length=66), nullable=False),
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["payment_files.sha256"]),
        sa.PrimaryKeyConstraint("sha256", "signer"),
    )
