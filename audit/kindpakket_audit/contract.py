"""The contract that the audit carries: its code, its storage layout, its calls and events.

``contract.json`` is made by the pinned compiler from the source text in its ``input``.
"""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError

from kindpakket_audit.hashing import NAME, VERSION, Domain, keccak

_DATA = json.loads(files(__package__).joinpath("contract.json").read_text())

INPUT: dict[str, Any] = _DATA["input"]
"""The compiler's standard input, with the whole source text."""
SOURCE_SHA256 = hashlib.sha256(json.dumps(INPUT, sort_keys=True).encode()).hexdigest()
"""Of the compiler's input, in hex."""
CREATION = bytes.fromhex(_DATA["creation"])
LAYOUT: dict[str, Any] = _DATA["layout"]

Args = dict[str, Any]


class CompilerFailed(Exception):
    """A compiler cannot be run, or makes nothing of the source text."""


@dataclass(frozen=True)
class Event:
    """An event of the contract; addresses are lower-case hex."""

    name: str
    args: Args


@dataclass(frozen=True)
class Signature:
    """A function or an event."""

    name: str
    id: bytes
    inputs: tuple[dict[str, Any], ...]
    mutability: str

    def types(self, *, indexed: bool | None = None) -> list[str]:
        """Return the ABI types of all arguments, or only of those that are (not) indexed."""
        return [_type(each) for each in self.inputs if indexed in (None, each.get("indexed"))]

    def names(self, *, indexed: bool | None = None) -> list[str]:
        """Return the names of the same arguments."""
        return [each["name"] for each in self.inputs if indexed in (None, each.get("indexed"))]


def _type(item: Mapping[str, Any]) -> str:
    kind: str = item["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type, item['components']))}){kind[len('tuple') :]}"


def _signatures(kind: str, id_bytes: int) -> list[Signature]:
    found = []
    for item in _DATA["abi"]:
        if item["type"] == kind:
            text = f"{item['name']}({','.join(map(_type, item['inputs']))})"
            digest = keccak(text.encode())[:id_bytes]
            inputs = tuple(item["inputs"])
            found.append(Signature(item["name"], digest, inputs, item.get("stateMutability", "")))
    return found


FUNCTIONS = {each.name: each for each in _signatures("function", 4)}
EVENTS = {each.name: each for each in _signatures("event", 32)}
_BY_SELECTOR = {each.id: each for each in FUNCTIONS.values()}
_BY_TOPIC = {each.id: each for each in EVENTS.values()}


def decode_call(data: bytes) -> tuple[Signature, Args]:
    """Decode calldata as the contract does, which ignores padding.

    Raises:
        ValueError: it is no call that the contract can run.
    """
    function = _BY_SELECTOR.get(data[:4])
    if function is None:
        raise ValueError("no function of this contract")
    values = _decoded(function.types(), data[4:], strict=False)
    return function, dict(zip(function.names(), values, strict=True))


def decode_founding(data: bytes) -> tuple[Sequence[str], Sequence[int]]:
    """Decode the data that created the contract: the first officials, and their capacities.

    Raises:
        ValueError: the code is not this contract's, or its arguments are unreadable.
    """
    if not data.startswith(CREATION):
        raise ValueError("other code")
    first, capacities = _decoded(["address[]", "uint8[]"], data[len(CREATION) :], strict=False)
    return first, capacities


def decode_event(topics: Sequence[bytes], data: bytes) -> Event:
    """Decode a log of the contract.

    Raises:
        ValueError: it is no event of this contract.
    """
    event = _BY_TOPIC.get(topics[0]) if topics else None
    if event is None:
        raise ValueError("no event of this contract")
    indexed = event.types(indexed=True)
    if len(indexed) != len(topics) - 1:
        raise ValueError("a wrong number of topics")
    values = _decoded(event.types(indexed=False), data, strict=True)
    args = dict(zip(event.names(indexed=False), values, strict=True))
    for name, kind, topic in zip(event.names(indexed=True), indexed, topics[1:], strict=True):
        (args[name],) = _decoded([kind], topic, strict=True)
    return Event(event.name, args)


def encode_event(event: Event) -> tuple[tuple[bytes, ...], bytes]:
    """Return the topics and the data of the log that the contract writes for an event.

    Raises:
        ValueError: a value does not fit its type, after a history that broke rules.
    """
    kind = EVENTS[event.name]
    plain = [event.args[name] for name in kind.names(indexed=False)]
    try:
        topics = [
            encode([each], [event.args[name]])
            for each, name in zip(kind.types(indexed=True), kind.names(indexed=True), strict=True)
        ]
        return (kind.id, *topics), encode(kind.types(indexed=False), plain)
    except EncodingError as error:
        raise ValueError("a value that does not fit its type") from error


def runtime_code(domain: Domain) -> bytes:
    """Return the code that is at the contract's address, with its immutables filled in."""
    values = {
        "_cachedDomainSeparator": domain.separator,
        "_cachedChainId": domain.chain_id.to_bytes(32),
        "_cachedThis": bytes.fromhex(domain.contract[2:]).rjust(32, b"\0"),
        "_hashedName": keccak(NAME),
        "_hashedVersion": keccak(VERSION),
        "_name": _short_string(NAME),
        "_version": _short_string(VERSION),
    }
    code = bytearray.fromhex(_DATA["runtime"])
    for name, places in _DATA["immutables"].items():
        for start, length in places:
            code[start : start + length] = values[name]
    return bytes(code)


def makes_carried_code(solc: str) -> bool:
    """Compile the source text with another copy of the compiler. Return whether it makes the code
    that this package carries.

    Raises:
        CompilerFailed: it makes no code.
    """
    try:
        done = subprocess.run(  # noqa: S603 (the program that the user named)
            [solc, "--standard-json"],
            input=json.dumps(INPUT),
            capture_output=True,
            text=True,
            check=True,
        )
        made = json.loads(done.stdout)["contracts"]["contracts/VoucherLedger.sol"]["VoucherLedger"][
            "evm"
        ]
        told = made["bytecode"]["object"], made["deployedBytecode"]["object"]
    except (OSError, subprocess.CalledProcessError, ValueError, LookupError, TypeError) as error:
        raise CompilerFailed(f"{error!r:.200}") from error
    return told == (_DATA["creation"], _DATA["runtime"])


def _short_string(text: bytes) -> bytes:
    """OpenZeppelin's ShortString: the text, and its length in the last byte."""
    return text.ljust(31, b"\0") + bytes([len(text)])


def _decoded(types: list[str], data: bytes, *, strict: bool) -> Sequence[Any]:
    try:
        return decode(types, data, strict=strict)
    except (DecodingError, OverflowError) as error:  # OverflowError: a length beyond memory
        raise ValueError("data that do not fit their types") from error
