"""What a shop may read of itself: its payments and its payouts."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.services.acts import Status
from kindpakket.services.context import Context
from kindpakket.services.pay import Payment
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Payout:
    """One shop's part of a batch; below zero when it was returned. Amount in cents."""

    batch: int
    amount: int
    time: int
    sha256: str


def list_payments(context: Context, shop: ShopId) -> list[Payment]:
    """Return a shop's payments, newest first."""
    context.projection.catch_up()
    query = (
        select(t.payments)
        .where(t.payments.c.shop == shop)
        .order_by(t.payments.c.time.desc(), t.payments.c.block.desc())
    )
    with context.store.read() as db:
        rows = db.execute(query).all()
    return [
        Payment(
            Hash(row.payment),
            Status.SETTLED,
            shop,
            row.amount,
            row.refunded,
            row.time,
            Hash(row.transaction),
            row.block,
        )
        for row in rows
    ]


def list_payouts(context: Context, shop: ShopId) -> list[Payout]:
    """Return a shop's payouts, newest first."""
    context.projection.catch_up()
    query = (
        select(t.settlements)
        .where(t.settlements.c.shop == shop)
        .order_by(t.settlements.c.block.desc())
    )
    with context.store.read() as db:
        rows = db.execute(query).all()
    return [Payout(row.batch, row.amount, row.time, row.sha256) for row in rows]
