"""Reconciliation: the ledger, the store and the bank, payout line by payout line.

Computed anew each time: the settlements from the chain's events, the lines and files from the
store, and what the bank booked from its statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros
from kindpakket.services.bank.camt import STATEMENT
from kindpakket.services.bank.matching import Booked, LineVerdict, Matched, Place, say_verdict
from kindpakket.services.bank.numbers import OddNumber, find_odd_numbers, list_compared
from kindpakket.services.bank.statements import KeptStatement, match_lines, say_day
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import PublicNames, read_public_names
from kindpakket.services.payouts.lists import reference
from kindpakket.services.payouts.payment_file import amounts_of
from kindpakket.services.payouts.returns import find_origin
from kindpakket.services.payouts.settled import read_settlement
from kindpakket.services.shops.balances import read_balances
from kindpakket.store import tables as t


class Progress(StrEnum):
    """How far a payout line is."""

    AGREES = "agrees"
    NO_FILE = "no_file"
    """Nobody made the payment file yet."""
    WAITS = "waits"
    """No statement reaches to the day on which the bank is to pay."""
    RETURN_WAITS = "return_waits"
    """The bank returned money, and no decision made it owed again yet."""
    DIFFERS = "differs"


@dataclass(frozen=True)
class PayoutLineState:
    """One payout line, in cents."""

    batch: int
    shop: ShopId
    name: str
    settled: int
    """By the ledger's event."""
    in_views: int
    in_file: int | None
    """Asked of the bank; None without a file."""
    day: str | None
    """On which the bank is to pay; None without a file."""
    booked: Booked
    returned: int
    """Owed to the shop again, by decisions on the ledger."""

    @property
    def reference(self) -> str:
        """On the statements of shop and municipality."""
        return reference(self.batch, self.shop)

    @property
    def difference(self) -> int:
        """What was paid according to the ledger, less what was paid according to the bank."""
        return (self.settled - self.returned) - (self.booked.paid - self.booked.back)

    @property
    def to_owe_again(self) -> int:
        """What the bank returned and no decision made owed again; zero when the bank paid it after
        all, or had paid it twice."""
        left = self.settled - self.returned
        return max(min(self.booked.returned - self.returned, self.difference, left), 0)

    def progress(self, until: str | None) -> Progress:
        """Return how far it is, when the statements reach to a day."""
        if not self.difference:
            return Progress.AGREES
        if self.to_owe_again == self.difference:
            return Progress.RETURN_WAITS
        if self.booked.paid or self.booked.back:
            return Progress.DIFFERS
        if self.day is None:
            return Progress.NO_FILE
        return Progress.WAITS if until is None or until < self.day else Progress.DIFFERS


@dataclass(frozen=True)
class BankFinding:
    """Something that does not agree, in words; the difference in cents."""

    about: str
    what: str
    difference: int


@dataclass(frozen=True)
class Reconciliation:
    """Everything that is compared."""

    lines: list[PayoutLineState]
    matched: Matched
    statements: list[KeptStatement]
    until: str | None
    """The last day of a statement with balances; None without one."""
    findings: list[BankFinding]
    numbers: list[OddNumber]
    """Also those that an official looked at."""

    @property
    def without_number(self) -> int:
        """Number of statements without a sequence number: only balances tell when one of these is
        missing."""
        return sum(each.kind == STATEMENT and each.number is None for each in self.statements)


