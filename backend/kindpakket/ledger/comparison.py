"""Comparison of what several nodes tell of one chain.

A process compares at an interval and writes the result to a file; others read it before each act.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.nodes import Node, Nodes, name_of
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.rpc import Rpc

STATES = "nodes.json"
"""File in the data directory with the result of :func:`compare`."""
_BEHIND_BLOCKS, _BEHIND_SECONDS = 5, 5
"""A node is behind when it lacks this many blocks and its head is this much older."""
_LEAST_FOR_MEDIAN = 3
_OLD_SECONDS = 60
"""Age from which a comparison does not count, as when the process that compares does not run."""

Standing = Literal["same", "behind", "away", "differs"]


@dataclass(frozen=True)
class NodeState:
    """What a node told, compared with the others."""

    name: str
    standing: Standing
    block: int | None = None
    """Its head; None when it did not answer."""
    time: int | None = None
    """The time of that block, in unix seconds."""
    blocks_behind: int = 0
    seconds_behind: int = 0


def compare(
    nodes: Nodes,
    before: Sequence[NodeState] = (),
    confirmations: int = 0,
    clock: Callable[[], float] = time.time,
) -> list[NodeState]:
    """Compare the heads of all nodes, and the hashes at the last block that two have in common.

    A node that differed stays so until it answers and is the same. A node that tells a head that is
    not there cannot make another look behind whose head is recent by the clock; with three answers
    or more, it cannot make any.
    """
    differed = {state.name for state in before if state.standing == "differs"}
    with ThreadPoolExecutor(len(nodes.each)) as threads:  # at one moment, also if one hangs
        told = list(threads.map(_head, nodes.each))
    answered = sorted((each for each in told if each.block is not None), key=_number)
    if not answered:
        return [_unless_answered(each, differed) for each in told]
    newest = answered[-1 if len(answered) < _LEAST_FOR_MEDIAN else (len(answered) - 1) // 2]
    first = next(place for place, each in enumerate(told) if each.block is not None)
    states = []
    for node, state in zip(nodes.each, told, strict=True):
        if state.block is None:
            states.append(_unless_answered(state, differed))
            continue
        # One less, since a node may tell its head before it has the block.
        common = min(_number(state), _number(told[first])) - max(confirmations, 1)
        same = node is nodes.each[first] or _same(node, nodes.each[first], common)
        if same is None:
            states.append(_unless_answered(NodeState(state.name, "away"), differed))
        elif not same:
            states.append(replace(state, standing="differs"))
        else:
            states.append(_measured(state, newest, int(clock())))
    return states


class StatesFile:
    """The states of nodes in a data directory, read again when they change.

    Args:
        urls: the nodes of the settings; what the file has of others is ignored.
    """

    def __init__(self, data: Path, urls: Sequence[str]) -> None:
        self._path = data / STATES
        self._names = set(map(name_of, urls))
        self._read_at = 0
        self._states: list[NodeState] = []

    def read(self) -> list[NodeState]:
        """Return what was written last; empty before the first comparison."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read_at:
                told = json.loads(self._path.read_text())
                states = [NodeState(**each) for each in told]
                self._states = [state for state in states if state.name in self._names]
                self._read_at = changed
        except FileNotFoundError:
            self._states = []
        return self._states

    def write(self, states: Sequence[NodeState]) -> None:
        """Replace what was written, at once."""
        part = self._path.with_suffix(f".{os.getpid()}")  # another process may write too
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump([asdict(state) for state in states], file)
        part.replace(self._path)

    def is_behind(self, name: str) -> bool:
        """Whether a node was behind a moment ago."""
        states = [] if self.is_old() else self._states
        return any(each.name == name and each.standing == "behind" for each in states)

    def is_old(self) -> bool:
        """Whether nothing was written for a minute."""
        self.read()
        return time.time() - self._read_at / 1e9 > _OLD_SECONDS


class NodesGuard:
    """Refuses acts while nodes contradict each other.

    They are compared here when nothing else did for a minute, as when the follower does not run.
    """

    def __init__(self, nodes: Nodes, file: StatesFile, confirmations: int) -> None:
        self._nodes, self._file, self._confirmations = nodes, file, confirmations
        self._comparing = threading.Lock()

    def check(self) -> None:
        """Check that no two nodes contradict each other.

        Raises:
            Refusal: they do.
        """
        if not self._differ():
            return
        with self._comparing:
            if self._file.is_old():
                before = self._file.read()
                self._file.write(compare(self._nodes, before, self._confirmations))
        if self._differ():
            raise Refusal(Code.NODES_DIFFER)

    def _differ(self) -> bool:
        return any(each.standing == "differs" for each in self._file.read())


def _head(node: Node) -> NodeState:
    try:
        block = Rpc(node).block("latest")
        return NodeState(node.name, "same", int(block["number"], 16), int(block["timestamp"], 16))
    except (LedgerUnavailable, LookupError, TypeError, ValueError):
        return NodeState(node.name, "away")


def _same(node: Node, first: Node, number: int) -> bool | None:
    """Whether two nodes have the same block; None when one does not tell."""
    try:
        told = [Rpc(each).block(hex(max(number, 0)))["hash"] for each in (node, first)]
    except (LedgerUnavailable, LookupError, TypeError):
        return None
    return bool(told[0] == told[1])


def _measured(state: NodeState, newest: NodeState, now: int) -> NodeState:
    blocks = max(_number(newest) - _number(state), 0)
    seconds = max(min(newest.time or 0, now) - (state.time or 0), 0)
    behind = blocks >= _BEHIND_BLOCKS and seconds >= _BEHIND_SECONDS
    standing: Standing = "behind" if behind else "same"
    return replace(state, standing=standing, blocks_behind=blocks, seconds_behind=seconds)


def _unless_answered(state: NodeState, differed: set[str]) -> NodeState:
    return replace(state, standing="differs") if state.name in differed else state


def _number(state: NodeState) -> int:
    return state.block or 0
