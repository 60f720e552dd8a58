"""Encoding and decoding by the contract's ABI, with functions, errors and events by selector."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

_ARTIFACT = json.loads(files(__package__).joinpath("VoucherLedger.json").read_text())

ABI: list[dict[str, Any]] = _ARTIFACT["abi"]
BYTECODE = bytes.fromhex(_ARTIFACT["bytecode"][2:])
_RUNTIME = _ARTIFACT["runtime"]


@dataclass(frozen=True)
class AbiEntry:
    """A function, an error or an event."""

    name: str
    inputs: tuple[dict[str, Any], ...]
    outputs: tuple[dict[str, Any], ...]
    id: bytes
    """The selector, 4 bytes, or the topic of an event, 32 bytes."""

    def decode(self, data: bytes) -> dict[str, Any]:
        """Return the arguments by name; addresses in lower case, as strings.

        Padding is ignored, as the contract does, so that every call that it executes can be
        decoded.

        Raises:
            ValueError: the data do not encode these arguments.
        """
        return _decode(self.inputs, data, strict=False)


@dataclass(frozen=True)
class Event:
    """An event of the contract, decoded."""

    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Revert:
    """A custom error of the contract, decoded."""

    error: str
    args: Mapping[str, Any]


def _decode(
    items: Sequence[Mapping[str, Any]], data: bytes, *, strict: bool = True
) -> dict[str, Any]:
    try:
        values = decode(_types(items), data, strict=strict)
    except (DecodingError, OverflowError) as error:  # OverflowError: a length beyond memory
        raise ValueError("data that do not fit their types") from error
    return {item["name"]: value for item, value in zip(items, values, strict=True)}


def _types(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return [collapse_if_tuple(dict(item)) for item in items]


def entries(abi: Sequence[Mapping[str, Any]], kind: str, id_bytes: int) -> list[AbiEntry]:
    """Return the functions, errors or events of an ABI, with selectors of this many bytes."""
    found = []
    for item in abi:
        if item["type"] == kind:
            signature = f"{item['name']}({','.join(_types(item['inputs']))})"
            digest = keccak(text=signature)[:id_bytes]
            outputs = tuple(item.get("outputs", ()))
            found.append(AbiEntry(item["name"], tuple(item["inputs"]), outputs, digest))
    return found


FUNCTIONS = {entry.name: entry for entry in entries(ABI, "function", 4)}
_BY_SELECTOR = {entry.id: entry for entry in FUNCTIONS.values()}
_ERRORS = {entry.id: entry for entry in entries(ABI, "error", 4)}
_EVENTS = {entry.id: entry for entry in entries(ABI, "event", 32)}
_CONSTRUCTOR = next(item for item in ABI if item["type"] == "constructor")


def encode_call(function: str, *args: Any) -> bytes:
    """Return the calldata of a function.

    Raises:
        KeyError: there is no such function.
        eth_abi.exceptions.EncodingError: an argument does not fit its type.
    """
    entry = FUNCTIONS[function]
    return entry.id + encode(_types(entry.inputs), args)


def encode_deployment(*args: Any) -> bytes:
    """Return the data of the transaction that creates the contract."""
    return BYTECODE + encode(_types(_CONSTRUCTOR["inputs"]), args)


def decode_call(call: bytes) -> tuple[str, dict[str, Any]]:
    """Decode calldata: return the function's name and its arguments by name.

    Raises:
        ValueError: it is no call of this contract.
    """
    name = function_of(call)
    return name, FUNCTIONS[name].decode(call[4:])


def function_of(call: bytes) -> str:
    """Return the name of the function that calldata calls, without decoding the arguments.

    Raises:
        ValueError: it is no call of this contract.
    """
    entry = _BY_SELECTOR.get(call[:4])
    if entry is None:
        raise ValueError("no function of this contract")
    return entry.name


def decode_issue(call: bytes) -> tuple[int, int, int]:
    """Decode an ``issue`` call: return the scheme, the value in cents, and the number of coupons.

    Reads the same offsets as the contract. The addresses are not decoded, which is a hundred times
    faster.

    Raises:
        ValueError: it is no call of ``issue``.
    """
    if function_of(call) != "issue":
        raise ValueError("not an issue")
    data = call[4:]
    scheme, value, place = (int.from_bytes(data[at : at + 32]) for at in (0, 32, 64))
    count = int.from_bytes(data[place : place + 32])
    if len(data) < place + 32 + 32 * count or scheme >= 2**16 or value >= 2**32:
        raise ValueError("data that do not fit their types")
    return scheme, value, count


def is_deployed(code: bytes) -> bool:
    """Whether this is the deployed code of this contract, whatever its immutables hold."""
    plain = bytearray(code)
    for start, length in _RUNTIME["immutables"]:
        plain[start : start + length] = bytes(length)
    return hashlib.sha256(plain).hexdigest() == str(_RUNTIME["sha256"])


def decode_answer(function: str, data: bytes) -> Any:
    """Decode the result of a view: a value, or a dict if it returns several.

    Raises:
        ValueError: it is no result of this view.
    """
    values = _decode(FUNCTIONS[function].outputs, data)
    return values if len(values) > 1 else next(iter(values.values()))


def decode_revert(data: bytes) -> Revert | None:
    """Decode revert data; None when it is no custom error of this contract."""
    entry = _ERRORS.get(data[:4])
    try:
        return Revert(entry.name, entry.decode(data[4:])) if entry else None
    except ValueError:
        return None


def decode_event(topics: Sequence[bytes], data: bytes) -> Event | None:
    """Decode an event; None when it is no event of this contract.

    Raises:
        ValueError: the topic is known and the data do not fit.
    """
    entry = _EVENTS.get(bytes(topics[0])) if topics else None
    if entry is None:
        return None
    plain = [item for item in entry.inputs if not item["indexed"]]
    indexed = [item for item in entry.inputs if item["indexed"]]
    args = _decode(plain, data)
    for item, topic in zip(indexed, topics[1:], strict=True):
        args |= _decode([item], bytes(topic))
    return Event(entry.name, args)
