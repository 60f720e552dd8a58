"""Where shops are; those of before are nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make two columns."""
    op.add_column("shop_details", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("shop_details", sa.Column("longitude", sa.Double(), nullable=True))
