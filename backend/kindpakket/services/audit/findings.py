"""Results of an audit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kindpakket.domain.ids import Hash, ShopId


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
    transaction: Hash | None
    """None when it is about totals."""
    about: str
    difference: str


@dataclass(frozen=True)
class Recorded:
    """A payout on the ledger, as its event has it; time in unix seconds."""

    batch: int
    sha256: Hash
    """Hash of the lines that were decided."""
    amounts: tuple[tuple[ShopId, int], ...]
    """The amount settled of each line, in order, in cents."""
    block: int
    time: int
    transaction: Hash | None


@dataclass
class Audit:
    """What was checked, up to and including ``last_block``, and the findings."""

    findings: list[Finding] = field(default_factory=list)
    payouts: list[Recorded] = field(default_factory=list)
    """Payouts on the ledger, to compare with lines that are kept elsewhere."""
    events: Counter[str] = field(default_factory=Counter)
    """Number of events checked, by name."""
    views: int = 0
    """Number of answers of the contract that were compared."""
    first_time: int = 0
    last_time: int = 0
    last_block: int = 0

    @property
    def differences(self) -> Sequence[Finding]:
        """The findings that are errors."""
        return [finding for finding in self.findings if finding.level is Level.DIFFERENCE]
