"""The journal for the municipality's own ledger: double entry, by month, scheme and payout.

It has no shop, no coupon and no single payment. Expenses are booked when a shop was paid from a
budget, and owed to shops until a payout; a payout is in transit until the bank books it, which the
municipality's own journal of the bank does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Select, func, select

from kindpakket.domain.csv_files import Cell, Euros, write_csv
from kindpakket.domain.language import DUTCH, say, use_catalogue
from kindpakket.domain.times import day_of, last_second, midnight, month_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import PublicNames, read_public_names
from kindpakket.store import tables as t

_SETTLED_BY = timedelta(days=1)
"""After the end of a month, by when all its blocks are final and in the views."""
_MONTHS = 12
_Target = tuple[str, str | None]
"""An account, and a cost centre."""


class JournalRefused(Exception):
    """There is no journal of this period with these settings; the message says why."""


class JournalSettings(Protocol):
    """Where the municipality books what."""

    @property
    def journal_expenses(self) -> str | None: ...
    @property
    def journal_payable(self) -> str | None: ...
    @property
    def journal_in_transit(self) -> str | None: ...
    @property
    def journal_cost_centre(self) -> str | None: ...
    @property
    def journal_tax_id(self) -> str | None: ...


@dataclass(frozen=True)
class Accounts:
    """The numbers of the accounts in the municipality's ledger, and of its cost centre."""

    expenses: str
    payable: str
    """What shops are owed."""
    in_transit: str
    """Paid out, and not booked by the bank yet."""
    cost_centre: str | None


@dataclass(frozen=True)
class EntryLine:
    """A line of an entry, in cents: one of the two amounts is zero."""

    account: str
    debit: int
    credit: int
    cost_centre: str | None = None


@dataclass(frozen=True)
class JournalEntry:
    """An entry that balances. Its number stays the same in each export of its period."""

    number: str
    day: date
    text: str
    lines: tuple[EntryLine, EntryLine]


@dataclass(frozen=True)
class MunicipalJournal:
    """The entries of whole months, in the order of their days."""

    accounts: Accounts
    months: tuple[tuple[date, date], ...]
    """The first and last day of each."""
    entries: list[JournalEntry]

    @property
    def first(self) -> date:
        """The first day of its period."""
        return self.months[0][0]

    @property
    def last(self) -> date:
        """The last day of its period."""
        return self.months[-1][1]


