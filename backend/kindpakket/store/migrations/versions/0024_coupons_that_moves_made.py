"""The files of changes tell the holder of a coupon that a move made it.

The server makes the views again, which have those files.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
IN_DUTCH = "tegoeden die bij een verplaatsing zijn gemaakt"


def upgrade() -> None:
    """Have the views made again."""
    op.execute("DELETE FROM cursor")
