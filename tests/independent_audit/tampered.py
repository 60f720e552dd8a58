"""A chain whose owner changed what it tells: its blocks, its code or its storage."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kindpakket_audit.chains import Account, Block, Source
from kindpakket_audit.findings import Audit, Finding, Level
from kindpakket_audit.hashing import keccak
from kindpakket_audit.node import Ask, Json
from kindpakket_audit.replay import audit
from kindpakket_audit.storage import Slot, Storage
from tests.support.faults import Blocks, Fault


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
