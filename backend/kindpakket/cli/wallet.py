"""The coupons of a letter, with what remains on them."""

import json
import random
from typing import Any

import ecies

from kindpakket.actors import Api
from kindpakket.domain.letters import MAX_COUPONS, Letter
from kindpakket.domain.wallet import Coupon
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key, address_of

_GENERATIONS = 256


def open_letter(api: Api, letter: Letter) -> list[Coupon]:
    """Return the coupons of a letter, each in the newest generation on the ledger.

    Requests whole buckets in random order, so that the server cannot tell which coupons are meant.

    Raises:
        Refusal: there is no such scheme.
    """
    length = api.get(f"/schemes/{letter.scheme}")["couponPrefixLength"]
    buckets: dict[str, dict[str, Any]] = {}
    newest: dict[int, Coupon] = {}
    for generation in range(_GENERATIONS):
        keys = {index: coupon_key(letter, generation, index) for index in range(MAX_COUPONS)}
        addresses = {index: address_of(key) for index, key in keys.items()}
        prefixes = sorted({address[2 : 2 + length] for address in addresses.values()} - {*buckets})
        random.shuffle(prefixes)
        for prefix in prefixes:
            bucket = api.get(f"/schemes/{letter.scheme}/coupons/{prefix or '-'}")
            buckets[prefix] = {coupon["address"]: coupon for coupon in bucket["coupons"]}
        found = {
            index: buckets[address[2 : 2 + length]].get(address)
            for index, address in addresses.items()
        }
        known = {
            index: _coupon(index, generation, keys[index], entry)
            for index, entry in found.items()
            if entry is not None
        }
        if not known:
            break
        newest |= known
    return [newest[index] for index in sorted(newest)]


def _coupon(index: int, generation: int, key: Key, entry: dict[str, Any]) -> Coupon:
    if entry["state"] is None:
        return Coupon(index, generation, entry["value"], 0)
    state = json.loads(ecies.decrypt(key, bytes.fromhex(entry["state"][2:])))
    return Coupon(index, generation, state["remaining"], state["lastNonce"])
