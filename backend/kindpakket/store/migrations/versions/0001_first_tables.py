"""The first tables."""

from alembic import op

from kindpakket.store.tables import facts, views

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the facts and the views."""
    for metadata in (facts, views):
        metadata.create_all(op.get_bind())
