"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
IN_DUTCH = "de eerste tabellen"


def upgrade() -> None:
    """Create the facts and the views."""
    op.create_table(
        "challenges",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_table(
        "coupons",
        sa.Column("coupon", sa.String(length=42), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("last_nonce", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("moved_to", sa.String(length=42), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("changed_block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("coupon"),
    )
    op.create_index("coupons_by_prefix", "coupons", ["scheme", "coupon"], unique=False)
    op.create_table(
        "cursor",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )
    op.create_table(
        "decisions",
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("call", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("signers", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("decision"),
    )
    op.create_table(
        "letter_runs",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("coupons", sa.Integer(), nullable=False),
        sa.Column("list_sha256", sa.String(length=66), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
        sa.UniqueConstraint("list_sha256"),
    )
    op.create_table(
        "official_names",
        sa.Column("official", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("official"),
    )
    op.create_table(
        "officials",
        sa.Column("official", sa.String(length=42), nullable=False),
        sa.Column("capacities", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("official"),
    )
    op.create_table(
        "payments",
        sa.Column("payment", sa.String(length=66), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("transaction", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("payment"),
    )
    op.create_index("payments_by_shop", "payments", ["shop", "time"], unique=False)
    op.create_table(
        "prepared_decisions",
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("call", sa.LargeBinary(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("decision"),
    )
    op.create_table(
        "scheme_names",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("scheme"),
    )
    op.create_table(
        "schemes",
        sa.Column("scheme", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.BigInteger(), nullable=False),
        sa.Column("closes", sa.BigInteger(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("permitted", sa.String(length=66), nullable=False),
        sa.Column("excluded", sa.String(length=66), nullable=False),
        sa.Column("funded", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scheme"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_table(
        "settlements",
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=66), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "position"),
    )
    op.create_index(op.f("ix_settlements_shop"), "settlements", ["shop"], unique=False)
    op.create_table(
        "shop_details",
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_owner", sa.String(length=42), nullable=True),
        sa.Column("invited_categories", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "shops",
        sa.Column("shop", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=42), nullable=False),
        sa.Column("categories", sa.String(length=66), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "tills",
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("till"),
    )
    op.create_index(op.f("ix_tills_shop"), "tills", ["shop"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("decision", sa.String(length=66), nullable=False),
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["prepared_decisions.decision"],
        ),
        sa.PrimaryKeyConstraint("decision", "signer"),
    )
    op.create_table(
        "debits",
        sa.Column("payment", sa.String(length=66), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("coupon", sa.String(length=42), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment"],
            ["payments.payment"],
        ),
        sa.PrimaryKeyConstraint("payment", "position"),
    )
    op.create_index(op.f("ix_debits_coupon"), "debits", ["coupon"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("refund", sa.String(length=66), nullable=False),
        sa.Column("payment", sa.String(length=66), nullable=False),
        sa.Column("shop", sa.BigInteger(), nullable=False),
        sa.Column("till", sa.String(length=42), nullable=False),
        sa.Column("coupon", sa.String(length=42), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("transaction", sa.String(length=66), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment"],
            ["payments.payment"],
        ),
        sa.PrimaryKeyConstraint("refund"),
    )
    op.create_index(op.f("ix_refunds_payment"), "refunds", ["payment"], unique=False)
