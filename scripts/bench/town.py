"""A town for measurements: one scheme, one shop with one till, and any number of coupons."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2

from kindpakket.actors import Api, Till, claim, show_code
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import table_sha256
from kindpakket.domain.ids import Address, SchemeId, ShopId
from kindpakket.domain.letters import MAX_COUPONS, Letter
from kindpakket.ledger.abi import encode_call
from kindpakket.main import build_app, serving
from kindpakket.protocol.codes import read_code
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Claim, Domain
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.acts import hash_bytes
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace

OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
OWNER, TILL = Key(b"\x04" * 32), Till(ShopId(1), Key(b"\x05" * 32))
SCHEME = SchemeId(1)
VALUE = 20_000
AMOUNT = 150

_AT_ONCE = 500
"""The maximum number of coupons that one decision can issue."""

_start = int(time.time())
_acts: Counter[int] = Counter()


@dataclass(frozen=True)
class Town:
    """The data of a town that tills need; picklable."""

    settings: Settings
    domain: Domain
    coupons: int

    def claims(self, coupons: Iterable[int]) -> list[dict[str, Any]]:
        """Prepare the request body of a payment from each of these coupons, valid for 5 minutes."""
        now = int(time.time())
        bodies = []
        for number in coupons:
            code = show_code(
                self.domain, SCHEME, [key_of(number)], AMOUNT, now, nonce=next_nonce(number)
            )
            bodies.append(claim(self.domain, TILL, code.text, AMOUNT))
        return bodies

    def calls(self, coupons: Iterable[int]) -> list[bytes]:
        """Prepare the calldata of a payment from each of these coupons."""
        return [_call(self.domain, body) for body in self.claims(coupons)]

    def coupon(self, number: int) -> Address:
        """Return the address of a coupon."""
        return address_of(key_of(number))


@cache
def key_of(coupon: int) -> Key:
    """Return the key of a coupon; letters have 32 coupons."""
    letter, index = divmod(coupon, MAX_COUPONS)
    return coupon_key(Letter(SCHEME, letter.to_bytes(16)), 0, index)


def next_nonce(subject: int) -> int:
    """Return a nonce that is strictly increasing for each subject, at any rate."""
    _acts[subject] += 1
    return _start + _acts[subject]


def found(settings: Settings, coupons: int) -> Town:
    """Create a town in an empty directory, without syncing to disk; reopen it to measure."""
    officials = {address_of(key): sum(Capacity) for key in OFFICIALS}
    with (
        Workspace.create(settings, officials, sync=False) as workspace,
        serving(build_app(workspace, settings), None) as base_url,
        httpx2.Client(base_url=base_url, timeout=60, trust_env=False) as http,
    ):
        api, now = Api(http), int(time.time())

        def decide(function: str, *args: object) -> None:
            api.decide(OFFICIALS[:2], next_nonce(-1), function, *args)

        decide("setCategories", table_sha256())
        decide("openScheme", 1, now - 10, now + 10**6, 0b11, 0b100)
        decide("fund", 1, VALUE * coupons)
        decide("setShop", 1, 0b1, address_of(OWNER), True)
        api.change_till(OWNER, TILL.shop, TILL.key, now, active=True)
        town = Town(settings, api.domain, coupons)
        for first in range(0, coupons, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, coupons))
            decide("issue", 1, VALUE, sorted(map(town.coupon, some)))
        workspace.context.projection.catch_up()
        return town


def _call(domain: Domain, body: dict[str, Any]) -> bytes:
    code = read_code(body["code"])
    made = Claim(
        code.spend.hash, ShopId(body["shop"]), body["amount"], body["rest"], body["reference"]
    )
    signature = made.sign(domain, TILL.key)
    return encode_call(
        "pay",
        (*code.spend.values,),
        code.signatures,
        (hash_bytes(made.spend), *made.values[1:]),
        signature,
    )
