"""Numbers of runs, who handed a run in, and the coupons with which a run began."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
IN_DUTCH = "series met een vast nummer en vaste bedragen, en wie een serie aanleverde"

_VALUES = {
    "letter_values": "10000,5000,5000,2000,2000,2000,1000,1000,500,500,500,500",
    "card_values": ",".join(["2000"] * 15),
}
"""Of a scheme without a split of its own."""


def upgrade() -> None:
    """Create a table and three columns; runs that were begun keep the split of now."""
    op.create_table(
        "run_numbers", sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False)
    )
    op.execute(
        "INSERT INTO run_numbers (run) SELECT run FROM letter_runs UNION SELECT run FROM begun_runs"
    )
    op.add_column("letter_runs", sa.Column("handed_in_by", sa.String(42)))
    for name, values in _VALUES.items():
        column = sa.Column(name, sa.String(400), nullable=False, server_default="")
        op.add_column("begun_runs", column)
        op.execute(
            f"UPDATE begun_runs SET {name} = COALESCE((SELECT {name} FROM scheme_details "  # noqa: S608
            f"WHERE scheme_details.scheme = begun_runs.scheme), '{values}') WHERE NOT blank"
        )
