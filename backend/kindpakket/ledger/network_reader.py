"""Reads the state of a network from its nodes and from its register of parties."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.abi import AbiEntry, entries
from kindpakket.ledger.comparison import NodeState, compare
from kindpakket.ledger.network import (
    DoubleSignature,
    NetworkSeen,
    NodeHead,
    Party,
    PlannedVersion,
    ProposedBlock,
    WaitingChange,
)
from kindpakket.ledger.nodes import Node, Nodes
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.rpc import Rpc, RpcError

REGISTER = Address("0x65d5eb1b9dc4ab7c3b83eeb44d262b9e76395bd4")
"""Where every network has contracts/Parties.sol."""
BLOCKS = 12
"""How many of the last blocks are read."""

_VALIDATOR = "kindpakket_validator"
"""A method of our node: the validator of its party."""
_ABI = json.loads(files(__package__).joinpath("Parties.json").read_text())["abi"]
_FUNCTIONS = {entry.name: entry for entry in entries(_ABI, "function", 4)}
_BY_SELECTOR = {entry.id: entry for entry in _FUNCTIONS.values()}
_NO_ANSWER = (LedgerUnavailable, RpcError, LookupError, TypeError, ValueError)
"""A node can answer anything."""


class NetworkReader:
    """Reads from the nodes of the settings.

    Args:
        states: returns how the nodes stood when they were last compared.
    """

    def __init__(self, nodes: Nodes, states: Callable[[], Sequence[NodeState]]) -> None:
        self._nodes = nodes
        self._readers = [_Reader(node) for node in nodes.each]
        self._states = states
        self._register: dict[str, Any] = {}
        """As last read."""

    def __call__(self) -> NetworkSeen:
        """Return what the nodes say now; a node that fails is one that does not answer."""
        states = compare(self._nodes, self._states())
        with ThreadPoolExecutor(len(states)) as pool:
            heads = tuple(pool.map(_Reader.read_head, self._readers, states))
        in_step = zip(self._readers, states, strict=True)
        source = next((reader for reader, state in in_step if state.standing == "same"), None)
        if source is None:
            return NetworkSeen(heads, **self._register)
        blocks = source.last_blocks()
        self._register = read_register(source.rpc) or self._register
        return NetworkSeen(heads, blocks, **self._register)


class _Reader:
    def __init__(self, node: Node) -> None:
        self.rpc = Rpc(node)
        self._validator: Address | None = None

    def read_head(self, state: NodeState) -> NodeHead:
        if state.block is None:
            return NodeHead(self._validator, state.standing, None, None)
        if self._validator is None:
            self._validator = self._own_validator()
        block = self._block(state.block)
        return NodeHead(self._validator, state.standing, state.block, block.hash if block else None)

    def _own_validator(self) -> Address | None:
        try:
            return Address(self.rpc(_VALIDATOR).lower())
        except (*_NO_ANSWER, AttributeError):
            return None

    def last_blocks(self) -> tuple[ProposedBlock, ...]:
        try:
            head = int(self.rpc("eth_blockNumber"), 16)
        except _NO_ANSWER:
            return ()
        blocks = map(self._block, range(head, max(-1, head - BLOCKS), -1))
        return tuple(block for block in blocks if block)

    def _block(self, number: int) -> ProposedBlock | None:
        try:
            block = self.rpc("eth_getBlockByNumber", hex(number), False)
            return ProposedBlock(
                int(block["number"], 16),
                Hash(block["hash"]),
                int(block["timestamp"], 16),
                Address(block["miner"].lower()),
                len(block["transactions"]),
            )
        except _NO_ANSWER:
            return None


def read_register(rpc: Rpc) -> dict[str, Any]:
    """Return the fields of :class:`NetworkSeen` that are in the register; none without one."""
    view = _FUNCTIONS["network"]
    message = {"to": REGISTER, "data": "0x" + view.id.hex()}
    try:
        data = bytes.fromhex(rpc("eth_call", message, "latest")[2:])
        types = [collapse_if_tuple(dict(item)) for item in view.outputs]
        return _fields(_named(view.outputs[0], decode(types, data)[0]))
    except (*_NO_ANSWER, DecodingError, OverflowError):
        return {}


def _named(item: Mapping[str, Any], value: Any) -> Any:
    """A decoded value with the names of its struct's fields, at every depth."""
    if item["type"].endswith("[]"):
        one = {**item, "type": item["type"][:-2]}
        return [_named(one, each) for each in value]
    if item["type"] == "tuple":
        fields = zip(item["components"], value, strict=True)
        return {field["name"]: _named(field, each) for field, each in fields}
    return value


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    upgrade = told["upgrade"]
    return {
        "parties": tuple(
            Party(each["name"], Address(each["account"]), validator_of(each["key"]))
            for each in told["parties"]
        ),
        "waiting": tuple(
            WaitingChange(*_call(each["call"]), tuple(map(Address, each["approvals"])))
            for each in told["waiting"]
        ),
        "upgrade": PlannedVersion(**upgrade) if upgrade["height"] else None,
        "evidence": tuple(
            DoubleSignature(Address(each["validator"]), each["height"], each["time"])
            for each in told["evidence"]
        ),
    }


def validator_of(key: bytes) -> Address:
    """Return how a block names the validator with this consensus key."""
    return Address("0x" + sha256(key).hexdigest()[:40])


def _call(call: bytes) -> tuple[str, dict[str, Any]]:
    """The function of a change and its arguments; empty when these cannot be decoded, since one
    party alone proposes what it likes."""
    try:
        entry: AbiEntry = _BY_SELECTOR[call[:4]]
        args = entry.decode(call[4:])
    except (LookupError, ValueError):
        return "", {}
    return entry.name, {item["name"]: _named(item, args[item["name"]]) for item in entry.inputs}
