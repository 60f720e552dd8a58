"""Without buckets and the states of coupons; wallets read files of changes."""

from alembic import op

revision = "0018"
down_revision = "0017"
IN_DUTCH = "kolommen die door die bestanden niet meer nodig zijn, vervallen"


def upgrade() -> None:
    """Drop columns of the views."""
    op.drop_index("coupons_by_prefix", "coupons")
    op.drop_column("coupons", "state")
    op.drop_column("coupons", "changed_block")
    op.drop_column("schemes", "prefix_length")
