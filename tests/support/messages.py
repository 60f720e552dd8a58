"""Signed messages and the bodies that contain them, valid or with changes."""

from typing import Any

from kindpakket.actors import Till, fields, hexed
from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Decision, Message, Move, Refund, Spend, TillChange
from kindpakket.protocol.signatures import Key, address_of
from tests.support.town import LETTERS, SCHEME, Town

DAY = 24 * 3600


def coupons(*indices: int, letter: Letter = LETTERS[0], generation: int = 0) -> list[Key]:
    """The keys of a letter's coupons."""
    return [coupon_key(letter, generation, index) for index in indices]


def addresses(keys: list[Key]) -> tuple[Address, ...]:
    return tuple(map(address_of, keys))


def spend(town: Town, keys: list[Key], amount: int, **changes: Any) -> Spend:
    """A parent's Spend at the current time, with optional changes."""
    usual = {
        "scheme": SCHEME,
        "shop": 0,
        "max_amount": amount,
        "valid_until": town.now() + 300,
        "nonce": town.now(),
        "coupons": addresses(keys),
    }
    return Spend(**(usual | changes))


def refund(town: Town, till: Till, payment: Hash, amount: int, **changes: Any) -> dict[str, Any]:
    """A refund by a till, with optional changes before it is signed."""
    usual = {
        "payment": payment,
        "shop": till.shop,
        "amount": amount,
        "valid_until": town.now() + 300,
        "reference": 1,
    }
    return signed(town, Refund(**(usual | changes)), till.key)


def till_change(
    town: Town,
    shop: ShopId,
    till: Address,
    *,
    by: Key,
    active: bool,
    till_key: Key | None = None,
    nonce: int | None = None,
) -> dict[str, Any]:
    """A change of a till, signed by this key as the owner, and by the till if it is there."""
    message = TillChange(shop, till, active, town.now() if nonce is None else nonce)
    body = signed(town, message, by)
    if till_key is not None:
        body["tillSignature"] = sign(town, message, till_key)
    return body


def move(
    town: Town,
    origins: list[Key],
    to: tuple[Address, ...],
    *,
    by: list[Key],
    nonce: int | None = None,
) -> dict[str, Any]:
    """A move, signed by these keys in this order."""
    at = town.now() if nonce is None else nonce
    message = Move(SCHEME, at, addresses(origins), to)
    return fields(message) | {"signatures": [sign(town, message, key) for key in by]}


def decision(town: Town, function: str, *args: object, **changes: Any) -> Decision:
    """A decision prepared at the current time, with optional changes."""
    usual = {"valid_until": town.now() + DAY, "nonce": town.now()}
    return Decision(encode_call(function, *args), **(usual | changes))


def signed(town: Town, message: Message, key: Key) -> dict[str, Any]:
    """A message's fields with one signature."""
    return fields(message) | {"signature": sign(town, message, key)}


def sign(town: Town, message: Message, key: Key) -> str:
    return hexed(message.sign(town.api.domain, key))
