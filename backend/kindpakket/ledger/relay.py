"""The relay: signs transactions with the relay key and assigns their nonces."""

import threading
import time
from collections.abc import Callable
from typing import Any

from eth_account import Account
from eth_utils.address import to_checksum_address

from kindpakket.domain.ids import Address
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.reverts import find_revert
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.signatures import Key

GAS_LIMIT = 16_000_000
"""The most gas of a transaction, below the limit of 2^24 (EIP-7825)."""

_GAS_BASE, _GAS_PER_BYTE = 200_000, 900
"""Bounds of what an act costs. An issue costs most for its size, some 720 for each byte."""

_PRICE_SECONDS = 10


def gas_limit(data: bytes) -> int:
    """Return the gas to give to calldata, since nodes fill a block by the limits of its
    transactions, and not by what they use."""
    return min(_GAS_BASE + _GAS_PER_BYTE * len(data), GAS_LIMIT)


class MaybeSent(Exception):
    """The connection failed while a transaction was sent; it is unknown whether it arrived."""


class Signer:
    """Signs transactions with the relay key, at a price that is asked for now and then."""

    def __init__(self, rpc: Rpc, key: Key) -> None:
        self._rpc = rpc
        self._account = Account.from_key(key)
        self._gas_price = 0
        self._price_until = 0.0
        self.address = Address(self._account.address.lower())
        self.chain_id = int(rpc.read("eth_chainId"), 16)

    def sign(self, nonce: int, data: bytes, to: Address | None, *, balance: int = 0) -> str:
        """Return a signed transaction in hex; without ``to`` it creates a contract.

        Args:
            balance: in wei; what the gas cannot cost of it is transferred.

        Raises:
            LedgerUnavailable: the price of gas is not known.
        """
        gas, price = gas_limit(data), self.price()
        transaction = {
            "data": data,
            "value": max(balance - gas * price, 0),
            "gas": gas,
            "gasPrice": price,
            "nonce": nonce,
            "chainId": self.chain_id,
        }
        if to is not None:
            transaction["to"] = to_checksum_address(to)
        return "0x" + bytes(self._account.sign_transaction(transaction).raw_transaction).hex()

    def price(self) -> int:
        """Return the price to offer, in wei a unit of gas.

        Raises:
            LedgerUnavailable: no answer.
        """
        if time.monotonic() > self._price_until:
            # Doubled, since the base fee may rise until the transaction is mined.
            self._gas_price = 2 * int(self._rpc.read("eth_gasPrice"), 16)
            self._price_until = time.monotonic() + _PRICE_SECONDS
        return self._gas_price


class Relay:
    """Sends transactions with consecutive nonces. Thread-safe.

    Args:
        method: the JSON-RPC method that sends a signed transaction; :meth:`send` returns its
            result.
    """

    def __init__(self, rpc: Rpc, key: Key, method: str = "eth_sendRawTransaction") -> None:
        self._rpc = rpc
        self._method = method
        self._signer = Signer(rpc, key)
        self._signing = threading.Lock()
        self._answered = threading.Condition()
        self._in_progress = 0
        self._nonce = 0
        self._counted = False
        self.address = self._signer.address
        self.chain_id = self._signer.chain_id

    def send(self, data: bytes, to: Address | None) -> Any:
        """Sign and send; without ``to``, create a contract.

        Raises:
            RpcError: the node refuses the transaction.
            LedgerUnavailable: nothing was sent.
            MaybeSent: the connection failed before the answer.
        """
        with self._signing:
            wait = self._begin(data, to)
        try:
            return self._await(wait)
        except RpcError as error:
            # Unless the contract reverted, the nonce may be wrong: an earlier transaction was
            # refused or dropped, or another process uses the key. Retry once with a fresh nonce.
            if find_revert(error):
                raise
        with self._signing:  # held, so that no earlier one is in progress that may be refused
            self._counted = False
            return self._await(self._begin(data, to))

    def _begin(self, data: bytes, to: Address | None) -> Callable[[], Any]:
        """Hand over the next transaction, which may be run while earlier ones are answered."""
        wait = self._rpc.begin(self._method, self._signed(data, to))
        with self._answered:
            self._in_progress += 1
        return wait

    def _await(self, wait: Callable[[], Any]) -> Any:
        try:
            return wait()
        except LedgerUnavailable as error:
            self._counted = False
            raise MaybeSent(str(error)) from error
        except RpcError:
            self._counted = False
            raise
        finally:
            with self._answered:
                self._in_progress -= 1
                self._answered.notify_all()

    def _signed(self, data: bytes, to: Address | None) -> str:
        return self._signer.sign(self._next_nonce(), data, to)

    def _next_nonce(self) -> int:
        if not self._counted:
            with self._answered:
                self._answered.wait_for(lambda: self._in_progress == 0)
            self._counted = True
            count = self._rpc.read("eth_getTransactionCount", self.address, "pending")
            self._nonce = int(count, 16) - 1
        self._nonce += 1
        return self._nonce
