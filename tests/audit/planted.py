"""A faulty ledger: the audit's input, altered by hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.abi import Event, decode_call, encode_call
from kindpakket.ledger.port import Block, Entry, Ledger, Outcome
from kindpakket.protocol.messages import Domain
from tests.support import faults
from tests.support.faults import changed

Blocks = tuple[Block, ...]
Fault = Callable[[Blocks], Blocks]
Views = Mapping[tuple[str, Any], Callable[[Any], Any]]
Tell = Callable[..., "Telling"]


@dataclass
class Telling:
    """A ledger with these blocks, and other answers for some views.

    `views` maps a function and its first argument (None for any) to a change of the answer.
    """

    truth: Ledger
    told: Blocks
    views: Views
    known: dict[Any, Any]
    """A cache of answers: the town does not change during an audit."""

    @property
    def domain(self) -> Domain:
        return self.truth.domain

    @property
    def relay(self) -> Address:
        return self.truth.relay

    def submit(self, call: bytes) -> Outcome:
        raise NotImplementedError

    def view(self, function: str, *args: Any, block: int | None = None) -> Any:
        key = (function, args)
        if key not in self.known:
            self.known[key] = self.truth.view(function, *args, block=block)
        answer = self.known[key]
        for told in ((function, args[0] if args else None), (function, None)):
            if told in self.views:
                return self.views[told](answer)
        return answer

    def head(self) -> int:
        return self.told[-1].number

    def time(self, now: int) -> int:
        return self.truth.time(now)

    def blocks(self, first: int) -> Iterator[Block]:
        yield from (block for block in self.told if block.number >= first)

    def block_hash(self, number: int) -> Hash | None:
        return self.truth.block_hash(number)


def places(blocks: Blocks, name: str) -> list[tuple[int, int]]:
    """The places (block and event) of the events of this name, in order; a block has one entry."""
    return [
        (at, which)
        for at, block in enumerate(blocks)
        for entry in block.entries
        for which, event in enumerate(entry.events)
        if event.name == name
    ]


later = partial(faults.later, places)
no_block = partial(faults.no_block, places)


def calls(blocks: Blocks, function: str) -> list[int]:
    """The blocks in which this function was called."""
    return [
        at
        for at, block in enumerate(blocks)
        for entry in block.entries
        if entry.call and decode_call(entry.call)[0] == function
    ]


def with_entry(blocks: Blocks, at: int, **changes: Any) -> Blocks:
    """Change the single entry of a block."""
    (entry,) = blocks[at].entries
    told = replace(blocks[at], entries=(replace(entry, **changes),))
    return (*blocks[:at], told, *blocks[at + 1 :])


def entry_of(blocks: Blocks, at: int) -> Entry:
    return blocks[at].entries[0]


def event(name: str, which: int = 0, **changes: Any) -> Fault:
    """Change arguments of the nth event of a name; a function maps the old value to the new one."""

    def plant(blocks: Blocks) -> Blocks:
        at, index = places(blocks, name)[which]
        events = list(entry_of(blocks, at).events)
        events[index] = Event(name, changed(events[index].args, changes))
        return with_entry(blocks, at, events=tuple(events))

    return plant


def call(function: str, which: int = 0, **changes: Any) -> Fault:
    """Change arguments of the nth call of a function."""

    def plant(blocks: Blocks) -> Blocks:
        at = calls(blocks, function)[which]
        name, args = decode_call(entry_of(blocks, at).call)
        made = encode_call(name, *changed(args, changes).values())
        return with_entry(blocks, at, call=made)

    return plant


def no_event(name: str, which: int = 0) -> Fault:
    """Leave out the nth event of a name."""

    def plant(blocks: Blocks) -> Blocks:
        at, index = places(blocks, name)[which]
        events = entry_of(blocks, at).events
        return with_entry(blocks, at, events=events[:index] + events[index + 1 :])

    return plant


def no_entry(name: str, which: int = 0) -> Fault:
    """Leave out the transaction with the nth event of a name."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        told = replace(blocks[at], entries=())
        return (*blocks[:at], told, *blocks[at + 1 :])

    return plant


def again(name: str, which: int = 0) -> Fault:
    """Repeat the transaction with the nth event of a name in the last block."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        last = replace(blocks[-1], entries=(*blocks[-1].entries, entry_of(blocks, at)))
        return (*blocks[:-1], last)

    return plant


def indirectly(name: str, which: int = 0) -> Fault:
    """Make the nth event of a name come from a call by another contract."""

    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, name)[which]
        return with_entry(blocks, at, call=b"")

    return plant
