"""The decisions on a shop: what each asks for, and what was decided."""

from kindpakket.domain.ids import ZERO, ShopId
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import Decision
from kindpakket.services.context import Context
from kindpakket.services.decision_files import Bundle, Made, list_made_on, list_waiting_on
from kindpakket.services.shop_files import ShopFile


class OwnerUnknown(Exception):
    """Nobody used the shop's invitation yet, so there is no owner's key to decide on."""


def admission(shop: ShopFile, categories: int | None = None) -> bytes:
    """Return the call that lets a shop be paid, with the owner who enrolled last.

    Args:
        categories: as bits; None for those that it has.

    Raises:
        OwnerUnknown: nobody enrolled.
    """
    if shop.candidate is None:
        raise OwnerUnknown(shop.id)
    bits = shop.categories if categories is None else categories
    return encode_call("setShop", shop.id, bits, shop.candidate, True)


def suspension(shop: ShopFile, *, suspended: bool = True) -> bytes:
    """Return the call after which a shop is paid nothing, or that ends that; all else stays."""
    return encode_call("setSuspended", shop.id, suspended)


def ending(shop: ShopFile) -> bytes:
    """Return the call after which a shop takes part no more; all else of it stays.

    Raises:
        OwnerUnknown: the shop has no owner.
    """
    return _as_it_is(shop, shop.categories, admitted=False)


def other_categories(shop: ShopFile, categories: int) -> bytes:
    """Return the call that gives a shop other categories, as bits; all else of it stays.

    Raises:
        OwnerUnknown: the shop has no owner.
    """
    return _as_it_is(shop, categories, admitted=shop.admitted)


def list_shop_decisions(context: Context, shop: ShopId) -> tuple[list[Bundle], list[Made]]:
    """Return the decisions on a shop that wait, and those on the ledger, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    calls = (
        encode_call("setShop", shop, 0, ZERO, False),
        encode_call("setSuspended", shop, False),
    )
    subjects = [Decision(call, 0, 0).subject for call in calls]
    return list_waiting_on(context, subjects), list_made_on(context, subjects)


def _as_it_is(shop: ShopFile, categories: int, *, admitted: bool) -> bytes:
    if shop.owner is None:
        raise OwnerUnknown(shop.id)
    return encode_call("setShop", shop.id, categories, shop.owner, admitted)
