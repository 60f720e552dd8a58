"""A shop's own data: totals, tills and payments."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.proofs import ProofCode, id_range
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import day_of, last_second, midnight
from kindpakket.services.base.acts import Status
from kindpakket.services.base.context import Context
from kindpakket.services.base.paging import PAGE, read_page
from kindpakket.services.base.sessions import Reader, ReaderKind
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
    if reader.kind is ReaderKind.TILL:
        return rights_of(context.store, reader.address)
    return ALL if reader.kind is ReaderKind.OWNER else Rights(refunds=False, books=True)


def require_books(context: Context, reader: Reader) -> None:
    """Check that a reader may see a shop's books.

    Raises:
        Refusal: it is a till that may not.
    """
    if not rights_in(context, reader).books:
        raise Refusal(Code.BOOKS_NOT_ALLOWED)


def read_shop(context: Context, shop: ShopId) -> ShopFile:
    """Return a shop's details, state and amounts.

    Raises:
        Refusal: the ledger does not know it.
    """
    file = find_shop_file(context, shop)
    if file is None or not file.known:
        raise Refusal(Code.NOT_FOUND)
    return file


def list_tills(
    context: Context, shop: ShopId, after: Address | None = None, most: int | None = None
) -> list[Till]:
    """Return a shop's tills, blocked ones too, by name; those without one last.

    Args:
        after: the last till of the previous page; None for the first page.
        most: the size of a page; None for all.

    Raises:
        Refusal: ``after`` is not in the list.
    """
    query = (
        select(t.tills, t.till_names.c.name, t.till_rights.c.refunds, t.till_rights.c.books)
        .outerjoin(t.till_names, t.till_names.c.till == t.tills.c.till)
        .outerjoin(t.till_rights, t.till_rights.c.till == t.tills.c.till)
        .where(t.tills.c.shop == shop)
    )
    with context.read_views() as db:
        rows = db.execute(query).all()
    # Sorted here: the database has the names encrypted.
    rows = sorted(rows, key=lambda row: (row.name is None, row.name or "", row.till))
    places = {row.till: place for place, row in enumerate(rows, start=1)}
    if after is not None and after not in places:
        raise Refusal(Code.REQUEST_INVALID)
    start = places.get(after, 0)
    end = None if most is None else start + most
    return [
        Till(Address(row.till), row.name, row.active, Rights(bool(row.refunds), bool(row.books)))
        for row in rows[start:end]
    ]


def list_payments_for(
    context: Context,
    reader: Reader,
    shop: ShopId,
    first: date | None,
    last: date | None,
    proof: ProofCode | None,
    before: Hash | None,
) -> list[ListedPayment]:
    """Return a page of the payments of a shop that a reader may see, newest first.

    A till without the right to the books sees the payments that it took today; with the right to
    refund it finds any payment of the shop by proof code.

    Raises:
        Refusal: it is a till that may not see these days, or ``before`` is not in the list.
    """
    rights, till = rights_in(context, reader), None
    if not (rights.books or (proof and rights.refunds)):
        till, today = reader.address, day_of(context.now())
        if not proof and (first, last) != (today, today):
            raise Refusal(Code.BOOKS_NOT_ALLOWED)
        first = last = today
    return list_payments(context, shop, first, last, proof, till=till, before=before, most=PAGE)


def list_payments(
    context: Context,
    shop: ShopId,
    first: date | None = None,
    last: date | None = None,
    proof: ProofCode | None = None,
    *,
    till: Address | None = None,
    before: Hash | None = None,
    most: int | None = None,
) -> list[ListedPayment]:
    """Return a shop's payments, newest first.

    Args:
        first: the first day in the Netherlands to list; None for all before ``last``.
        last: the last day, itself listed too; None for all since ``first``.
        proof: leave out those with another proof code.
        till: leave out those of other tills.
        before: the last payment of the previous page; None for the first page.
        most: the size of a page; None for all.

    Raises:
        Refusal: ``before`` is not in the list.
    """
    query = select(t.payments).where(t.payments.c.shop == shop)
    if till is not None:
        query = query.where(t.payments.c.till == till)
    if first is not None:
        query = query.where(t.payments.c.time >= midnight(first))
    if last is not None:
        query = query.where(t.payments.c.time <= last_second(last))
    if proof is not None:
        query = query.where(t.payments.c.payment.between(*id_range(proof)))
    order = (t.payments.c.time, t.payments.c.block, t.payments.c.payment)
    newer = None if before is None else t.payments.c.payment == before
    with context.read_views() as db:
        rows = read_page(db, query, order, after=newer, most=most)
    return [_listed(row) for row in rows]


def _listed(row: Row[Any]) -> ListedPayment:
    return ListedPayment(
        Hash(row.payment),
        Status.SETTLED,
        ShopId(row.shop),
        row.amount,
        row.refunded,
        row.time,
        Hash(row.transaction),
        row.block,
        till=Address(row.till),
    )
