"""Signing in with work accounts, each bound to the key of an official."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
IN_DUTCH = "werkaccounts, elk gekoppeld aan de sleutel van een ambtenaar"

_ACCOUNT = (("issuer", False), ("subject", False))
_SESSION = ("sid", True)


def upgrade() -> None:
    """Create tables, and columns of sessions; every session so far was opened by a key."""
    yes = sa.true()
    op.add_column("sessions", sa.Column("by_key", sa.Boolean(), nullable=False, server_default=yes))
    for name in ("issuer", "subject", "sid"):
        op.add_column("sessions", sa.Column(name, sa.String(255)))
    op.create_table(
        "work_accounts",
        sa.Column("official", sa.String(42), primary_key=True),
        *_columns(*_ACCOUNT),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
    )
    op.create_index("work_accounts_by_account", "work_accounts", ["issuer", "subject"], unique=True)
    op.create_table(
        "confirmed_accounts",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        *_columns(*_ACCOUNT, _SESSION),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "logout_tokens",
        sa.Column("jti", sa.String(255), primary_key=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )


def _columns(*each: tuple[str, bool]) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(255), nullable=optional) for name, optional in each]
