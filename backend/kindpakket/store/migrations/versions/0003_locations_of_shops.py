"""Locations of shops; existing shops have none."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
IN_DUTCH = "de plaats van winkels op de kaart"


def upgrade() -> None:
    """Create two columns."""
    op.add_column("shop_details", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("shop_details", sa.Column("longitude", sa.Double(), nullable=True))
