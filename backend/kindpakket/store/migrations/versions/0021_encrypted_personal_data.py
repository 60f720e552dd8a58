"""Personal data are encrypted, each value with its table, column and row."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from kindpakket.store.personal import StoreKeyMissing, place_of

revision = "0021"
down_revision = "0020"
IN_DUTCH = "namen, adressen, rekeningen en redenen worden versleuteld"

_TEXT, _BYTES = sa.Text(), sa.LargeBinary()
_NUMBER: Any = sa.Double()
_COLUMNS: dict[str, tuple[list[str], dict[str, tuple[Any, bool]]]] = {
    # by table: what names a row, and the columns with their types before and whether NULL may be
    "shop_details": (
        ["shop"],
        {
            "name": (_TEXT, False),
            "address": (_TEXT, False),
            "latitude": (_NUMBER, True),
            "longitude": (_NUMBER, True),
            "kvk": (_TEXT, True),
        },
    ),
    "bank_accounts": (
        ["shop", "nonce"],
        {"iban": (_TEXT, False), "holder": (_TEXT, False), "signatures": (_BYTES, False)},
    ),
    "till_names": (["till"], {"name": (_TEXT, False)}),
    "official_names": (["official", "decision"], {"name": (_TEXT, False)}),
    "former_names": (["kind", "number", "until"], {"name": (_TEXT, False)}),
    "official_invitations": (["secret_sha256"], {"name": (_TEXT, False)}),
    "prepared_decisions": (["decision"], {"reason": (_TEXT, True)}),
    "waiting_messages": (["message"], {"fields": (_TEXT, False)}),
    "payouts": (["sha256"], {"salt": (_BYTES, False)}),
    "payout_lines": (["payout", "position"], {"holder": (_TEXT, False), "iban": (_TEXT, False)}),
    "payment_files": (["payout", "number"], {"bytes": (_BYTES, False)}),
    "inspections": (["official", "shop", "opened_at"], {"reason": (_TEXT, False)}),
}


def upgrade() -> None:
    """Encrypt what is there into new columns, which replace the others."""
    for name, (row, columns) in _COLUMNS.items():
        for column, (_, nullable) in columns.items():
            default = None if nullable else sa.text("''")
            new = sa.Column(f"{column}_new", sa.Text(), nullable=nullable, server_default=default)
            op.add_column(name, new)
        _encrypt(name, row, {column: kind for column, (kind, _) in columns.items()})
        for column in columns:
            op.drop_column(name, column)
            op.execute(f"ALTER TABLE {name} RENAME COLUMN {column}_new TO {column}")


def _encrypt(name: str, row: list[str], columns: dict[str, Any]) -> None:
    former = [sa.column(column, kind) for column, kind in columns.items()]
    new = [sa.column(f"{column}_new", sa.Text()) for column in columns]
    named: list[Any] = [sa.column(column) for column in row]
    table, connection = sa.table(name, *named, *former, *new), op.get_bind()
    for found in connection.execute(sa.select(*named, *former)).all():
        keys = context.config.attributes["keys"]
        if keys is None:
            raise StoreKeyMissing("none")
        of_row = found[: len(row)]
        values = {
            f"{column}_new": keys.seal(place_of(name, column, of_row), _encode(value))
            for column, value in zip(columns, found[len(row) :], strict=True)
            if value is not None
        }
        if values:
            this = [each == part for each, part in zip(named, of_row, strict=True)]
            connection.execute(sa.update(table).where(*this).values(values))


def _encode(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
