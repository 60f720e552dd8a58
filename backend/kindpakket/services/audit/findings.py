"""What an audit hands over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kindpakket.domain.ids import Hash, ShopId


class Level(StrEnum):
    """A difference is wrong; a warning is what could not be checked."""

    DIFFERENCE = "difference"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, in Dutch; ``time`` in unix seconds."""

    level: Level
    block: int
    time: int
    transaction: Hash | None
    """None when it is about the totals, not about one act."""
    about: str
    difference: str


@dataclass(frozen=True)
class Recorded:
    """A payout on the ledger, as its event has it; time in unix seconds."""

    batch: int
    sha256: Hash
    """Of the lines that were decided."""
    amounts: tuple[tuple[ShopId, int], ...]
    """What was settled of each line, in order, in cents."""
    block: int
    time: int
    transaction: Hash | None


@dataclass
class Audit:
    """What was checked, up to and including ``last_block``, and what was found."""

    findings: list[Finding] = field(default_factory=list)
    payouts: list[Recorded] = field(default_factory=list)
    """What the ledger says was paid out, for who keeps the lines."""
    events: Counter[str] = field(default_factory=Counter)
    """How many of each event were checked."""
    views: int = 0
    """How many answers of the contract were compared."""
    first_time: int = 0
    last_time: int = 0
    last_block: int = 0

    @property
    def differences(self) -> Sequence[Finding]:
        """Only what is wrong."""
        return [finding for finding in self.findings if finding.level is Level.DIFFERENCE]
