"""The log of who opened the figures for officials: one line for each official, page and day."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, select, update

from kindpakket.domain.ids import Address
from kindpakket.domain.times import day_of
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


class FiguresPage(StrEnum):
    """What has sums by shop, or the municipality's journal."""

    FIGURES = "figures"
    EXPORT = "export"
    SHOPS = "shops"
    """The list, with what each is owed and was paid in all."""
    SHOP = "shop"
    TRIAL = "trial"
    JOURNAL = "journal"
    COMMAND = "command"
    """On the command line, with an official's key."""


@dataclass(frozen=True)
class LookAtFigures:
    """What an official opened on a day in the Netherlands."""

    official: Address
    day: str
    """As ``2027-01-31``."""
    page: FiguresPage
    number: int
    """Of the shop, or of the scheme of a trial; the journal's year; 0 for others."""
    first_at: int
    """In unix seconds."""
    times: int


def log_look(context: Context, official: Address, page: FiguresPage, number: int = 0) -> None:
    """Record that an official opens a page, before it is shown.

    Raises:
        StoreUnavailable: the store cannot be written.
    """
    now, table = context.now(), t.figure_looks.c
    key = {
        "official": official,
        "day": day_of(now).isoformat(),
        "page": page,
        "number": number,
    }
    this = [table[name] == value for name, value in key.items()]
    with context.store.write() as db:
        more = update(t.figure_looks).where(*this).values(times=table.times + 1)
        if db.execute(more).rowcount == 0:
            db.execute(insert(t.figure_looks).values(**key, first_at=now, times=1))


def list_looks(context: Context, most: int) -> list[LookAtFigures]:
    """Return at most so many, newest first."""
    table = t.figure_looks.c
    query = select(t.figure_looks).order_by(table.first_at.desc(), table.official, table.page)
    with context.store.read() as db:
        return [
            LookAtFigures(
                Address(row.official),
                row.day,
                FiguresPage(row.page),
                row.number,
                row.first_at,
                row.times,
            )
            for row in db.execute(query.limit(most))
        ]
