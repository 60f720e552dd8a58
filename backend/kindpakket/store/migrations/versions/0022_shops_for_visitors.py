"""What visitors of a shop want to know: telephone, opening hours, what it sells."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
IN_DUTCH = "telefoon, openingstijden en voorbeelden van winkels"


def upgrade() -> None:
    """Create three columns, of encrypted texts."""
    for name in ("phone", "opening_hours", "examples"):
        op.add_column("shop_details", sa.Column(name, sa.Text(), nullable=True))
