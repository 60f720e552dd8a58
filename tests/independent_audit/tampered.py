"""A chain whose owner changed what it tells: its blocks, its code or its storage.

The changed blocks have no faults against their headers, as when the owner made all headers again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket_audit.chains import Account, Block, Log, Source, Transaction
from kindpakket_audit.contract import Event, decode_event, encode_event
from kindpakket_audit.findings import Audit, Finding, Level
from kindpakket_audit.hashing import keccak
from kindpakket_audit.node import Ask, Json
from kindpakket_audit.replay import audit
from kindpakket_audit.storage import Slot, Storage
from tests.support import faults
from tests.support.faults import both, changed

Blocks = tuple[Block, ...]
Fault = Callable[[Blocks], Blocks]
OTHER_CONTRACT = "0x" + "99" * 20


@dataclass(frozen=True)
class Tampered:
    """A source with these blocks.

    `words` changes what is in slots of storage; with it, headers prove nothing.
    """

    source: Source
    told: Blocks
    changed_code: Callable[[bytes], bytes] | None = None
    words: Callable[[Sequence[bytes], list[bytes]], list[bytes]] | None = None
    name: str = "tampered"

    @classmethod
    def of(cls, source: Source) -> "Tampered":
        return cls(source, tuple(source.blocks(0, source.head())))

    @property
    def chain_id(self) -> int:
        return self.source.chain_id

    def close(self) -> None:
        pass

    def head(self) -> int:
        return self.told[-1].number

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        yield from (block for block in self.told if first <= block.number <= last)

    def account(self, contract: str, block: Block) -> Account | None:
        known = None if self.words else self.source.account(contract, block)
        if known and self.changed_code:
            return replace(known, code_hash=keccak(self.code(contract, block)))
        return known

    def code(self, contract: str, block: Block) -> bytes:
        code = self.source.code(contract, block)
        return self.changed_code(code) if self.changed_code else code

    def storage(self, contract: str, slots: Sequence[bytes], block: Block) -> list[bytes]:
        told = self.source.storage(contract, slots, block)
        return self.words(slots, told) if self.words else told

    def with_fault(self, fault: Fault) -> Audit:
        return audit(replace(self, told=fault(self.told)))

    def with_word(self, slot: Slot, word: bytes) -> "Tampered":
        """The same chain with another word in a slot of the contract's storage."""

        def words(asked: Sequence[bytes], told: list[bytes]) -> list[bytes]:
            pairs = zip(asked, told, strict=True)
            return [word if place == slot.slot else here for place, here in pairs]

        return replace(self, words=words)


def slots_of(truth: Tampered, state: Path) -> list[Slot]:
    """All slots that a history wrote, by an audit that keeps this state."""
    audit(truth, state=state)
    storage = Storage(state)
    try:
        return [slot for some in storage.slots() for slot in some]
    finally:
        storage.close()


def lying(ask: Ask, method: str, change: Callable[[Any], Any]) -> Ask:
    """A node that gives other results to a method."""

    def answers(requests: list[Json]) -> Any:
        return [
            each | {"result": change(each["result"])} if request["method"] == method else each
            for request, each in zip(requests, ask(requests), strict=True)
        ]

    return answers


def findings(done: Audit) -> list[str]:
    return [f"{finding.about}: {finding.difference}" for finding in done.findings]


def differences(done: Audit) -> list[Finding]:
    return [finding for finding in done.findings if finding.level is Level.DIFFERENCE]


def places(blocks: Blocks, name: str) -> list[tuple[int, int]]:
    """The places (block and log) of the events of this name, in order; a block has one
    transaction."""
    return [
        (at, which)
        for at, block in enumerate(blocks)
        for transaction in block.transactions
        for which, log in enumerate(transaction.logs)
        if read(log).name == name
    ]


later = partial(faults.later, places)
no_block = partial(faults.no_block, places)


def calls(blocks: Blocks, function: str) -> list[int]:
    """The blocks in which this function was called."""
    return [
        at
        for at, block in enumerate(blocks)
        for transaction in block.transactions
        if transaction.to and decode_call(transaction.input)[0] == function
    ]


