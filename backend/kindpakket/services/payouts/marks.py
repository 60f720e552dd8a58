"""What two people need to see of a payout before they sign it: line by line, and counted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import say
from kindpakket.protocol.payout_lines import PayoutLine
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names
from kindpakket.services.payouts.lists import find_lines
from kindpakket.services.payouts.settled import read_settlement
from kindpakket.services.shops.balances import read_balances
from kindpakket.services.shops.bank_accounts import (
    SignedAccount,
    Standing,
    list_versions,
    read_accounts,
    verify,
)
from kindpakket.store import tables as t


class Mark(StrEnum):
    """Something about a line that a person should look at."""

    NOT_SIGNED = "not_signed"
    """Nobody who may have signed this account for this shop: not to be paid."""
    NEW = "new"
    PUT_BACK = "put_back"
    """It is not the account of the payout before, and was signed before that one was prepared."""
    REPLACED = "replaced"
    """Another account was signed after this payout was prepared."""
    SHARED = "shared"
    SUSPENDED = "suspended"
    OWNER_REPLACED = "owner_replaced"
    DIFFERS = "differs"
    """The views have other amounts of this shop than the ledger."""


_MOST_VERSIONS = 1_000
"""Of an account, among which a line's is looked for; one further back counts as not signed."""


@dataclass(frozen=True)
class MarkedLine:
    """A line, and who signed its account."""

    line: PayoutLine
    account: SignedAccount | None
    owed: int | None
    """By the ledger, now, in cents; None once it was decided."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _Before:
    """The account of a shop's payout before, and when that payout was prepared."""

    account: tuple[str, str]
    prepared_at: int


def mark_lines(context: Context, lines: Sequence[PayoutLine]) -> list[MarkedLine]:
    """Return the lines of a payout that waits, in order, with all that is to be seen of them.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    shops = {line.shop for line in lines}
    current, before = read_accounts(context), _paid_before(context, shops)
    balances, users = read_balances(context, shops), defaultdict[str, set[int]](set)
    for each in current.values():
        users[each.iban].add(each.shop)
    for line in lines:
        users[line.iban].add(line.shop)
    marked = []
    for line in lines:
        account, balance = _find_account(context, line, current), balances[line.shop]
        newest = current.get(line.shop)
        holds = {
            **_account_marks(context, line, account, before.get(line.shop)),
            Mark.REPLACED: newest is not None and not _same(newest, line),
            Mark.SHARED: users[line.iban] != {line.shop},
            Mark.SUSPENDED: balance.suspended,
            Mark.DIFFERS: balance.differs,
        }
        marks = tuple(mark for mark in Mark if holds[mark])
        marked.append(MarkedLine(line, account, balance.owed, marks))
    return marked


def unmarked_lines(context: Context, lines: Sequence[PayoutLine]) -> list[MarkedLine]:
    """Return the lines of a payout that was decided on, with who signed their accounts.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    current = read_accounts(context)
    return [MarkedLine(line, _find_account(context, line, current), None, ()) for line in lines]


def say_mark(mark: Mark) -> str:
    """Return a mark in words."""
    return {
        Mark.NOT_SIGNED: say("rekening door niemand getekend die dat mag"),
        Mark.NEW: say("rekening nieuw of veranderd sinds de vorige uitbetaling"),
        Mark.PUT_BACK: say("oudere rekening teruggezet"),
        Mark.REPLACED: say("intussen een andere rekening opgegeven"),
        Mark.SHARED: say("zelfde rekening als een andere winkel"),
        Mark.SUSPENDED: say("winkel geschorst"),
        Mark.OWNER_REPLACED: say("eigenaar vervangen nadat de rekening getekend werd"),
        Mark.DIFFERS: say("bedragen in de administratie anders dan in het grootboek"),
    }[mark]


def say_marks(lines: Sequence[MarkedLine]) -> str:
    """Return how often each mark is there, in a sentence; empty when none is."""
    counts = Counter(mark for each in lines for mark in each.marks)
    told = [
        say("%(count)s × %(mark)s", count=counts[mark], mark=say_mark(mark))
        for mark in Mark
        if counts[mark]
    ]
    return say("Let op: %(marks)s.", marks="; ".join(told)) if told else ""


def say_signers(names: Names, account: SignedAccount | None) -> str:
    """Return who signed an account: the owner, or officials with the codes of their keys."""
    if account is None:
        return say("niemand die dat mag")
    if account.by_owner:
        return say("de eigenaar")
    return ", ".join(map(names.at(account.nonce).official, account.signers))


def _find_account(
    context: Context, line: PayoutLine, current: dict[ShopId, SignedAccount]
) -> SignedAccount | None:
    """The newest version that is this line's and was signed by who may."""
    newest = current.get(line.shop)
    versions = (
        [newest]
        if newest and _same(newest, line)
        else list_versions(context, line.shop, _MOST_VERSIONS)
    )
    valid = (
        each
        for each in versions
        if _same(each, line) and verify(context, each) is not Standing.NOT_SIGNED
    )
    return max(valid, key=lambda each: each.nonce, default=None)


def _same(account: SignedAccount, line: PayoutLine) -> bool:
    return (account.holder, account.iban) == (line.holder, line.iban)


def _account_marks(
    context: Context, line: PayoutLine, account: SignedAccount | None, before: _Before | None
) -> dict[Mark, bool]:
    changed = before is None or before.account != (line.holder, line.iban)
    old = before is not None and account is not None and account.nonce < before.prepared_at
    standing = verify(context, account) if account else Standing.NOT_SIGNED
    return {
        Mark.NOT_SIGNED: standing is Standing.NOT_SIGNED,
        Mark.NEW: changed,
        Mark.PUT_BACK: changed and old,
        Mark.OWNER_REPLACED: standing is Standing.OWNER_REPLACED,
    }


def _paid_before(context: Context, shops: Collection[int]) -> dict[ShopId, _Before]:
    """By shop, from lines that the ledger has; a shop whose lines are gone is not there."""
    paid = (t.settlements.c.amount > 0) & t.settlements.c.shop.in_(shops)
    query = select(t.settlements).where(paid).order_by(t.settlements.c.block)
    with context.store.read() as db:
        last = {row.shop: row.batch for row in db.execute(query)}
    found = {}
    for batch in set(last.values()):
        settlement = read_settlement(context, batch)
        lines = settlement and find_lines(context.store, settlement.sha256)
        for line in lines or ():
            if settlement and last.get(line.shop) == batch:
                account = (line.holder, line.iban)
                found[line.shop] = _Before(account, settlement.prepared_at)
    return found
