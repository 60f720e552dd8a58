"""A shop's own data: totals, tills and payments."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.proofs import ProofCode, id_range
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import day_of, last_second, midnight
from kindpakket.services.base.acts import Status
from kindpakket.services.base.context import Context
from kindpakket.services.base.sessions import Kind, Reader
from kindpakket.services.payments.pay import Payment
from kindpakket.services.payments.till_rights import ALL, Rights, rights_of
from kindpakket.services.shops.register import ShopFile, find_shop_file
from kindpakket.store import tables as t


@dataclass(frozen=True, kw_only=True)
class ListedPayment(Payment):
    """A payment with the till that claimed it."""

    till: Address


@dataclass(frozen=True)
class Till:
    """A till as its shop knows it."""

    till: Address
    name: str | None
    active: bool
    rights: Rights


def rights_in(context: Context, reader: Reader) -> Rights:
    """Return a reader's rights in a shop."""
    if reader.kind is Kind.TILL:
        return rights_of(context.store, reader.address)
    return ALL if reader.kind is Kind.OWNER else Rights(refunds=False, books=True)


def require_books(context: Context, reader: Reader) -> None:
    """Check that a reader may see a shop's books.

    Raises:
        Refusal: it is a till that may not.
    """
    if not rights_in(context, reader).books:
        raise Refusal(Code.BOOKS_NOT_ALLOWED)


def read_shop(context: Context, shop: ShopId) -> ShopFile:
    """Return how a shop stands.

    Raises:
        Refusal: the ledger does not know it.
    """
    file = find_shop_file(context, shop)
    if file is None or not file.known:
        raise Refusal(Code.NOT_FOUND)
    return file


def list_tills(context: Context, shop: ShopId) -> list[Till]:
    """Return a shop's tills, blocked ones too, by name; those without one last."""
    query = (
        select(t.tills, t.till_names.c.name, t.till_rights.c.refunds, t.till_rights.c.books)
        .outerjoin(t.till_names, t.till_names.c.till == t.tills.c.till)
        .outerjoin(t.till_rights, t.till_rights.c.till == t.tills.c.till)
        .where(t.tills.c.shop == shop)
    )
    with context.read_views() as db:
        rows = db.execute(query).all()
    tills = [
        Till(Address(row.till), row.name, row.active, Rights(bool(row.refunds), bool(row.books)))
        for row in rows
    ]
    return sorted(tills, key=lambda each: (each.name is None, each.name or "", each.till))


def list_payments_for(
    context: Context,
    reader: Reader,
    shop: ShopId,
    first: date | None,
    last: date | None,
    proof: ProofCode | None,
) -> list[ListedPayment]:
    """Return the payments of a shop that a reader may see, newest first.

    A till without the right to the books sees the payments that it took today; with the right to
    refund it finds any payment of the shop by proof code.

    Raises:
        Refusal: it is a till that may not see these days.
    """
    rights = rights_in(context, reader)
    if rights.books or (proof and rights.refunds):
        return list_payments(context, shop, first, last, proof)
    today = day_of(context.now())
    if not proof and (first, last) != (today, today):
        raise Refusal(Code.BOOKS_NOT_ALLOWED)
    found = list_payments(context, shop, today, today, proof)
    return [each for each in found if each.till == reader.address]


def list_payments(
    context: Context,
    shop: ShopId,
    first: date | None = None,
    last: date | None = None,
    proof: ProofCode | None = None,
) -> list[ListedPayment]:
    """Return a shop's payments, newest first.

    Args:
        first: the first day in the Netherlands to list; None for all before ``last``.
        last: the last day, itself listed too; None for all since ``first``.
        proof: leave out those with another proof code.
    """
    query = (
        select(t.payments)
        .where(t.payments.c.shop == shop)
        .order_by(t.payments.c.time.desc(), t.payments.c.block.desc())
    )
    if first is not None:
        query = query.where(t.payments.c.time >= midnight(first))
    if last is not None:
        query = query.where(t.payments.c.time <= last_second(last))
    if proof is not None:
        query = query.where(t.payments.c.payment.between(*id_range(proof)))
    with context.read_views() as db:
        rows = db.execute(query).all()
    return [
        ListedPayment(
            Hash(row.payment),
            Status.SETTLED,
            shop,
            row.amount,
            row.refunded,
            row.time,
            Hash(row.transaction),
            row.block,
            till=Address(row.till),
        )
        for row in rows
    ]
