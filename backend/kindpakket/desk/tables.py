"""Pages with a table that can be sorted, exported and printed, without scripts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from kindpakket.desk.parts import answer_file, page
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.tables import Row, Table, as_csv


def answer_table(
    request: Request,
    table: Table[Row],
    template: str,
    *,
    link: Callable[[Row], str | None] = lambda _row: None,
    **values: Any,
) -> Response:
    """Respond with a page with the table, sorted as requested, or with the table as CSV.

    Args:
        link: returns the path within the desk that a row's first cell links to, if any.
    """
    order = request.query_params.get("volgorde", "")
    table = table.sorted_by(order)
    if request.query_params.get("als") == "csv":
        return answer_file(as_csv(table), CSV_TYPE, f"{table.name}.csv")
    links = _links(request, table)
    return page(request, template, table=table, order=order, links=links, link=link, **values)


def _links(request: Request, table: Table[Any]) -> dict[str, str]:
    """Links of the headings and of the export."""
    query = {key: value for key, value in request.query_params.items() if key != "gedaan"}
    order = query.get("volgorde")
    links = {"csv": "?" + urlencode(query | {"als": "csv"})}
    for column in table.columns:
        next_order = f"-{column.key}" if order == column.key else column.key
        links[column.key] = "?" + urlencode(query | {"volgorde": next_order})
    return links
