"""Decisions that are signed together are a set; a bundle is the coupons in one code."""

from alembic import op

revision = "0016"
down_revision = "0015"
IN_DUTCH = "besluiten die samen worden ondertekend"


def upgrade() -> None:
    """Rename the columns."""
    op.alter_column("prepared_decisions", "bundle", new_column_name="decision_set")
    op.alter_column("letter_runs", "bundle", new_column_name="decision_set")
