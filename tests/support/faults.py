"""Faults planted in the blocks that ``kindpakket-audit`` reads, and how arguments are changed.

The changed blocks have no faults against their headers, as when the owner made all headers again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket_audit.chains import Block, Log, Transaction
from kindpakket_audit.contract import Event, decode_event, encode_event
from tests.support.town import LETTERS, SCHEME

Blocks = tuple[Block, ...]
Fault = Callable[[Blocks], Blocks]

YEAR = 365 * 24 * 3600
STRANGER = address_of(coupon_key(LETTERS[1], 0, 3))
"""An unrelated coupon."""
ZERO = "0x" + "00" * 20
OTHER_CONTRACT = "0x" + "99" * 20
BY_HAND = encode_call("fund", SCHEME, 1)


def both(*faults: Fault) -> Fault:
    """Plant several faults, one after the other."""

    def plant(blocks: Blocks) -> Blocks:
        for fault in faults:
            blocks = fault(blocks)
        return blocks

    return plant


def later(name: str, which: int, seconds: int) -> Fault:
    """Shift the time of the nth event of a name, and of all after it."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        moved = (replace(block, time=block.time + seconds) for block in blocks[at:])
        return (*blocks[:at], *moved)

    return plant


def no_block(name: str, which: int = 0) -> Fault:
    """Leave out the block with the nth event of a name."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        return (*blocks[:at], *blocks[at + 1 :])

    return plant


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


def item(index: int, value: Any) -> Callable[[Any], Any]:
    """Change one item of a list or a struct; a function computes the new value from the old."""

    def change(old: Any) -> Any:
        made = value(old[index]) if callable(value) else value
        return (*old[:index], made, *old[index + 1 :])

    return change


def added(value: int) -> Callable[[Any], Any]:
    return lambda old: old + value


def flipped(signature: bytes) -> bytes:
    """A signature with one bit turned."""
    return bytes([signature[0] ^ 1]) + signature[1:]


def first_two_swapped(signatures: Any) -> Any:
    return (signatures[1], signatures[0], *signatures[2:])


def changed(args: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with changes; a function maps the old value to the new one."""
    made = {
        name: value(args[name]) if callable(value) else value for name, value in changes.items()
    }
    return dict(args) | made
