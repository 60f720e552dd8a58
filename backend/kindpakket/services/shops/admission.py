"""The calls of decisions on a shop."""

from kindpakket.ledger.abi import encode_call
from kindpakket.services.shops.register import ShopFile


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


def _as_it_is(shop: ShopFile, categories: int, *, admitted: bool) -> bytes:
    if shop.owner is None:
        raise OwnerUnknown(shop.id)
    return encode_call("setShop", shop.id, categories, shop.owner, admitted)
