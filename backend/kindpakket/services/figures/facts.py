"""Input of the figures, read from the views at one block."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from kindpakket.domain.times import hour_of, month_of, week_of
from kindpakket.ledger.abi import decode_call, decode_issue, function_of
from kindpakket.services.figures.letter_bound import LetterBound, read_letter_bound, read_origins
from kindpakket.services.schemes.stock import read_stock
from kindpakket.store import tables as t
from kindpakket.store import views


class Cell(NamedTuple):
    """Key of payments that no figure separates. Times are those of the payment."""

    scheme: int
    shop: int
    month: str
    week: str
    hour: int
    outcome: str = ""
    """Outcome in a trial."""


Outcome = Callable[[int, int, int], str]
"""Of a payment, from its scheme, shop and time."""


@dataclass
class Sum:
    """Total of a cell, in cents. A coupon that was moved counts as the issued one."""

    payments: int = 0
    spent: int = 0
    refunded: int = 0
    coupons: set[str] = field(default_factory=set)
    refunded_coupons: set[str] = field(default_factory=set)
    """Coupons of the payments that were refunded in part or whole."""


@dataclass(frozen=True)
class Totals:
    """A scheme's totals on the ledger, in cents."""

    funded: int
    issued: int
    """Less what lies in stock."""
    spent: int
    refunded: int
    over: bool
    """Whether it accepts no payments any more: the rest has lapsed."""
    stock: int = 0
    """What is on letters that were not handed out; nobody can spend it."""

    @property
    def net(self) -> int:
        """Spent, after refunds."""
        return self.spent - self.refunded

    @property
    def left(self) -> int:
        """Amount that can still be spent."""
        return 0 if self.over else self.issued - self.net

    @property
    def lapsed(self) -> int:
        """Amount that was not spent in time."""
        return self.issued - self.net - self.left


@dataclass(frozen=True)
class Budget:
    """Amounts by decisions, in cents, before anything was given back."""

    funded: int
    issued: int


@dataclass(frozen=True)
class Facts:
    """All input at one block."""

    block: int
    time: int
    schemes: dict[int, Totals]
    categories: dict[int, int]
    """Present categories as bits, by shop."""
    cells: dict[Cell, Sum]
    budgets: dict[tuple[str, int], Budget]
    """By week and scheme."""
    coupons: dict[int, set[str]]
    """All issued coupons, by scheme."""
    letters: LetterBound


def read_facts(db: Connection, outcome: Outcome = lambda *_: "") -> Facts:
    """Read the input from the views, with payments of different outcomes in different cells."""
    cursor, stock = views.read_cursor(db), read_stock(db)
    origins, letters = read_origins(db), read_letter_bound(db)
    coupons = defaultdict[int, set[str]](set)
    for coupon, (scheme, _) in letters.kinds.items():
        if coupon not in origins:
            coupons[scheme].add(coupon)
    return Facts(
        cursor.block,
        cursor.time,
        {
            row.scheme: Totals(
                row.funded,
                row.issued - stock.get(row.scheme, 0),
                row.spent,
                row.refunded,
                row.closed or cursor.time >= row.closes,
                stock.get(row.scheme, 0),
            )
            for row in db.execute(select(t.schemes).order_by(t.schemes.c.scheme))
        },
        {
            row.shop: int(row.categories, 16)
            for row in db.execute(select(t.shops).order_by(t.shops.c.shop))
        },
        _read_cells(db, origins, outcome),
        _read_budgets(db),
        coupons,
        letters,
    )


def _read_cells(db: Connection, origins: dict[str, str], outcome: Outcome) -> dict[Cell, Sum]:
    cells = defaultdict[Cell, Sum](Sum)
    found: dict[str, Sum] = {}
    back: set[str] = set()
    table = t.payments.c
    columns = (table.payment, table.scheme, table.shop, table.amount, table.refunded, table.time)
    for payment, scheme, shop, amount, refunded, time in db.execute(select(*columns)):
        when = month_of(time), week_of(time), hour_of(time)
        cell = cells[Cell(scheme, shop, *when, outcome(scheme, shop, time))]
        cell.payments += 1
        cell.spent += amount
        cell.refunded += refunded
        found[payment] = cell
        if refunded:
            back.add(payment)
    debits = select(t.debits.c.payment, t.debits.c.coupon).where(t.debits.c.amount > 0)
    for payment, coupon in db.execute(debits):
        origin = origins.get(coupon, coupon)
        found[payment].coupons.add(origin)
        if payment in back:
            found[payment].refunded_coupons.add(origin)
    return dict(cells)


def _read_budgets(db: Connection) -> dict[tuple[str, int], Budget]:
    sums = defaultdict[tuple[str, int], list[int]](lambda: [0, 0])
    for time, scheme, funded, issued in _budget_calls(db):
        week = sums[week_of(time), scheme]
        week[0] += funded
        week[1] += issued
    return {key: Budget(*amounts) for key, amounts in sums.items()}


def _budget_calls(db: Connection) -> Iterator[tuple[int, int, int, int]]:
    """Time, scheme, and funded and issued amount of each decision."""
    executed = select(t.decisions.c.time, t.decisions.c.call).where(~t.decisions.c.cancelled)
    for row in db.execute(executed):
        try:
            function = function_of(row.call)
            if function == "fund":
                _, args = decode_call(row.call)
                yield row.time, args["scheme"], args["amount"], 0
            elif function == "issue":
                scheme, value, count = decode_issue(row.call)
                yield row.time, scheme, 0, value * count
        except ValueError:  # written in a way that only the contract reads
            continue
