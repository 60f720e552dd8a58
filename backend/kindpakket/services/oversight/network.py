"""State of the parties that keep the ledger, for the page ``/netwerk``."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.network import (
    DoubleSignature,
    NetworkSeen,
    NodeHead,
    Party,
    PlannedVersion,
    ProposedBlock,
    WaitingChange,
)
from kindpakket.ledger.port import Ledger

FRESH_SECONDS = 1.0
"""How long an answer of the nodes is shown before they are asked again."""
QUIET_SECONDS = 60
"""A chain without a new block for so long stands still."""

PATIENT_SECONDS = 4
"""A demo's till that waits for longer says so."""

Read = Callable[[], NetworkSeen]


class Presence(StrEnum):
    """Whether a party takes part."""

    HERE = "here"
    BEHIND = "behind"
    AWAY = "away"
    DIFFERS = "differs"
    UNSEEN = "unseen"
    """This server does not ask its node, and it proposed none of the last blocks."""


_PRESENCE = {
    "same": Presence.HERE,
    "behind": Presence.BEHIND,
    "away": Presence.AWAY,
    "differs": Presence.DIFFERS,
}


class Health(StrEnum):
    """State of the network as a whole."""

    ALONE = "alone"
    """One party keeps the ledger: the embedded chain."""
    UNREGISTERED = "unregistered"
    """Nodes of a chain without a register of parties."""
    WHOLE = "whole"
    SOME_AWAY = "some_away"
    HALTED = "halted"
    UNREACHABLE = "unreachable"
    FORKED = "forked"
    """Nodes show different blocks of one height."""


@dataclass(frozen=True)
class Keeper:
    """A party, or a node whose party is not known."""

    name: str
    """Empty for a node of which the party is not known."""
    account: Address | None
    validator: Address | None
    presence: Presence
    head: int | None
    hash: Hash | None
    proposed: int | None
    """The newest of the last blocks that it proposed."""


@dataclass(frozen=True)
class NetworkState:
    """All that the page shows."""

    health: Health
    needed: int
    """How many have to agree on a block."""
    keepers: tuple[Keeper, ...]
    blocks: tuple[ProposedBlock, ...]
    """Newest first."""
    waiting: tuple[WaitingChange, ...] = ()
    upgrade: PlannedVersion | None = None
    evidence: tuple[DoubleSignature, ...] = ()

    @property
    def away(self) -> int:
        """How many are known not to take part."""
        here = (Presence.HERE, Presence.UNSEEN)
        return sum(each.presence not in here for each in self.keepers)


@dataclass(frozen=True)
class TillState:
    """State of a demo's till, which is paid all the time."""

    town: str
    payments: int
    seconds: int
    """Since its last payment was settled."""

    @property
    def waits(self) -> bool:
        """Whether the next one should have been settled by now."""
        return self.seconds > PATIENT_SECONDS


class Playground(Protocol):
    """The nodes and the till of a demo on one machine."""

    def stopped(self) -> frozenset[Address]:
        """Return the validators whose nodes were stopped."""

    def stop(self, validator: Address) -> None:
        """Kill the node of a validator; do nothing for one that is stopped or unknown."""

    def start(self, validator: Address) -> None:
        """Start it again; do nothing for one that runs or is unknown."""

    def till(self) -> TillState:
        """Return the state of the till."""


class NetworkWatch:
    """Asks the nodes at most once a second, however many look.

    Args:
        read: asks them; None for the embedded chain.
    """

    def __init__(self, read: Read | None) -> None:
        self._read = read
        self._asking = threading.Lock()
        self._seen: NetworkSeen | None = None
        self._until = 0.0

    def look(self, ledger: Ledger, now: int) -> NetworkState:
        """Return the state at a clock time, in unix seconds.

        Raises:
            LedgerUnavailable: the embedded chain cannot be read.
        """
        if self._read is None:
            return _alone(ledger)
        return state_of(self._fresh(self._read), now)

    def _fresh(self, read: Read) -> NetworkSeen:
        # One asks; others are shown what was seen last, so that a silent node holds up nobody.
        if time.monotonic() >= self._until and self._asking.acquire(blocking=self._seen is None):
            try:
                if self._seen is None or time.monotonic() >= self._until:
                    self._seen = read()
                    self._until = time.monotonic() + FRESH_SECONDS
            finally:
                self._asking.release()
        return self._seen or NetworkSeen()


def _alone(ledger: Ledger) -> NetworkState:
    head = ledger.head()
    keeper = Keeper("", None, None, Presence.HERE, head, ledger.block_hash(head), None)
    return NetworkState(Health.ALONE, 1, (keeper,), ())


def state_of(seen: NetworkSeen, now: int) -> NetworkState:
    """Derive the state from the answers of the nodes, at a clock time in unix seconds."""
    nodes = {node.validator: node for node in seen.nodes if node.validator}
    if seen.parties:
        keepers = tuple(_keeper(party, nodes.get(party.validator), seen) for party in seen.parties)
    else:
        keepers = tuple(_keeper(None, node, seen) for node in seen.nodes)
    needed = 2 * len(seen.parties) // 3 + 1
    head = seen.blocks[0].number if seen.blocks else 0
    upgrade = seen.upgrade if seen.upgrade and seen.upgrade.height > head else None
    state = NetworkState(
        Health.WHOLE, needed, keepers, seen.blocks, seen.waiting, upgrade, seen.evidence
    )
    return replace(state, health=_health(state, seen, now))


def _keeper(party: Party | None, node: NodeHead | None, seen: NetworkSeen) -> Keeper:
    validator = party.validator if party else None
    proposed = next((each.number for each in seen.blocks if each.validator == validator), None)
    if node is None:
        presence = Presence.UNSEEN if proposed is None else Presence.HERE
    else:
        presence = _PRESENCE[node.standing]
    return Keeper(
        party.name if party else "",
        party.account if party else None,
        validator,
        presence,
        node.head if node else None,
        node.hash if node else None,
        proposed,
    )


def _health(state: NetworkState, seen: NetworkSeen, now: int) -> Health:
    if any(each.presence == Presence.DIFFERS for each in state.keepers):
        return Health.FORKED
    if not seen.blocks:
        return Health.UNREACHABLE
    if not seen.parties:
        return Health.UNREGISTERED
    quiet = now - seen.blocks[0].time > QUIET_SECONDS
    if quiet or len(state.keepers) - state.away < state.needed:
        return Health.HALTED
    return Health.SOME_AWAY if state.away else Health.WHOLE
