"""The ledger as the rest of the system sees it: calls in, honest outcomes and blocks out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code
from kindpakket.ledger.abi import Event, Revert
from kindpakket.protocol.messages import Domain


class LedgerUnavailable(Exception):
    """The ledger cannot be reached or cannot write; nothing is known to have happened."""


@dataclass(frozen=True)
class Settled:
    """The act is on the ledger."""

    transaction: Hash
    block: int
    time: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Refused:
    """The contract said no; the ledger is unchanged."""

    code: Code
    revert: Revert


@dataclass(frozen=True)
class Pending:
    """The act was sent and is not decided yet."""

    transaction: Hash


@dataclass(frozen=True)
class Unknown:
    """Sending failed in a way that does not tell whether the act arrived."""


Outcome = Settled | Refused | Pending | Unknown


@dataclass(frozen=True)
class Entry:
    """One transaction's effect on the contract."""

    transaction: Hash
    call: bytes
    """The calldata, when the transaction called the contract itself; else empty."""
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Block:
    """A block with what it did to the contract, in order."""

    number: int
    hash: Hash
    parent: Hash
    time: int
    entries: tuple[Entry, ...]


class Ledger(Protocol):
    """One contract on one chain, with a relay key that pays for transactions and nothing else."""

    @property
    def domain(self) -> Domain:
        """Where signatures count."""

    @property
    def relay(self) -> Address:
        """The relay's address."""

    def submit(self, call: bytes) -> Outcome:
        """Relay calldata.

        Raises:
            Refusal: the clock of this machine cannot be trusted; nothing was sent.
            LedgerUnavailable: nothing was sent.
        """

    def view(self, function: str, *args: Any, block: int | None = None) -> Any:
        """Ask a view of the contract, now or as it was after a block.

        Raises:
            LedgerUnavailable: no answer.
        """

    def time(self, now: int) -> int:
        """Return the time by which the contract judges an act that is sent when the clock says
        ``now``, in unix seconds. It is later than ``now`` while the head lies ahead of the clock.

        Raises:
            LedgerUnavailable: no answer.
        """

    def head(self) -> int:
        """Return the number of the latest final block."""

    def blocks(self, first: int) -> Iterator[Block]:
        """Return final blocks from a number on, in order."""

    def block_hash(self, number: int) -> Hash | None:
        """Return the hash of a block; None when there is none."""
