"""Results of an audit."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What an audit came to."""

    CLEAN = "clean"
    """All was checked, and nothing differs."""
    INCOMPLETE = "incomplete"
    """Nothing differs, and something could not be checked."""
    DIFFERS = "differs"
    UNREADABLE = "unreadable"
    """Nothing is known of the chain as it is now."""


class Level(StrEnum):
    """A difference is an error; a warning is what could not be checked."""

    DIFFERENCE = "difference"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One finding, in Dutch; ``time`` in unix seconds."""

    level: Level
    block: int
    time: int
    transaction: str | None
    """None when it is about a block or about totals."""
    about: str
    difference: str


@dataclass(frozen=True)
class Payout:
    """A payout on the ledger, as its event has it; time in unix seconds."""

    batch: int
    sha256: str
    """Hash of the lines that were decided, in 0x-hex."""
    amounts: tuple[tuple[int, int], ...]
    """Shop and settled amount of each line, in order, in cents."""
    block: int
    time: int
    transaction: str


@dataclass
class Audit:
    """What was checked, from the contract's creation up to and including ``last_block``."""

    source: str
    chain_id: int
    contract: str = ""
    findings: list[Finding] = field(default_factory=list)
    """The first of each level; see ``found``."""
    found: dict[str, int] = field(default_factory=dict)
    """Number of all findings, by level."""
    payouts: list[Payout] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    """Number of events that were computed again, by name."""
    slots: int = 0
    """Number of storage slots that were compared."""
    indirect: int = 0
    """Number of transactions that reached the contract through another one."""
    unknown: int = 0
    """Number of blocks of which the transactions could not be compared with the header, since one
    is of an unknown type."""
    roots: bool = False
    """Whether every header commits to the transactions and receipts."""
    proved: bool = False
    """Whether the contract's account was proved by the state root of the last block."""
    recompiled: bool = False
    """Whether a compiler of the user made the same code of the source text."""
    expected: list[str] = field(default_factory=list)
    """The hashes of blocks that others kept and that were found, as BLOCK:HASH."""
    went_on_at: int | None = None
    """The first block that was read now; the ones before it were read by an earlier audit."""
    unreadable: str = ""
    """Why nothing is known of the chain as it is now."""
    weaker: list[str] = field(default_factory=list)
    """Dutch sentences: what this chain does not let anyone check."""
    others: list[str] = field(default_factory=list)
    """The other nodes that were compared."""
    totals: dict[str, int] = field(default_factory=dict)
    """Sums of the contract's totals, in cents."""
    first_block: int = 0
    first_time: int = 0
    last_block: int = -1
    last_time: int = 0
    last_hash: str = ""

    @property
    def result(self) -> Result:
        """What the audit came to."""
        if self.unreadable:
            return Result.UNREADABLE
        if self.found.get(Level.DIFFERENCE):
            return Result.DIFFERS
        if self.found.get(Level.WARNING) or self.weaker:
            return Result.INCOMPLETE
        return Result.CLEAN

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it unless many of its level are kept."""
        count = self.found[finding.level] = self.found.get(finding.level, 0) + 1
        if count <= _MOST:
            self.findings.append(finding)


def from_kept(kept: dict[str, Any]) -> Audit:
    """Return an audit from its fields as JSON has them."""
    known = Audit(**kept)
    known.findings = findings_from_kept(kept["findings"])
    known.payouts = [
        Payout(**(each | {"amounts": tuple(map(tuple, each["amounts"]))}))
        for each in kept["payouts"]
    ]
    return known


def findings_from_kept(kept: list[dict[str, Any]]) -> list[Finding]:
    """Return findings from their fields as JSON has them."""
    return [Finding(**(each | {"level": Level(each["level"])})) for each in kept]


_MOST = 1_000
"""Findings of a level that are kept."""


def shown(value: Any) -> str:
    """Format any value of the ledger, shortened to a readable length."""
    text = _shown(value)
    return text if len(text) <= _READABLE else text[:_READABLE] + "…"


def euros(amount: int) -> str:
    """Format an amount in cents, as in € 1.234,56."""
    whole, cents = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    return f"€ {sign}{whole:,}".replace(",", ".") + f",{cents:02}"


_READABLE = 200


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "ja" if value else "nee"
        case bytes():
            return f"0x{value.hex()}"
        case list() | tuple():
            return "[" + ", ".join(map(_shown, value)) + "]"
        case _:
            return str(value)