def reconcile(context: Context) -> Reconciliation:
    """Compare ledger, store and bank; newest payout first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    statements = list_compared(context)
    with context.read_views() as db:
        matched = match_lines(db)
        settlements = db.execute(select(t.settlements)).all()
        origins = _origins(db, settlements)
        files = _newest_files(db)
    views = {(row.batch, ShopId(row.shop)): row.amount for row in settlements}
    returned = _returned(settlements, origins)
    names, lines = read_public_names(context.store), list[PayoutLineState]()
    for batch in sorted({row.batch for row in settlements if row.amount >= 0}, reverse=True):
        settlement, file = read_settlement(context, batch), files.get(batch)
        asked = amounts_of(bytes(file.bytes)) if file else {}
        for shop, settled in settlement.amounts if settlement else ():
            place = batch, shop
            line = PayoutLineState(
                batch,
                shop,
                names.shop(shop),
                settled,
                views.get(place, 0),
                asked.get(reference(batch, shop), 0) if file else None,
                file.day if file else None,
                matched.booked.get(place, Booked()),
                returned.get(place, 0),
            )
            lines.append(line)
    until = max((each.day for each in statements if each.kind == STATEMENT), default=None)
    numbers = list(find_odd_numbers(statements))
    found = [
        *_of_lines(lines, until),
        *_of_unmatched(matched),
        *_of_notified(matched, until),
        *_of_returned(settlements, origins),
        *_of_shops(context, names),
        *_of_balances(statements),
        *(_of_number(each) for each in numbers if not each.seen),
    ]
    return Reconciliation(lines, matched, statements, until, found, numbers)


def say_progress(progress: Progress) -> str:
    """Return how far a payout line is, in words."""
    return {
        Progress.AGREES: say("klopt"),
        Progress.NO_FILE: say("nog geen bestand gemaakt"),
        Progress.WAITS: say("wacht op een afschrift"),
        Progress.RETURN_WAITS: say("teruggekomen: er is een besluit nodig"),
        Progress.DIFFERS: say("klopt niet"),
    }[progress]


def _newest_files(db: Connection) -> dict[int, Row[Any]]:
    """The payment file of each batch that counts: the last one that was made."""
    files, payouts = t.payment_files, t.payouts
    query = select(files, payouts.c.batch).join_from(files, payouts).order_by(files.c.number)
    return {row.batch: row for row in db.execute(query)}


def _origins(db: Connection, settlements: Sequence[Row[Any]]) -> dict[Place, int | None]:
    """The payout that each return on the ledger is from; None when it is from none."""
    return {
        (row.batch, ShopId(row.shop)): find_origin(db, row.shop, -row.amount, row.sha256)
        for row in settlements
        if row.amount < 0
    }


def _returned(
    settlements: Sequence[Row[Any]], origins: Mapping[Place, int | None]
) -> dict[Place, int]:
    """What the ledger owes again, by the payout line that it came back from."""
    found = defaultdict[Place, int](int)
    for row in settlements:
        batch = origins.get((row.batch, row.shop))
        if batch is not None:
            found[batch, ShopId(row.shop)] -= row.amount
    return found


def _of_lines(lines: Sequence[PayoutLineState], until: str | None) -> Iterator[BankFinding]:
    for line in lines:
        if line.in_views != line.settled:
            yield _finding(line, say("de administratie"), line.in_views)
        if line.in_file is not None and line.in_file != line.settled:
            yield _finding(line, say("het bestand voor de bank"), line.in_file)
        progress = line.progress(until)
        if progress is Progress.RETURN_WAITS:
            what = say(
                "de bank stuurde %(amount)s terug; er is een besluit nodig",
                amount=format_euros(line.to_owe_again),
            )
            yield BankFinding(line.reference, what, line.difference)
        if progress is Progress.DIFFERS:
            net = line.booked.paid - line.booked.back
            yield _finding(line, say("de bank"), net, line.settled - line.returned)


def _finding(line: PayoutLineState, who: str, says: int, ledger: int | None = None) -> BankFinding:
    cents = line.settled if ledger is None else ledger
    what = say(
        "het grootboek zegt %(ledger)s, %(who)s %(other)s",
        ledger=format_euros(cents),
        who=who,
        other=format_euros(says),
    )
    return BankFinding(line.reference, what, cents - says)


def _of_unmatched(matched: Matched) -> Iterator[BankFinding]:
    """Lines of statements that are in no sum, and payments to another account or paid twice, until
    a person looked at them."""
    found = {LineVerdict.UNKNOWN, LineVerdict.UNCLEAR}
    for each in matched.lines:
        whole = each.line.batch is not None and each.line.shop is None
        if each.for_person and (each.verdict in found or each.needs_another or whole):
            about = each.about or say("Afschrift van %(day)s", day=say_day(each.line.day))
            yield BankFinding(about, say_verdict(each.verdict), each.line.amount)


def _of_notified(matched: Matched, until: str | None) -> Iterator[BankFinding]:
    """Money that came in by a notification, and that no statement until that day or later has."""
    told = defaultdict[str, int](int)
    for each in matched.lines:
        line = each.line
        if line.amount > 0 and line.kind == STATEMENT:
            told[each.about] -= line.amount
        elif line.amount > 0 and until is not None and line.day <= until:
            told[each.about] += line.amount
    for about, amount in told.items():
        if about and amount > 0:
            what = say("alleen een melding zegt dat dit terugkwam; het is in geen afschrift")
            yield BankFinding(about, what, amount)


def _of_returned(
    settlements: Sequence[Row[Any]], origins: Mapping[Place, int | None]
) -> Iterator[BankFinding]:
    """What shops are owed again by decisions that name no payout."""
    for row in settlements:
        if origins.get((row.batch, row.shop), row.batch) is None:
            what = say("weer te goed, maar uit geen uitbetaling")
            yield BankFinding(f"KP-{row.batch}", what, -row.amount)


def _of_shops(context: Context, names: PublicNames) -> Iterator[BankFinding]:
    for shop, balance in read_balances(context).items():
        if balance.differs:
            what = say("de administratie zegt iets anders dan het grootboek")
            yield BankFinding(names.shop(shop), what, balance.owed - balance.owed_in_views)


def _of_balances(statements: Sequence[KeptStatement]) -> Iterator[BankFinding]:
    """Statements of an account, by day, that do not begin with the balance with which the one
    before ended. Notifications have no balances."""
    own = (each for each in statements if each.kind == STATEMENT)
    for _account, same in groupby(sorted(own, key=_account_of), _account_of):
        yield from _of_account(same)


def _account_of(statement: KeptStatement) -> str:
    return statement.account


def _of_number(each: OddNumber) -> BankFinding:
    about = say("Afschrift van %(day)s", day=say_day(each.statement.day))
    return BankFinding(about, each.what, 0)


def _of_account(own: Iterable[KeptStatement]) -> Iterator[BankFinding]:
    before: KeptStatement | None = None
    for _day, same_day in groupby(own, lambda each: each.day):
        for each in _chained(list(same_day), before.closing if before else None):
            if before is not None and each.opening != before.closing:
                what = say(
                    "begint niet met het eindsaldo van %(day)s: er ontbreekt een afschrift, of er "
                    "is er een te veel",
                    day=say_day(before.day),
                )
                about = say("Afschrift van %(day)s", day=say_day(each.day))
                yield BankFinding(about, what, (each.opening or 0) - (before.closing or 0))
            before = each


def _chained(same_day: list[KeptStatement], closing: int | None) -> Iterator[KeptStatement]:
    """Statements of a day, each after the one with whose balance it begins, as far as possible."""
    while same_day:
        each = next((each for each in same_day if each.opening == closing), same_day[0])
        same_day.remove(each)
        yield each
        closing = each.closing
