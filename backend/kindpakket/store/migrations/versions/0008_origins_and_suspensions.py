"""Origins of moved coupons, and suspensions of shops."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
IN_DUTCH = "waar tegoeden vandaan komen, en geschorste winkels"


def upgrade() -> None:
    """Change columns of the views, which are then rebuilt from the ledger."""
    op.drop_column("coupons", "moved_to")
    op.add_column("coupons", sa.Column("origin", sa.String(length=42), nullable=True))
    op.add_column(
        "shops",
        sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("DELETE FROM cursor")
