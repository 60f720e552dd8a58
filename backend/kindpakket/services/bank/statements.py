"""Bank statements in the store: what they say of payouts, without names and others' accounts.

A statement is not signed by the bank. It moves no money: it shows differences, and prepares
decisions that two officials sign.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.domain.times import day_of
from kindpakket.services.bank.camt import Line, Statement, StatementInvalid, read_statements
from kindpakket.services.bank.matching import BankLine, Matched, Place, match
from kindpakket.services.base.context import Context
from kindpakket.services.shops.bank_accounts import mask
from kindpakket.store import tables as t

_REFERENCE = re.compile(r"KP-([1-9]\d{0,9})-(\d{1,10})")
_LARGEST = 2**32 - 1
_ORDER = re.compile(r"[A-Za-z0-9-]{8,35}")
_ORDER_ID = re.compile(rb"<(?:PmtInfId|MsgId)>([A-Za-z0-9-]{8,35})</")
_LATEST = timedelta(days=60)
"""Between the day of a payment file and that on which the bank booked it as a whole."""


@dataclass(frozen=True)
class KeptStatement:
    """A statement that was read; amounts in cents, times in unix seconds."""

    statement: Hash
    kind: str
    number: int | None
    """Its sequence number; None without one, as of a notification."""
    account: str
    """The municipality's own IBAN."""
    day: str
    opening: int | None
    """None for a notification, and ``closing`` too."""
    closing: int | None
    others: int
    """The number of lines that are not about payouts, of which nothing else is stored."""
    others_amount: int
    read_at: int
    read_by: Address | None
    """None for the command line."""
    removed_at: int | None
    """When it was removed, and with it its lines; None for one that counts."""
    removed_by: Address | None
    """Who removed it last; also kept when it was read again."""
    seen_after: Hash | None
    """The statement before it when an official looked at its number; None when nobody did."""
    seen_at: int | None
    seen_by: Address | None


@dataclass(frozen=True)
class Reading:
    """What came of reading a file."""

    statements: int
    """Those that were not read before."""
    before: int
    """Those that were read before."""
    lines: int
    """New lines about payouts."""


def record_statements(
    context: Context, account: str, content: bytes, by: Address | None
) -> Reading:
    """Read a file with statements and store what they say of payouts; whole or not at all.

    A line that another statement has counts once. Reading a statement again adds what is only known
    now: lines of a payout that was not on the ledger yet, and that money went to another account.

    Args:
        account: the municipality's, from which payouts are paid.
        by: who read it; None on the command line.

    Raises:
        StatementInvalid: it cannot be used, is of another account or of a future day, or differs
            from the same statement as it was read before.
        LedgerUnavailable: the ledger cannot be read.
    """
    found = read_statements(content)
    for each in found:
        _check(each, account, day_of(context.now()))
    lines = [line for each in found for line in each.lines]
    with context.read_views() as db:
        orders = _batches_of_orders(db, lines)
        accounts = _accounts(db, lines)
    new = added = 0
    with context.store.write() as db:
        known = set(db.scalars(select(t.bank_lines.c.line)))
        for each in found:
            rows = list(_rows(each, orders, accounts))
            ours = [row for row in rows if row["line"]]
            others = [row["amount"] for row in rows if not row["line"]]
            values: dict[str, Any] = {
                "others": len(others),
                "others_amount": sum(others),
            }
            if not _was_read(db, each):
                new += 1
                values |= _head(each) | {"read_at": context.now(), "read_by": by}
            _store_statement(db, _identity(each), values)
            _store_lines(db, _identity(each), ours)
            added += len({row["line"] for row in ours} - known)
            known |= {row["line"] for row in ours}
    return Reading(new, len(found) - new, added)


def list_statements(context: Context) -> list[KeptStatement]:
    """Return all statements, also removed ones, by day, and then as they were read."""
    table = t.bank_statements
    with context.store.read() as db:
        rows = db.execute(select(table).order_by(table.c.day, table.c.read_at)).all()
    return [
        KeptStatement(
            Hash(row.statement),
            row.kind,
            row.number,
            row.account,
            row.day,
            row.opening,
            row.closing,
            row.others,
            row.others_amount,
            row.read_at,
            row.read_by and Address(row.read_by),
            row.removed_at,
            row.removed_by and Address(row.removed_by),
            row.seen_after and Hash(row.seen_after),
            row.seen_at,
            row.seen_by and Address(row.seen_by),
        )
        for row in rows
    ]