def first_month(context: Context) -> str:
    """Return the month of the first payment, as ``2027-01``; without payments the present one.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    with context.read_views() as db:
        first = db.scalar(select(func.min(t.payments.c.time)))
    return month_of(context.now() if first is None else first)


def make_journal(
    context: Context, settings: JournalSettings, year: int, month: int | None = None
) -> MunicipalJournal:
    """Return the journal of a year, or of a month of it: the months that are over.

    Raises:
        JournalRefused: none of them is over, or a setting is missing.
        LedgerUnavailable: the ledger cannot be read.
    """
    accounts, names = _accounts_of(settings), read_public_names(context.store)
    over = tuple(
        (first, last)
        for first, last in _months(year)
        if (month is None or first.month == month)
        and last_second(last + _SETTLED_BY) < context.now()
    )
    if not over:
        raise JournalRefused(
            say("De boekingen van een maand zijn er vanaf de 2e van de maand erna.")
        )
    with use_catalogue(DUTCH), context.read_views() as db:  # as the municipality's ledger is
        entries = [
            entry
            for first, last in over
            for entry in (
                *_of_schemes(db, names, accounts, first, last),
                *_of_payouts(db, accounts, first, last),
            )
        ]
    entries.sort(key=lambda each: (each.day, each.number))
    return MunicipalJournal(accounts, over, entries)


def as_csv(journal: MunicipalJournal) -> bytes:
    """Write a journal as CSV, in Dutch: a row for each line of an entry."""
    head: list[Cell] = [
        *("Boekstuk", "Datum", "Periode", "Rekening"),
        *("Kostenplaats", "Omschrijving", "Debet", "Credit"),
    ]
    rows: list[list[Cell]] = [
        [
            entry.number,
            f"{entry.day:%d-%m-%Y}",
            f"{entry.day:%Y-%m}",
            line.account,
            line.cost_centre or "",
            entry.text,
            Euros(line.debit),
            Euros(line.credit),
        ]
        for entry in journal.entries
        for line in entry.lines
    ]
    return write_csv([head, *rows])


def _accounts_of(settings: JournalSettings) -> Accounts:
    """Return the accounts of the settings.

    Raises:
        JournalRefused: one is missing, or two are the same.
    """
    named = {
        "KINDPAKKET_JOURNAL_EXPENSES": settings.journal_expenses,
        "KINDPAKKET_JOURNAL_PAYABLE": settings.journal_payable,
        "KINDPAKKET_JOURNAL_IN_TRANSIT": settings.journal_in_transit,
    }
    for name, account in named.items():
        if account is None:
            raise JournalRefused(
                say("Op welke grootboekrekening wordt dit geboekt? Stel %(name)s in.", name=name)
            )
    expenses, payable, in_transit = (str(account) for account in named.values())
    if len({expenses, payable, in_transit}) < len(named):
        raise JournalRefused(say("De drie grootboekrekeningen moeten verschillend zijn."))
    return Accounts(expenses, payable, in_transit, settings.journal_cost_centre)


def _months(year: int) -> Iterator[tuple[date, date]]:
    for month in range(1, _MONTHS + 1):
        after = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
        yield date(year, month, 1), after - timedelta(days=1)


def _of_schemes(
    db: Connection, names: PublicNames, accounts: Accounts, first: date, last: date
) -> Iterator[JournalEntry]:
    """What was paid from each scheme in a month, and what was refunded."""
    expenses = accounts.expenses, accounts.cost_centre
    payable = accounts.payable, None
    paid, back = t.payments.c, t.refunds.c
    refunded = select(paid.scheme, func.sum(back.amount)).join_from(t.refunds, t.payments)
    spent = select(paid.scheme, func.sum(paid.amount))
    for scheme, amount in db.execute(_in(spent, paid.time, first, last).group_by(paid.scheme)):
        text = f"Betaald bij winkels uit {names.scheme(scheme)}"
        head = f"B{last:%Y%m}-{scheme}", last, text
        yield JournalEntry(*head, (_debit(expenses, amount), _credit(payable, amount)))
    for scheme, amount in db.execute(_in(refunded, back.time, first, last).group_by(paid.scheme)):
        text = f"Terugbetaald door winkels aan {names.scheme(scheme)}"
        head = f"T{last:%Y%m}-{scheme}", last, text
        yield JournalEntry(*head, (_debit(payable, amount), _credit(expenses, amount)))


def _of_payouts(
    db: Connection, accounts: Accounts, first: date, last: date
) -> Iterator[JournalEntry]:
    """Each payout, and what came back and is owed again."""
    payable, in_transit = (accounts.payable, None), (accounts.in_transit, None)
    table = t.settlements.c
    back = (table.amount < 0).label("back")
    sums = select(table.batch, table.time, back, func.sum(table.amount).label("amount"))
    rows = _in(sums, table.time, first, last).group_by(table.batch, table.time, back)
    paid = set[int]()
    for row in db.execute(rows.order_by(back)):
        number, day, amount = f"KP-{row.batch}", day_of(row.time), int(row.amount)
        if amount > 0:
            paid.add(row.batch)
            lines = _debit(payable, amount), _credit(in_transit, amount)
            yield JournalEntry(number, day, f"Uitbetaling {number} aan winkels", lines)
        if amount < 0:
            text = f"Teruggekomen van de bank, besluit {number}"
            lines = _debit(in_transit, -amount), _credit(payable, -amount)
            yield JournalEntry(f"{number}-T" if row.batch in paid else number, day, text, lines)


def _in(query: Select[Any], time: Any, first: date, last: date) -> Select[Any]:
    return query.where(time.between(midnight(first), last_second(last)))


def _debit(target: _Target, cents: Any) -> EntryLine:
    return EntryLine(target[0], int(cents), 0, target[1])


def _credit(target: _Target, cents: Any) -> EntryLine:
    return EntryLine(target[0], 0, int(cents), target[1])
