"""Fails a test in which the tables of views are used through a connection that was not opened for
them: what it reads may be old. The context brings them up to date when it opens them."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.visitors import iterate

from kindpakket.store import tables as t

_VIEWS = {*t.views.tables.values()} - {t.cursor}
"""The cursor itself tells how old they are."""

forgotten: list[str] = []
"""The views of each such statement, in any thread of this process."""


@event.listens_for(Engine, "before_execute")
def _check(connection: Connection, statement: ClauseElement, *_args: Any) -> None:
    if connection.get_execution_options().get("views"):
        return
    used = _VIEWS.intersection(iterate(statement))  # type: ignore[call-overload]
    if used:
        names = ", ".join(sorted(table.name for table in used))
        forgotten.append(names)
        raise AssertionError(f"not opened with Context.read_views or write_with_views: {names}")