def say_day(day: str) -> str:
    """Return a day such as 2027-01-31 as people write it."""
    return f"{date.fromisoformat(day):%d-%m-%Y}"


def match_lines(db: Connection) -> Matched:
    """Match all stored lines to the payout lines of the views."""
    kept, line = t.bank_statements.c, t.bank_lines.c
    rows = db.execute(
        select(t.bank_lines, kept.kind, kept.read_by)
        .join_from(t.bank_lines, t.bank_statements)
        .order_by(line.batch.is_(None), kept.read_at, line.statement, line.line)
    )
    lines: dict[str, BankLine] = {}
    for row in rows:
        one = _line(row)
        first = lines.setdefault(row.line, one)
        seen = first if first.seen_by is not None else one
        lines[row.line] = replace(
            first,
            other_account=first.other_account or one.other_account,
            seen_by=seen.seen_by,
            seen_at=seen.seen_at,
        )
    return match(lines.values(), read_settled(db))


def read_settled(db: Connection) -> dict[Place, int]:
    """Return what was settled of each payout line, by the views, in cents above zero."""
    paid = select(t.settlements).where(t.settlements.c.amount > 0)
    return {(row.batch, ShopId(row.shop)): row.amount for row in db.execute(paid)}


def mark_seen(context: Context, line: str, by: Address) -> bool:
    """Record that an official looked at a line; return whether this official may, and has to."""
    table = t.bank_lines
    with context.read_views() as db:
        waiting = any(
            each.line.line == line and each.may_be_seen_by(by) for each in match_lines(db).lines
        )
    if waiting:
        seen = {"seen_at": context.now(), "seen_by": by}
        with context.store.write() as db:
            db.execute(update(table).where(table.c.line == line).values(seen))
    return waiting


def remove_statement(context: Context, statement: str, by: Address) -> None:
    """Remove the lines of a statement that should not have been read; who did is kept."""
    lines, table = t.bank_lines.c, t.bank_statements
    here = (table.c.statement == statement) & table.c.removed_at.is_(None)
    with context.store.write() as db:
        db.execute(delete(t.bank_lines).where(lines.statement == statement))
        db.execute(update(table).where(here).values(removed_at=context.now(), removed_by=by))


def _line(row: Row[Any]) -> BankLine:
    return BankLine(
        Hash(row.line),
        row.kind,
        row.day,
        row.amount,
        row.batch,
        None if row.shop is None else ShopId(row.shop),
        row.returned,
        row.other_account,
        row.bank_reference,
        row.read_by and Address(row.read_by),
        row.seen_by and Address(row.seen_by),
        row.seen_at,
    )


def _check(statement: Statement, account: str, today: date) -> None:
    """Refuse a statement of another account, or of a future day."""
    if statement.day > today:
        raise StatementInvalid(
            say(
                "Dit afschrift is van %(day)s. Die dag is er nog niet.",
                day=f"{statement.day:%d-%m-%Y}",
            )
        )
    if statement.account != account:
        raise StatementInvalid(
            say(
                "Dit afschrift is van rekening %(other)s. Uitbetaald wordt van %(own)s.",
                other=mask(statement.account),
                own=mask(account),
            )
        )


def _head(statement: Statement) -> dict[str, Any]:
    """The columns of a statement that is read for the first time, or again after its removal."""
    return {
        "kind": statement.kind,
        "number": statement.number,
        "content_sha256": _content_sha256(statement),
        "account": statement.account,
        "day": statement.day.isoformat(),
        "opening": statement.opening,
        "closing": statement.closing,
        "removed_at": None,
        "seen_after": None,
        "seen_at": None,
        "seen_by": None,
    }


def _store_statement(db: Connection, statement: Hash, values: dict[str, Any]) -> None:
    table = t.bank_statements
    if not db.execute(update(table).where(table.c.statement == statement).values(values)).rowcount:
        db.execute(insert(table).values(statement=statement, **values))


