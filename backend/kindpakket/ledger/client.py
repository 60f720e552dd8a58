"""The ledger port over web3: any JSON-RPC node, or the embedded chain."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from web3.providers import BaseProvider

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger import abi
from kindpakket.ledger.audited import audit_chain
from kindpakket.ledger.journal import Journal, SentTransaction
from kindpakket.ledger.journaled_relay import JournaledRelay
from kindpakket.ledger.nodes import SEND
from kindpakket.ledger.port import (
    Block,
    ContractDiffers,
    Entry,
    LedgerUnavailable,
    Outcome,
    Pending,
    Progress,
    Refused,
    RelayState,
    Settled,
    Unknown,
)
from kindpakket.ledger.relay import MaybeSent, Relay, Signer, gas_limit
from kindpakket.ledger.reverts import CODES, find_revert
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.metrics import LEDGER_SECONDS
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import Key
from kindpakket_audit.findings import Audit

RECEIPT_SECONDS = 20.0
"""Timeout for a receipt, in seconds, after which the outcome is pending."""

_RANGE, _NEAR = 1_000, 16
"""Blocks of which the events are asked for at once, and those at the head that are all read."""

_INDEX_SECONDS = 1.0
"""Timeout for the receipt when the nonce is used: a node may index transactions after a block."""
_FOR_GOOD = ("CodeExpired", "DecisionExpired")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.04
"""Interval of polling for a block, in seconds, with exponential backoff."""


class Web3Ledger:
    """One deployed contract, called through a web3 provider.

    Args:
        first_block: the block in which the contract was deployed, or an earlier one.
        refuses: whether the node mines a transaction when it is sent, and refuses one that would
            revert, as the embedded chain does. Other nodes mine reverting transactions too, so each
            act is simulated with ``eth_call`` first.
        journal: what was sent to a node and is not final; by default in memory only.
        confirmations: how many blocks must follow a block before it counts as final.
        checks: called before each act; they raise Refusal when none can be made now.
    """

    def __init__(
        self,
        provider: BaseProvider,
        contract: Address,
        relay_key: Key,
        *,
        first_block: int = 0,
        refuses: bool,
        journal: Journal | None = None,
        confirmations: int = 0,
        checks: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._rpc = Rpc(provider)
        self._relay = (
            Relay(self._rpc, relay_key, "eth_sendRawTransactionSync")
            if refuses
            else JournaledRelay(self._rpc, relay_key, journal or Journal(), confirmations)
        )
        self._contract = contract
        self._first_block = first_block
        self._refuses = refuses
        self._confirmations = confirmations
        self._checks = checks
        self.domain = Domain(self._relay.chain_id, contract)
        self.relay = self._relay.address

    def require_contract(self) -> None:
        """Check that the code on the chain is that of this program's contract.

        Raises:
            ContractDiffers: it is not.
            LedgerUnavailable: no answer.
        """
        if not abi.is_deployed(_bytes(self._rpc.read("eth_getCode", self._contract, "latest"))):
            raise ContractDiffers(self._contract)

    def check(self) -> None:
        """Check that an act would be sent.

        Raises:
            Refusal: the clock or the nodes cannot be trusted.
        """
        for check in self._checks:
            check()

    def reach(self) -> None:
        """Check that the chain takes transactions.

        The engine refuses an empty one, in a transaction of its own on the disk. Of a node, the
        age of its head tells.

        Raises:
            LedgerUnavailable: no answer.
        """
        if self._refuses:
            with suppress(RpcError):
                self._rpc(SEND, "0x")

    def relay_state(self) -> RelayState:
        """Return the state of the relay's account.

        Raises:
            LedgerUnavailable: no answer.
        """
        latest, pending = (
            int(self._rpc.read("eth_getTransactionCount", self.relay, tag), 16)
            for tag in ("latest", "pending")
        )
        balance = int(self._rpc.read("eth_getBalance", self.relay, "latest"), 16)
        return RelayState(balance, max(0, pending - latest))

    def submit(self, call: bytes) -> Outcome:
        """Relay calldata and wait until its block is final.

        Raises:
            Refusal: the clock or the nodes cannot be trusted; nothing was sent.
            LedgerUnavailable: nothing was sent.
        """
        self.check()
        with LEDGER_SECONDS.time():
            return self._submit(call)

    def _submit(self, call: bytes) -> Outcome:
        try:
            if isinstance(self._relay, Relay):
                return self._outcome(call, self._relay.send(call, self._contract))
            return self._submit_to_node(self._relay, call)
        except RpcError as error:
            return _refused(error)
        except MaybeSent as error:
            if self._refuses:
                raise LedgerUnavailable(str(error)) from error
            return Unknown()

    def keep(self) -> None:
        """Send again what was sent to a node and is not final.

        Raises:
            LedgerUnavailable: no answer.
        """
        if isinstance(self._relay, JournaledRelay):
            self._relay.keep()

    def _submit_to_node(self, relay: JournaledRelay, call: bytes) -> Outcome:
        earlier = relay.find(call)
        if earlier and (outcome := self._again(relay, call, earlier)):
            return outcome
        # "pending": after the transactions in the pool, and at the time of the next block.
        self._rpc("eth_call", self._message(call), "pending")
        sent, new = relay.offer(call, self._contract)
        return self._awaited(relay, call, sent, again=not new)

    def _again(self, relay: JournaledRelay, call: bytes, sent: SentTransaction) -> Outcome | None:
        """The outcome of an act that was sent before; None if its nonce went to another."""
        try:
            expired = self._expired(call)  # first: it may have been carried out just after
            if relay.is_decided(sent):
                receipt = _wait(self._rpc, sent.hash, self._confirmations, _INDEX_SECONDS)
                relay.conclude(sent)
                return self._outcome(call, receipt, again=True) if receipt else None
        except LedgerUnavailable:
            return Pending(sent.hash)
        if expired:
            return expired
        relay.send_again(sent)
        return self._awaited(relay, call, sent, again=True)

    def _awaited(
        self, relay: JournaledRelay, call: bytes, sent: SentTransaction, *, again: bool = False
    ) -> Outcome:
        try:
            receipt = _wait(self._rpc, sent.hash, self._confirmations, RECEIPT_SECONDS)
            if receipt is None:
                return Pending(sent.hash)
            relay.conclude(sent)
            return self._outcome(call, receipt, again=again)
        except LedgerUnavailable:
            return Pending(sent.hash)

    def _expired(self, call: bytes) -> Refused | None:
        """The refusal of an act whose time was over in a final block: no later one undoes it."""
        try:
            self._rpc("eth_call", self._message(call), hex(self.head()))
        except RpcError as error:
            revert = find_revert(error)
            if revert and revert.error in _FOR_GOOD:
                return Refused(CODES[revert.error], revert)
        return None

    def view(self, function: str, *args: Any, block: int | None = None) -> Any:
        """Call a view of the contract, at the latest block or at a given one.

        Raises:
            LedgerUnavailable: no answer.
        """
        message = self._message(abi.encode_call(function, *args))
        try:
            answer = self._rpc.read("eth_call", message, "latest" if block is None else hex(block))
            return abi.decode_answer(function, _bytes(answer))
        except ValueError as error:
            raise LedgerUnavailable(str(error)) from error

    def time(self, now: int) -> int:
        """Return the block time that an act sent now would get, in unix seconds.

        The embedded chain returns it exactly. For a node it is estimated: the current time, but not
        before the latest block.

        Raises:
            LedgerUnavailable: no answer.
        """
        tag = "pending" if self._refuses else "latest"
        return max(now, int(self._rpc.block(tag)["timestamp"], 16))

    def head(self) -> int:
        """Return the number of the latest final block.

        Raises:
            LedgerUnavailable: no answer.
        """
        return int(self._rpc.read("eth_blockNumber"), 16) - self._confirmations

    def block_hash(self, number: int) -> Hash | None:
        """Return the hash of a block; None when the embedded chain has no such block.

        Raises:
            LedgerUnavailable: no answer, or a node does not have this block: it may be behind.
        """
        block = self._rpc.read("eth_getBlockByNumber", hex(number), False)
        if block is None and not self._refuses:
            raise LedgerUnavailable(f"the node has no block {number}")
        return block and Hash(block["hash"])

    def audit(self, progress: Progress = lambda *_: None, state: Path | None = None) -> Audit:
        """Check all that ever happened, up to the latest final block, by ``kindpakket-audit``.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
        """
        return audit_chain(
            self._rpc.provider,
            self._contract,
            self._first_block,
            self._confirmations,
            progress,
            state,
        )

    def blocks(self, first: int) -> Iterator[Block]:
        """Return final blocks from a number on, in order.

        Of a node's blocks far below the head only those are read that have events of the contract,
        and some others in between. The parent of one after a gap is the one told before it, which
        was on the chain when this one was read.

        Raises:
            LedgerUnavailable: no answer, not yet the whole of a block, or one was replaced.
        """
        previous: Block | None = None
        for number, known in self._numbers(max(first, self._first_block), self.head()):
            block = self._block(number)
            if known and block.hash != known:
                raise LedgerUnavailable(f"block {number} was replaced")
            if previous and number > previous.number + 1:
                if self.block_hash(previous.number) != previous.hash:
                    raise LedgerUnavailable(f"block {previous.number} was replaced")
                block = replace(block, parent=previous.hash)
            yield block
            previous = block

    def _numbers(self, first: int, head: int) -> Iterator[tuple[int, Hash | None]]:
        """The numbers of the blocks to read, some with the hash that they must have."""
        if first <= head:
            yield first, None
        start = first + 1
        # Near the head all are read: a node may have a block before it finds its events.
        while not self._refuses and start + _NEAR <= head:
            end = min(start + _RANGE - 1, head - _NEAR)
            last = self.block_hash(end)  # the events are of the same chain if it is still there
            for number in self._with_events(start, end):
                yield number, last if number == end else None
            start = end + 1
        yield from ((number, None) for number in range(start, head + 1))

    def _with_events(self, start: int, end: int) -> Iterable[int]:
        """The blocks of a range with events of the contract, and the last."""
        asked = {"address": self._contract, "fromBlock": hex(start), "toBlock": hex(end)}
        try:
            events = self._rpc("eth_getLogs", asked)
        except RpcError:  # it limits what can be asked
            return range(start, end + 1)
        return sorted({int(event["blockNumber"], 16) for event in events} | {end})

    def _block(self, number: int) -> Block:
        block = self._rpc.block(hex(number), full=True)
        transactions = block["transactions"]
        receipts = self._rpc.read("eth_getBlockReceipts", hex(number)) if transactions else []
        found = [receipt["blockHash"] for receipt in receipts or ()]
        if found != [block["hash"]] * len(transactions):
            raise LedgerUnavailable(f"block {number} was replaced, or has no receipts yet")
        return Block(
            number,
            Hash(block["hash"]),
            Hash(block["parentHash"]),
            int(block["timestamp"], 16),
            tuple(map(self._entry, transactions, receipts)),
        )

    def _entry(self, transaction: dict[str, Any], receipt: dict[str, Any]) -> Entry:
        own = transaction["to"] == self._contract and receipt["status"] == "0x1"
        call = _bytes(transaction["input"]) if own else b""
        return Entry(Hash(transaction["hash"]), call, self._events(receipt))

    def _events(self, receipt: dict[str, Any]) -> tuple[abi.Event, ...]:
        events = (
            abi.decode_event([_bytes(topic) for topic in log["topics"]], _bytes(log["data"]))
            for log in receipt["logs"]
            if log["address"] == self._contract
        )
        return tuple(event for event in events if event is not None)

    def _outcome(self, call: bytes, receipt: dict[str, Any], *, again: bool = False) -> Outcome:
        number = receipt["blockNumber"]
        if receipt["status"] != "0x1":
            # Mined and reverted, since state changed after the simulation. Call again for the
            # reason.
            try:
                self._rpc("eth_call", self._message(call), number)
            except RpcError as error:
                return _refused(error)
            return Unknown()
        # Newer nodes give the block time in each log; others need one more request.
        time = receipt["logs"][0].get("blockTimestamp") if receipt["logs"] else None
        if time is None:
            time = self._rpc.block(number)["timestamp"]
        transaction, events = Hash(receipt["transactionHash"]), self._events(receipt)
        return Settled(transaction, int(number, 16), int(time, 16), events, again)

    def _message(self, call: bytes) -> dict[str, str]:
        return {
            "from": self.relay,
            "to": self._contract,
            "data": "0x" + call.hex(),
            "gas": hex(gas_limit(call)),
        }


def deploy(provider: BaseProvider, relay_key: Key, officials: dict[Address, int]) -> Address:
    """Deploy the contract with its first officials and their capacities; return its address.

    Raises:
        RpcError: a capacity has too few holders.
        LedgerUnavailable: no answer, or the node refuses the transaction.
    """
    rpc = Rpc(provider)
    data = abi.encode_deployment(list(officials), list(officials.values()))
    try:
        receipt = _wait(rpc, Relay(rpc, relay_key).send(data, None), 0, RECEIPT_SECONDS)
    except RpcError as error:
        if find_revert(error):
            raise
        raise LedgerUnavailable(f"the node refuses the contract: {error}") from error
    except MaybeSent as error:
        raise LedgerUnavailable(str(error)) from error
    if receipt is None or receipt["status"] != "0x1":
        raise LedgerUnavailable("the contract was not deployed")
    return Address(receipt["contractAddress"].lower())


def transfer_balance(provider: BaseProvider, key: Key, to: Address) -> None:
    """Transfer what an account holds, less the most that this can cost; nothing if it has no more.

    Raises:
        LedgerUnavailable: no answer, or the node refuses it; it may have been sent.
    """
    rpc = Rpc(provider)
    signer = Signer(rpc, key)
    balance, count = (
        int(rpc.read(method, signer.address, "latest"), 16)
        for method in ("eth_getBalance", "eth_getTransactionCount")
    )
    if balance <= gas_limit(b"") * signer.price():
        return
    try:
        sent = rpc(SEND, signer.sign(count, b"", to, balance=balance))
        if _wait(rpc, sent, 0, RECEIPT_SECONDS) is None:
            raise LedgerUnavailable("the transfer is not in a block yet")
    except RpcError as error:
        raise LedgerUnavailable(f"the node refuses the transfer: {error}") from error


def _wait(rpc: Rpc, transaction: Hash, confirmations: int, seconds: float) -> dict[str, Any] | None:
    """Wait for the receipt of a transaction in a final block; None at the timeout.

    The transaction is asked for first: a node may wait within a request for a receipt.
    """
    deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while True:
        time.sleep(pause)
        with suppress(RpcError):  # such as for a block whose receipts are not there yet
            found = rpc("eth_getTransactionByHash", transaction)
            block = found and found["blockNumber"]
            if block and (not confirmations or _depth(rpc, block) >= confirmations):
                receipt: dict[str, Any] | None = rpc("eth_getTransactionReceipt", transaction)
                if receipt:
                    return receipt
        if time.monotonic() > deadline:
            return None
        pause = min(2 * pause, _LONGEST_PAUSE)


def _depth(rpc: Rpc, block: str) -> int:
    return int(rpc("eth_blockNumber"), 16) - int(block, 16)


def _refused(error: RpcError) -> Refused:
    if (revert := find_revert(error)) is not None:
        return Refused(CODES[revert.error], revert)
    raise LedgerUnavailable(str(error)) from error


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value[2:])
