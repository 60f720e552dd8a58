"""The ledger port over web3: any node that speaks JSON-RPC, the embedded chain among them."""

import threading
from collections.abc import Iterator
from typing import Any

import requests
from eth_account import Account
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.exceptions import TimeExhausted, TransactionNotFound, Web3Exception
from web3.types import TxParams, TxReceipt

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger import abi
from kindpakket.ledger.port import (
    Block,
    Entry,
    LedgerUnavailable,
    Outcome,
    Pending,
    Refused,
    Settled,
    Unknown,
)
from kindpakket.ledger.reverts import CODES, find_revert
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import Key

GAS_LIMIT = 16_000_000
"""Room for an issue of 500 coupons, below the 2^24 that one transaction may use (EIP-7825)."""

RECEIPT_SECONDS = 20
"""How long an act may stay undecided before the answer is pending."""

_UNREACHABLE = (OSError, requests.RequestException, Web3Exception)


class Web3Ledger:
    """One deployed contract, called through web3.

    Args:
        refuses: whether the engine refuses a transaction that would revert when it is sent, as the
            embedded chain does; other nodes would mine it, so it is tried with ``eth_call`` first.
    """

    def __init__(self, web3: Web3, contract: Address, relay_key: Key, *, refuses: bool) -> None:
        self._web3 = web3
        self._account = Account.from_key(relay_key)
        self._contract = to_checksum_address(contract)
        self._refuses = refuses
        self._lock = threading.Lock()
        self.domain = Domain(web3.eth.chain_id, contract)
        self.relay = Address(self._account.address.lower())

    def submit(self, call: bytes) -> Outcome:
        """Relay calldata and wait for the receipt.

        Raises:
            LedgerUnavailable: nothing was sent.
        """
        with self._lock:
            try:
                if not self._refuses:
                    self._web3.eth.call(self._message(call))
                raw = self._signed(call)
            except Exception as error:
                return _refused_or_unavailable(error)
            try:
                transaction = self._web3.eth.send_raw_transaction(raw)
            except Exception as error:
                if (revert := find_revert(error)) is not None:
                    return Refused(CODES[revert.error], revert)
                if self._refuses:
                    raise LedgerUnavailable(str(error)) from error
                return Unknown()
        try:
            receipt = self._web3.eth.wait_for_transaction_receipt(
                transaction, timeout=RECEIPT_SECONDS, poll_latency=0.05
            )
        except (TimeExhausted, TransactionNotFound, *_UNREACHABLE):
            return Pending(_hash(transaction))
        return self._outcome(call, receipt)

    def view(self, function: str, *args: Any, block: int | None = None) -> Any:
        """Ask a view of the contract, now or as it was after a block.

        Raises:
            LedgerUnavailable: no answer.
        """
        message = self._message(abi.encode_call(function, *args))
        try:
            answer = self._web3.eth.call(message, "latest" if block is None else block)
        except _UNREACHABLE as error:
            raise LedgerUnavailable(str(error)) from error
        return abi.decode_answer(function, bytes(answer))

    def head(self) -> int:
        """Return the number of the latest final block."""
        try:
            return int(self._web3.eth.block_number)
        except _UNREACHABLE as error:
            raise LedgerUnavailable(str(error)) from error

    def block_hash(self, number: int) -> Hash | None:
        """Return the hash of a block; None when there is none."""
        if number > self.head():
            return None
        return _hash(self._web3.eth.get_block(number)["hash"])

    def blocks(self, first: int) -> Iterator[Block]:
        """Return blocks from a number to the head, in order; read whole, so nothing is scanned."""
        for number in range(first, self.head() + 1):
            block = self._web3.eth.get_block(number, full_transactions=True)
            receipts = self._web3.eth.get_block_receipts(number) if block["transactions"] else []
            entries = tuple(
                self._entry(transaction, receipt)
                for transaction, receipt in zip(block["transactions"], receipts, strict=True)
            )
            yield Block(
                number,
                _hash(block["hash"]),
                _hash(block["parentHash"]),
                block["timestamp"],
                entries,
            )

    def _entry(self, transaction: Any, receipt: TxReceipt) -> Entry:
        own = transaction.get("to") == self._contract
        call = bytes(transaction["input"]) if own and receipt["status"] else b""
        return Entry(_hash(receipt["transactionHash"]), call, self._events(receipt))

    def _events(self, receipt: TxReceipt) -> tuple[abi.Event, ...]:
        events = (
            abi.decode_event([bytes(topic) for topic in log["topics"]], bytes(log["data"]))
            for log in receipt["logs"]
            if log["address"] == self._contract
        )
        return tuple(event for event in events if event is not None)

    def _outcome(self, call: bytes, receipt: TxReceipt) -> Outcome:
        number = receipt["blockNumber"]
        if receipt["status"] != 1:
            # Mined and reverted after all: something came between. Ask the same block why.
            try:
                self._web3.eth.call(self._message(call), number)
            except Exception as error:
                return _refused_or_unavailable(error)
            return Unknown()
        time = self._web3.eth.get_block(number)["timestamp"]
        return Settled(_hash(receipt["transactionHash"]), number, time, self._events(receipt))

    def _message(self, call: bytes) -> TxParams:
        return {"from": self._account.address, "to": self._contract, "data": call, "gas": GAS_LIMIT}

    def _signed(self, call: bytes) -> bytes:
        eth = self._web3.eth
        transaction = {
            "to": self._contract,
            "data": call,
            "gas": GAS_LIMIT,
            "gasPrice": eth.gas_price * 2,
            "nonce": eth.get_transaction_count(self._account.address, "pending"),
            "chainId": self.domain.chain_id,
        }
        return bytes(self._account.sign_transaction(transaction).raw_transaction)


def deploy(web3: Web3, relay_key: Key, officials: dict[Address, int]) -> Address:
    """Create the contract with its first officials and their capacities; return its address.

    Raises:
        web3.exceptions.Web3Exception: the node refuses, or the capacities lack holders.
    """
    account = Account.from_key(relay_key)
    transaction = {
        "data": abi.encode_deployment(list(officials), list(officials.values())),
        "gas": GAS_LIMIT,
        "gasPrice": web3.eth.gas_price * 2,
        "nonce": web3.eth.get_transaction_count(account.address, "pending"),
        "chainId": web3.eth.chain_id,
    }
    sent = web3.eth.send_raw_transaction(account.sign_transaction(transaction).raw_transaction)
    receipt = web3.eth.wait_for_transaction_receipt(sent)
    if receipt["status"] != 1 or receipt["contractAddress"] is None:
        raise Web3Exception("the contract could not be created")
    return Address(receipt["contractAddress"].lower())


def _refused_or_unavailable(error: Exception) -> Refused:
    if (revert := find_revert(error)) is not None:
        return Refused(CODES[revert.error], revert)
    raise LedgerUnavailable(str(error)) from error


def _hash(value: bytes) -> Hash:
    return Hash("0x" + bytes(value).hex())