def _store_lines(db: Connection, statement: Hash, rows: Sequence[dict[str, Any]]) -> None:
    """Store the lines of a statement; that money went to another account is never taken back."""
    table = t.bank_lines
    flagged = [row["line"] for row in rows if row["other_account"]]
    db.execute(
        update(table)
        .where(table.c.line.in_(flagged), table.c.other_account.is_(False))
        .values(other_account=True, seen_at=None, seen_by=None)
    )
    known = select(table.c.line, table.c.batch).where(table.c.statement == statement)
    batches = {row.line: row.batch for row in db.execute(known)}
    new = [{"statement": statement, **row} for row in rows if row["line"] not in batches]
    if new:
        db.execute(insert(table), new)
    for row in rows:
        if row["batch"] is not None and batches.get(row["line"], 0) is None:
            here = (table.c.statement == statement) & (table.c.line == row["line"])
            db.execute(update(table).where(here).values(batch=row["batch"]))


def _was_read(db: Connection, statement: Statement) -> bool:
    table = t.bank_statements.c
    before = select(table.content_sha256, table.number).where(
        table.statement == _identity(statement), table.removed_at.is_(None)
    )
    known = db.execute(before).one_or_none()
    if known is None:
        return False
    if (known.number, known.content_sha256) != (statement.number, _content_sha256(statement)):
        raise StatementInvalid(
            say(
                "Het afschrift van %(day)s is al gelezen, met een andere inhoud of een ander "
                "nummer. Kijk bij de bank welke goed is, en haal het andere weg.",
                day=f"{statement.day:%d-%m-%Y}",
            )
        )
    return True


def _rows(
    statement: Statement, orders: dict[str, int], accounts: dict[Place, str]
) -> Iterator[dict[str, Any]]:
    """The columns of each line; without a hash when it is not about payouts."""
    times = Counter[tuple[object, ...]]()
    for each in statement.lines:
        place, batch = _place(each), orders.get(each.order)
        ours = place is not None or batch is not None or each.mentions_payouts
        same = (each.day, each.amount, each.reference, each.order, each.bank_reference)
        times[same] += 1
        told = accounts.get(place) if place else None
        others = each.accounts - {statement.account}
        yield {
            "line": _sha256((statement.kind, statement.account, *same, times[same]))
            if ours
            else None,
            "day": each.day.isoformat(),
            "amount": each.amount,
            "batch": place[0] if place else batch,
            "shop": place[1] if place else None,
            "returned": each.returned,
            "other_account": bool(told and others and told not in others),
            "bank_reference": each.bank_reference,
        }


def _place(line: Line) -> Place | None:
    match = _REFERENCE.fullmatch(line.reference)
    if match is None or max(map(int, match.groups())) > _LARGEST:
        return None
    return int(match[1]), ShopId(int(match[2]))


def _accounts(db: Connection, lines: Iterable[Line]) -> dict[Place, str]:
    """The accounts that were decided on, of the batches that these lines name."""
    batches = {place[0] for line in lines if (place := _place(line))}
    found: dict[Place, str] = {}
    for batch in batches:
        digests = select(t.settlements.c.sha256).where(t.settlements.c.batch == batch).distinct()
        rows = select(t.payout_lines).where(t.payout_lines.c.payout.in_(digests))
        found |= {(batch, ShopId(row.shop)): row.iban for row in db.execute(rows)}
    return found


def _batches_of_orders(db: Connection, lines: Sequence[Line]) -> dict[str, int]:
    """The batches of the payment files that these lines are the whole of."""
    asked = {each.order: each.day for each in lines if _ORDER.fullmatch(each.order)}
    if not asked:
        return {}
    first, last = min(asked.values()) - _LATEST, max(asked.values()) + _LATEST
    files, payouts = t.payment_files, t.payouts
    made = select(files, payouts.c.batch).join_from(files, payouts)
    between = files.c.day.between(first.isoformat(), last.isoformat())
    return {
        each.decode(): row.batch
        for row in db.execute(made.where(between))
        for each in _ORDER_ID.findall(bytes(row.bytes))
        if each.decode() in asked
    }


def _identity(statement: Statement) -> Hash:
    return _sha256((statement.kind, statement.account, statement.id, statement.day))


def _content_sha256(statement: Statement) -> Hash:
    return _sha256((statement.opening, statement.closing, *map(_told, statement.lines)))


def _told(line: Line) -> tuple[object, ...]:
    return line.day, line.amount, line.reference, line.order, line.returned, line.bank_reference


def _sha256(parts: tuple[object, ...]) -> Hash:
    text = "\n".join(each.isoformat() if isinstance(each, date) else repr(each) for each in parts)
    return Hash("0x" + hashlib.sha256(text.encode()).hexdigest())
