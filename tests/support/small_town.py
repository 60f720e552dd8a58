"""The smallest town, on its own chain: a scheme, a shop with a till, three coupons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3.providers import BaseProvider

from kindpakket.actors import Till
from kindpakket.domain.ids import Address, ShopId
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.reverts import find_revert
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.signatures import Key, address_of
from tests.support.hands import Hands, Reverted
from tests.support.town import ALL, EVERYTHING, SAFE, START, Clock


def key(number: int) -> Key:
    return Key(bytes([number]) * 32)


RELAY = key(9)
SCHEME, OTHER_SCHEME, NO_SCHEME = 1, 2, 3
BICYCLES, BOOKS, SPIRITS, FOOD = 1, 2, 4, 8
"""Categories, as bits."""
PERMITTED, EXCLUDED = BICYCLES | BOOKS, SPIRITS
CLOSES = START + 365 * 24 * 3600
A, B, C = map(key, (11, 12, 13))
"""Coupons of ten euros each."""
VALUE, ISSUED, FUNDED = 1_000, 3_000, 5_000
NEW_A, NEW_B, NEWER_A = map(key, (21, 22, 23))
"""Addresses without a coupon."""
TILL, SECOND_TILL = Till(ShopId(1), key(31)), Till(ShopId(1), key(32))
OTHER_TILL = Till(ShopId(2), key(33))
OWNER, OTHER_OWNER = key(41), key(42)
STRANGER = key(51)
SHA256 = b"\x5a" * 32


@dataclass
class SmallTown(Hands):
    """A scheme, shop, till and coupons; a second shop and scheme when a rule needs them."""

    provider: BaseProvider

    def build(self) -> None:
        self.decide("openScheme", SCHEME, START, CLOSES, PERMITTED, EXCLUDED)
        self.decide("fund", SCHEME, FUNDED)
        self.decide("issue", SCHEME, VALUE, list(map(address_of, (A, B, C))))
        self.admit(TILL, OWNER, BICYCLES)

    def admit(self, till: Till, owner: Key, categories: int, *, admitted: bool = True) -> None:
        """Register a shop with one till."""
        self.decide("setShop", till.shop, categories, address_of(owner), admitted)
        self.change_till(till, owner)

    def open_other_scheme(self, coupon: Key) -> None:
        """A scheme with the same rules and one coupon."""
        self.decide("openScheme", OTHER_SCHEME, START, CLOSES, PERMITTED, EXCLUDED)
        self.decide("fund", OTHER_SCHEME, FUNDED)
        self.decide("issue", OTHER_SCHEME, VALUE, [address_of(coupon)])

    def found_another(self, officials: dict[Address, int]) -> None:
        """Deploy the contract again.

        Raises:
            Reverted: its constructor refused.
        """
        try:
            deploy(self.provider, RELAY, officials)
        except RpcError as error:
            revert = find_revert(error)
            raise Reverted(revert.error if revert else "") from error

    def left(self, *coupons: Key) -> list[int]:
        return [self.coupon(each)["remaining"] for each in coupons]

    def coupon(self, coupon: Key) -> dict[str, Any]:
        found: dict[str, Any] = self.view("coupons", address_of(coupon))
        return found

    def scheme(self, *fields: str) -> tuple[Any, ...]:
        found = self.view("schemes", SCHEME)
        return tuple(found[name] for name in fields)

    def shop(self, *fields: str, shop: int = TILL.shop) -> tuple[Any, ...]:
        found = self.view("shops", shop)
        return tuple(found[name] for name in fields)


def found(directory: Path) -> None:
    """Deploy the contract on a fresh chain, and build the town.

    Raises:
        Reverted: the contract does not let it be built.
    """
    clock = Clock()
    with EmbeddedChain.create(directory, relay=address_of(RELAY), clock=clock, sync=False) as chain:
        _town(chain.provider, _deployed(chain.provider), clock).build()


def found_on(provider: BaseProvider) -> None:
    """Deploy the contract and build the town on a node where the relay has money."""
    ledger = Web3Ledger(provider, _deployed(provider), RELAY, refuses=False)
    SmallTown(ledger, Clock(), provider).build()


def _deployed(provider: BaseProvider) -> Address:
    officials = {address_of(official): ALL for official in EVERYTHING}
    return deploy(provider, RELAY, officials | {address_of(SAFE): 32})


@contextmanager
def opened(directory: Path) -> Iterator[SmallTown]:
    """Open a town that was founded, an hour later."""
    clock = Clock()
    clock.time += 3600
    with EmbeddedChain(directory, clock=clock, sync=False) as chain:
        yield _town(chain.provider, contract_on(Rpc(chain.provider)), clock)


def contract_on(rpc: Rpc) -> Address:
    """The contract that the first block of a chain created."""
    return Address(rpc("eth_getBlockReceipts", "0x1")[0]["contractAddress"])


def _town(provider: BaseProvider, contract: Address, clock: Clock) -> SmallTown:
    ledger = Web3Ledger(provider, contract, RELAY, refuses=True)
    return SmallTown(ledger, clock, provider)
