"""The ledger port: calls in, outcomes and blocks out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code
from kindpakket.ledger.abi import Event, Revert
from kindpakket.protocol.messages import Domain
from kindpakket_audit.findings import Audit

View = Callable[..., Any]
"""Reads from the ledger, as :meth:`Ledger.view`: now, in one block, or with a cache."""


class LedgerUnavailable(Exception):
    """The ledger cannot be reached or cannot write. Nothing is known to have changed."""


class ChainInUse(Exception):
    """Another process, or this one, writes to the chain with the same directory."""


class ContractDiffers(Exception):
    """The contract of the ledger is not the one of this program."""


@dataclass(frozen=True)
class Settled:
    """The act is on the ledger."""

    transaction: Hash
    block: int
    time: int
    events: tuple[Event, ...]
    again: bool = False
    """Whether it was sent by an earlier call."""


@dataclass(frozen=True)
class Refused:
    """The contract reverted; the ledger is unchanged."""

    code: Code
    revert: Revert


@dataclass(frozen=True)
class Pending:
    """The act was sent and is not in a final block yet."""

    transaction: Hash


@dataclass(frozen=True)
class Unknown:
    """Sending failed; it is unknown whether the act arrived."""


Outcome = Settled | Refused | Pending | Unknown


@dataclass(frozen=True)
class Entry:
    """The effects of one transaction on the contract."""

    transaction: Hash
    call: bytes
    """The calldata, when the transaction called the contract itself; else empty."""
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Block:
    """A block with its effects on the contract, in order."""

    number: int
    hash: Hash
    parent: Hash
    """The hash of the block before it, of those that the ledger returns."""
    time: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class RelayState:
    """The account of the relay."""

    balance: int
    """In wei."""
    waiting: int
    """How many of its transactions are not in a block."""


Progress = Callable[[int, int], None]
"""Called with the number of blocks that an audit read, and of all."""


class Ledger(Protocol):
    """One contract on one chain, with a relay key that only pays for transactions."""

    @property
    def domain(self) -> Domain:
        """The EIP-712 domain of the contract."""

    @property
    def relay(self) -> Address:
        """The relay's address."""

    def submit(self, call: bytes) -> Outcome:
        """Relay calldata.

        Raises:
            Refusal: the clock of this machine or the nodes cannot be trusted; nothing was sent.
            LedgerUnavailable: nothing was sent.
        """

    def check(self) -> None:
        """Check that an act would be sent.

        Raises:
            Refusal: the clock of this machine or the nodes cannot be trusted.
        """

    def reach(self) -> None:
        """Check that the chain takes transactions; none is sent.

        Raises:
            LedgerUnavailable: no answer.
        """

    def relay_state(self) -> RelayState:
        """Return the state of the relay's account.

        Raises:
            LedgerUnavailable: no answer.
        """

    def keep(self) -> None:
        """Send again what was sent and is not final.

        Raises:
            LedgerUnavailable: no answer.
        """

    def view(self, function: str, *args: Any, block: int | None = None) -> Any:
        """Call a view of the contract, at the latest block or at a given one.

        Raises:
            LedgerUnavailable: no answer.
        """

    def time(self, now: int) -> int:
        """Return the block time that an act sent at clock time ``now`` would get, in unix seconds.

        It is later than ``now`` while the head is ahead of the clock.

        Raises:
            LedgerUnavailable: no answer.
        """

    def head(self) -> int:
        """Return the number of the latest final block."""

    def blocks(self, first: int) -> Iterator[Block]:
        """Return final blocks from a number on, in order: the first, the last, and at least each
        other with effects on the contract.

        Raises:
            LedgerUnavailable: no answer, or a block was replaced.
        """

    def block_hash(self, number: int) -> Hash | None:
        """Return the hash of a block; None when there is none."""

    def audit(self, progress: Progress = lambda *_: None, state: Path | None = None) -> Audit:
        """Check all that ever happened, up to the latest final block, by ``kindpakket-audit``.

        Args:
            progress: what it raises ends the audit after blocks that ``state`` keeps.
            state: a file from which the audit goes on, and where it keeps how far it came.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
        """
