"""Faults for both audits: how arguments are changed, and what the blocks of either can lack."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from kindpakket.ledger import port
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket_audit import chains
from tests.support.town import LETTERS, SCHEME

Block = TypeVar("Block", chains.Block, port.Block)
Chain = TypeVar("Chain")

YEAR = 365 * 24 * 3600
STRANGER = address_of(coupon_key(LETTERS[1], 0, 3))
"""An unrelated coupon."""
ZERO = "0x" + "00" * 20
BY_HAND = encode_call("fund", SCHEME, 1)


def both(*faults: Callable[[Chain], Chain]) -> Callable[[Chain], Chain]:
    """Plant several faults, one after the other."""

    def plant(blocks: Chain) -> Chain:
        for fault in faults:
            blocks = fault(blocks)
        return blocks

    return plant


def later(
    places: Callable[[tuple[Block, ...], str], list[tuple[int, int]]],
    name: str,
    which: int,
    seconds: int,
) -> Callable[[tuple[Block, ...]], tuple[Block, ...]]:
    """Shift the time of the nth event of a name, and of all after it."""

    def plant(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        at, _ = places(blocks, name)[which]
        moved = (replace(block, time=block.time + seconds) for block in blocks[at:])
        return (*blocks[:at], *moved)

    return plant


def no_block(
    places: Callable[[tuple[Block, ...], str], list[tuple[int, int]]], name: str, which: int = 0
) -> Callable[[tuple[Block, ...]], tuple[Block, ...]]:
    """Leave out the block with the nth event of a name."""

    def plant(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        at, _ = places(blocks, name)[which]
        return (*blocks[:at], *blocks[at + 1 :])

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
