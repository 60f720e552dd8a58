"""Deletion of payouts and accounts, and of what is kept of shops and officials that left.

The books of a financial year are kept for seven years after it, as article 52 of the Dutch general
tax act (AWR) requires: for at most eight years after what is in them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Delete, delete, exists, select, union

from kindpakket.ledger.abi import decode_call
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t

YEARS_8 = 8 * 366 * 24 * 3600


@dataclass(frozen=True)
class Left:
    """Who left, and was in no decision, payment or payout for the period."""

    shops: list[int]
    tills: list[str]
    officials: list[str]


def find_left(context: Context, now: int) -> Left:
    """Find who left, by the views.

    Args:
        now: in unix seconds.

    Raises:
        LedgerUnavailable: the views cannot be brought up to date.
    """
    since = now - YEARS_8
    made = t.decisions.c
    with context.read_views() as db:
        recent = db.execute(select(made.call, made.signers).where(made.time >= since)).all()
        busy = set(db.scalars(_busy_shops(since)))
        gone = db.scalars(select(t.shops.c.shop).where(~t.shops.c.admitted, t.shops.c.owed == 0))
        powerless = db.scalars(select(t.officials.c.official).where(t.officials.c.capacities == 0))
        decided = [decode_call(row.call) for row in recent]
        signed = {signer for row in recent for signer in row.signers.split()}
        named = {args["shop"] for function, args in decided if function == "setShop"}
        changed = {args["official"] for function, args in decided if function == "setOfficial"}
        shops = sorted(set(gone) - busy - named)
        tills = db.scalars(select(t.tills.c.till).where(t.tills.c.shop.in_(shops))).all()
        return Left(shops, list(tills), sorted(set(powerless) - signed - changed))


def delete_books(db: Connection, left: Left, now: int) -> dict[str, int]:
    """Delete what is past its period; return how many rows of each kind.

    The row of a payout stays: it has a hash, and no account or name.
    """
    since = now - YEARS_8
    payouts = select(t.payouts.c.sha256).where(t.payouts.c.created_at < since)
    files = select(t.payment_files.c.sha256).where(t.payment_files.c.payout.in_(payouts))
    read = t.bank_statements.c
    statements = select(read.statement).where(read.read_at < since)
    account, newer = t.bank_accounts.c, t.bank_accounts.alias().c
    replaced = exists().where(
        newer.shop == account.shop, newer.nonce > account.nonce, newer.set_at < since
    )
    rows: dict[str, list[Delete]] = {
        "payouts": [
            delete(t.file_refusals).where(t.file_refusals.c.sha256.in_(files)),
            delete(t.payment_files).where(t.payment_files.c.payout.in_(payouts)),
            delete(t.payout_lines).where(t.payout_lines.c.payout.in_(payouts)),
        ],
        "bank_statements": [
            delete(t.bank_lines).where(t.bank_lines.c.statement.in_(statements)),
            delete(t.bank_statements).where(t.bank_statements.c.read_at < since),
        ],
        "replaced_accounts": [delete(t.bank_accounts).where(replaced)],
        "shops": [
            delete(table).where(table.c.shop.in_(left.shops))
            for table in (t.bank_accounts, t.invitations, t.shop_details)
        ],
        "tills": [
            delete(table).where(table.c.till.in_(left.tills))
            for table in (t.till_rights, t.till_names)
        ],
        "officials": [
            delete(t.official_names).where(t.official_names.c.official.in_(left.officials))
        ],
    }
    return {name: sum(db.execute(each).rowcount for each in some) for name, some in rows.items()}


def _busy_shops(since: int) -> CompoundSelect[Any]:
    tables = (t.payments, t.refunds, t.settlements)
    return union(*(select(each.c.shop).where(each.c.time >= since) for each in tables))
