"""Marks: what officials should look at before they sign a payout, for each line and counted."""

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
    AccountValidity,
    SignedAccount,
    list_versions,
    read_accounts,
    verify,
)
from kindpakket.store import tables as t


class Mark(StrEnum):
    """A remark about a line."""

    NOT_SIGNED = "not_signed"
    """Nobody with the authority signed this account for this shop: it is not paid."""
    NEW = "new"
    PUT_BACK = "put_back"
    """Differs from the account of the previous payout, and was signed before that one was prepared.
    """
    REPLACED = "replaced"
    """Another account was signed after this payout was prepared."""
    SHARED = "shared"
    SUSPENDED = "suspended"
    OWNER_REPLACED = "owner_replaced"
    DIFFERS = "differs"
    """The views differ from the ledger for this shop."""


_MOST_VERSIONS = 1_000
"""Number of versions of an account that are searched; an older one counts as not signed."""


@dataclass(frozen=True)
class MarkedLine:
    """A line with its marks and the signers of its account."""

    line: PayoutLine
    account: SignedAccount | None
    owed: int | None
    """Owed on the ledger now, in cents; None once it was decided."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _Before:
    """The account in a shop's previous payout, and when that payout was prepared."""

    account: tuple[str, str]
    prepared_at: int


def mark_lines(context: Context, lines: Sequence[PayoutLine]) -> list[MarkedLine]:
    """Return the lines of a waiting payout, in order, with their marks.

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
    """Return the lines of a decided payout, with the signers of their accounts.

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
    """Return the number of each mark in a sentence; empty without marks."""
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
    """The newest version that equals this line's account and has a valid signature."""
    newest = current.get(line.shop)
    versions = (
        [newest]
        if newest and _same(newest, line)
        else list_versions(context, line.shop, _MOST_VERSIONS)
    )
    valid = (
        each
        for each in versions
        if _same(each, line) and verify(context, each) is not AccountValidity.NOT_SIGNED
    )
    return max(valid, key=lambda each: each.nonce, default=None)


def _same(account: SignedAccount, line: PayoutLine) -> bool:
    return (account.holder, account.iban) == (line.holder, line.iban)


def _account_marks(
    context: Context, line: PayoutLine, account: SignedAccount | None, before: _Before | None
) -> dict[Mark, bool]:
    changed = before is None or before.account != (line.holder, line.iban)
    old = before is not None and account is not None and account.nonce < before.prepared_at
    validity = verify(context, account) if account else AccountValidity.NOT_SIGNED
    return {
        Mark.NOT_SIGNED: validity is AccountValidity.NOT_SIGNED,
        Mark.NEW: changed,
        Mark.PUT_BACK: changed and old,
        Mark.OWNER_REPLACED: validity is AccountValidity.OWNER_REPLACED,
    }


def _paid_before(context: Context, shops: Collection[int]) -> dict[ShopId, _Before]:
    """By shop, from recorded payouts; shops whose lines are missing are left out."""
    paid = (t.settlements.c.amount > 0) & t.settlements.c.shop.in_(shops)
    query = select(t.settlements).where(paid).order_by(t.settlements.c.block)
    with context.read_views() as db:
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
