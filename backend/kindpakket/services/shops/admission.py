"""The calls of decisions on a shop."""

from kindpakket.ledger.abi import encode_call
from kindpakket.services.shops.register import ShopFile


class OwnerUnknown(Exception):
    """The shop's invitation was not used, so there is no owner's key to decide on."""


def admission(shop: ShopFile, categories: int | None = None) -> bytes:
    """Return the call that admits a shop with the owner who enrolled last.

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
    """Return the call that suspends a shop, or lifts its suspension."""
    return encode_call("setSuspended", shop.id, suspended)


def ending(shop: ShopFile) -> bytes:
    """Return the call that ends a shop's admission.

    Raises:
        OwnerUnknown: the shop has no owner.
    """
    return _as_it_is(shop, shop.categories, admitted=False)


def other_categories(shop: ShopFile, categories: int) -> bytes:
    """Return the call that sets a shop's categories, as bits.

    Raises:
        OwnerUnknown: the shop has no owner.
    """
    return _as_it_is(shop, categories, admitted=shop.admitted)


def _as_it_is(shop: ShopFile, categories: int, *, admitted: bool) -> bytes:
    if shop.owner is None:
        raise OwnerUnknown(shop.id)
    return encode_call("setShop", shop.id, categories, shop.owner, admitted)
