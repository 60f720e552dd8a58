"""Rights that a shop's owner gives each till besides selling. They are not on the ledger: the
server checks them before it relays a refund or shows the books.

A till without rights takes payments, and sees and may refund those that it took today, so that a
mistyped amount can be corrected at the counter.
"""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import day_of
from kindpakket.protocol.messages import Refund
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import name_till
from kindpakket.store import tables as t
from kindpakket.store.database import Store


@dataclass(frozen=True)
class Rights:
    """Whether a till may refund payments that it did not take today, and see the shop's books."""

    refunds: bool
    books: bool


NONE, ALL = Rights(refunds=False, books=False), Rights(refunds=True, books=True)


def rights_of(store: Store, till: Address) -> Rights:
    """Return a till's rights; none by default."""
    with store.read() as db:
        row = db.execute(select(t.till_rights).where(t.till_rights.c.till == till)).one_or_none()
    return NONE if row is None else Rights(row.refunds, row.books)


def set_rights(store: Store, till: Address, rights: Rights) -> None:
    """Set a till's rights."""
    table = t.till_rights
    with store.write() as db:
        db.execute(delete(table).where(table.c.till == till))
        db.execute(insert(table).values(till=till, **vars(rights)))


def change_rights(context: Context, shop: ShopId, till: Address, name: str, rights: Rights) -> None:
    """Set the name and the rights of a till of the shop.

    Raises:
        Refusal: it is no till of this shop.
    """
    if context.ledger.view("tills", till)["shop"] != shop:
        raise Refusal(Code.NOT_FOUND)
    name_till(context.store, till, name)
    set_rights(context.store, till, rights)


def require_refund(context: Context, till: Address, refund: Refund) -> None:
    """Check that a till has the right to refund a payment of its shop; the contract checks the
    rest.

    A payment that is not final was made just now and is in no view; it is allowed.

    Raises:
        Refusal: another till took it, or not today, and the owner does not let this till refund.
    """
    known = context.ledger.view("tills", till)
    if (known["shop"], known["active"]) != (refund.shop, True):
        return
    if rights_of(context.store, till).refunds:
        return
    this = (t.payments.c.payment == refund.payment) & (t.payments.c.shop == refund.shop)
    with context.read_views() as db:
        row = db.execute(select(t.payments).where(this)).one_or_none()
    if row is None:
        return
    if row.till != till or day_of(row.time) != day_of(context.now()):
        raise Refusal(Code.REFUND_NOT_ALLOWED)