def decisions(blocks: Blocks, function: str) -> list[int]:
    """The blocks in which a decision to call this function was executed."""
    return [
        at
        for at, which in places(blocks, "DecisionExecuted")
        if decode_call(read(transaction_of(blocks, at).logs[which]).args["call"])[0] == function
    ]


def read(log: Log) -> Event:
    return decode_event(log.topics, log.data)


def written(log: Log, event: Event) -> Log:
    topics, data = encode_event(event)
    return replace(log, topics=topics, data=data)


def transaction_of(blocks: Blocks, at: int) -> Transaction:
    return blocks[at].transactions[0]


def with_transaction(blocks: Blocks, at: int, **changes: Any) -> Blocks:
    """Change the single transaction of a block."""
    (transaction,) = blocks[at].transactions
    told = replace(blocks[at], transactions=(replace(transaction, **changes),))
    return (*blocks[:at], told, *blocks[at + 1 :])


def event(name: str, which: int = 0, **changes: Any) -> Fault:
    """Change arguments of the nth event of a name; a function maps the old value to the new one."""

    def plant(blocks: Blocks) -> Blocks:
        at, index = places(blocks, name)[which]
        logs = list(transaction_of(blocks, at).logs)
        args = changed(read(logs[index]).args, changes)
        logs[index] = written(logs[index], Event(name, args))
        return with_transaction(blocks, at, logs=tuple(logs))

    return plant


def indirectly(name: str, which: int = 0) -> Fault:
    """Make the nth event of a name come from a call by another contract."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        return with_transaction(blocks, at, to=OTHER_CONTRACT, input=b"")

    return plant


def hidden(name: str, which: int = 0, **changes: Any) -> Fault:
    """Change an event whose calldata nobody can read."""
    return both(event(name, which, **changes), indirectly(name, which))


def call(function: str, which: int = 0, **changes: Any) -> Fault:
    """Change arguments of the nth call of a function."""

    def plant(blocks: Blocks) -> Blocks:
        at = calls(blocks, function)[which]
        name, args = decode_call(transaction_of(blocks, at).input)
        made = encode_call(name, *changed(args, changes).values())
        return with_transaction(blocks, at, input=made)

    return plant


def decided(function: str, which: int = 0, **changes: Any) -> Fault:
    """Change arguments of the nth governed function that a decision called, in its calldata."""

    def plant(blocks: Blocks) -> Blocks:
        at = decisions(blocks, function)[which]
        _, outer = decode_call(transaction_of(blocks, at).input)
        inner, *rest = outer["decision"]
        name, args = decode_call(inner)
        made = encode_call(name, *changed(args, changes).values())
        told = encode_call("execute", (made, *rest), outer["approvals"])
        return with_transaction(blocks, at, input=told)

    return plant


def no_event(name: str, which: int = 0) -> Fault:
    """Leave out the nth event of a name."""

    def plant(blocks: Blocks) -> Blocks:
        at, index = places(blocks, name)[which]
        logs = transaction_of(blocks, at).logs
        return with_transaction(blocks, at, logs=logs[:index] + logs[index + 1 :])

    return plant


def no_transaction(name: str, which: int = 0) -> Fault:
    """Leave out the transaction with the nth event of a name."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        return (*blocks[:at], replace(blocks[at], transactions=()), *blocks[at + 1 :])

    return plant


def again(name: str, which: int = 0) -> Fault:
    """Repeat the transaction with the nth event of a name in the last block."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        repeated = (*blocks[-1].transactions, transaction_of(blocks, at))
        return (*blocks[:-1], replace(blocks[-1], transactions=repeated))

    return plant


def reordered(name: str, which: int = 0) -> Fault:
    """Exchange the block with the nth event of a name and the one after it."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        first, second = blocks[at : at + 2]
        numbers = first.number, second.number
        swapped = (replace(second, number=numbers[0]), replace(first, number=numbers[1]))
        return (*blocks[:at], *swapped, *blocks[at + 2 :])

    return plant
