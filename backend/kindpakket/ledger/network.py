"""The answers of the nodes of a network about it at one moment."""

from dataclasses import dataclass
from typing import Any

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.comparison import Standing


@dataclass(frozen=True)
class Party:
    """An organisation with a vote, from the register on the chain (contracts/Parties.sol)."""

    name: str
    account: Address
    validator: Address
    """The first 20 bytes of the SHA-256 of its consensus key: the miner of the blocks that it
    proposes."""


@dataclass(frozen=True)
class NodeHead:
    """A node that this server asks, and the head of its chain; None when it does not answer."""

    validator: Address | None
    """The node's own; None when the node tells none."""
    standing: Standing
    """Compared with the others."""
    head: int | None
    hash: Hash | None


@dataclass(frozen=True)
class ProposedBlock:
    """One of the last blocks. Time in unix seconds."""

    number: int
    hash: Hash
    time: int
    validator: Address
    """The party's that proposed it."""
    transactions: int


@dataclass(frozen=True)
class WaitingChange:
    """A change of the network that not enough parties have approved yet."""

    function: str
    """Of contracts/Parties.sol, such as ``addParty``; empty when the change cannot be decoded."""
    args: dict[str, Any]
    approvals: tuple[Address, ...]
    """The accounts of the parties that approved it."""


@dataclass(frozen=True)
class DoubleSignature:
    """Evidence that a validator signed two different blocks of one height. Time in unix seconds."""

    validator: Address
    height: int
    time: int


@dataclass(frozen=True)
class PlannedVersion:
    """The software that runs from a block on."""

    version: str
    height: int


@dataclass(frozen=True)
class NetworkSeen:
    """All answers. Without a register of parties, as on other networks, these lists are empty."""

    nodes: tuple[NodeHead, ...] = ()
    """In the order of the settings; empty for the embedded chain."""
    blocks: tuple[ProposedBlock, ...] = ()
    """Newest first."""
    parties: tuple[Party, ...] = ()
    waiting: tuple[WaitingChange, ...] = ()
    upgrade: PlannedVersion | None = None
    """None when none is planned."""
    evidence: tuple[DoubleSignature, ...] = ()
