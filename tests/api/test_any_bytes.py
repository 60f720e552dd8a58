"""For any bytes from outside, a reader returns a value or raises its own error."""

import json
from random import Random

import pytest

from kindpakket.ledger.abi import FUNCTIONS, decode_call
from scripts.bench import bytes as bench
from tests.support.problems import mistakes
from tests.support.town import Town


def test_two_thousand_inputs_end_in_no_crash() -> None:
    figures = bench.run(2_000, seed=1)
    assert figures["failures"] == []
    assert figures["inputs"] >= 2_000
    readers = figures["readers"]
    assert {"a code", "a call", "a sign-in message", "POST /payments"} <= set(readers)
    assert all(counts["inputs"] >= 10 for counts in readers.values())


def test_every_reader_understands_its_examples() -> None:
    deaf = [
        reader.name
        for reader in bench.plain_readers()
        if not bench.feed(reader, len(reader.examples), "1").read
    ]
    assert deaf == []


def test_every_request_has_examples() -> None:
    assert set(bench.bodies()) == set(bench.MODELS)


def test_the_same_seed_makes_the_same_inputs() -> None:
    made = [list(bench.make(READER, Random("1"), 200)) for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 100


def test_a_reader_that_crashes_is_reported_with_its_input() -> None:
    outcome = bench.feed(READER, 100, "1")
    assert outcome.read + len(outcome.failures) < 100  # some are refused, correctly
    for failure in outcome.failures:
        with pytest.raises(KeyError):
            read_first(bytes.fromhex(failure["input"]))
    assert {failure["reader"] for failure in outcome.failures} == {"the first field"}


def read_first(data: bytes) -> object:
    """Fails where an object lacks a field."""
    found = json.loads(data)
    return found["first"] if isinstance(found, dict) else None


READER = bench.Reader(
    "the first field", read_first, (ValueError,), [b'{"first": 1}'], bench.mutate_json
)


@pytest.mark.parametrize("function", ["execute", "pay", "changeTill"])
def test_a_call_with_a_length_beyond_memory_is_refused(function: str) -> None:
    """ABI decoders of some libraries allocate the length that a ``bytes`` claims to have."""
    entry = FUNCTIONS[function]
    call = entry.id + bench.samples(entry.inputs)
    lengths = [at for at in range(4, len(call), 32) if call[at : at + 32] == (65).to_bytes(32)]
    assert lengths
    for at in lengths:
        with pytest.raises(ValueError, match="do not fit"):
            decode_call(call[:at] + (2**255).to_bytes(32) + call[at + 32 :])


@pytest.mark.parametrize("size", [601, 4_096])
def test_a_sign_in_message_that_takes_long_to_read_is_not_read(town: Town, size: int) -> None:
    body = {"message": "9" * size, "signature": "0x" + "11" * 64}
    assert mistakes(town.post("/sessions", body)) == {"message": "string_too_long"}
