"""Mutations of valid inputs for fuzzing, some aware of the encoding."""

import json
import random
from collections.abc import Sequence
from typing import Any

import base45

WORDS = [bytes(32), *(number.to_bytes(32) for number in (1, 32, 2**32, 2**255, 2**256 - 1))]
TOKENS = [
    *(b"", b"\0", b"\n", b" ", b"-", b"0", b"9" * 400, b"KP1:", b"0x", b"\xff", b"\xed\xa0\x80"),
    *("ſ".encode(), "\u0660".encode(), "\ufeff".encode(), b'"', b"{", b"[" * 5000, b"null"),
]
VALUES: list[Any] = [
    *(None, True, -1, 0, 1, 2**32, 2**53, 2**256, 1.0, 1e400, "", "0x", "\ud800", [], {}),
    *("0x" + "00" * 20, "0x" + "ff" * 64, "9" * 5000, [None], ["0x"] * 40, {"a": [{}]}),
]


def mutate(rng: random.Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Return bytes with one to four random mutations."""
    mutated = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(mutated) + 1)
        to = min(len(mutated), at + rng.choice([1, 1, 2, 8, 32]))
        deed = rng.randrange(8)
        if deed == 0:
            del mutated[at:to]
        elif deed == 1:
            mutated[at:at] = rng.choice(TOKENS)
        elif deed == 2:
            mutated[at:to] = rng.choice(TOKENS)
        elif deed == 3:
            mutated[at:at] = mutated[at:to]
        elif deed == 4:
            del mutated[at:]
        elif deed == 5 and others:
            other = rng.choice(others)
            mutated[at:] = other[rng.randrange(len(other) + 1) :]
        elif at < len(mutated):
            mutated[at] = rng.randrange(256) if deed == 6 else mutated[at] ^ 1 << rng.randrange(8)
    return bytes(mutated)


def mutate_base45(rng: random.Random, text: bytes) -> bytes:
    """Mutate the decoded bytes of a code or a card."""
    try:
        body = base45.b45decode(text[4:])
    except ValueError:
        return mutate(rng, text)
    return text[:4] + bytes(base45.b45encode(mutate(rng, body)))


def mutate_words(rng: random.Random, data: bytes) -> bytes:
    """Replace 32-byte words after a 4-byte selector."""
    mutated = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = 4 + 32 * rng.randrange(max(1, len(mutated) // 32))
        mutated[at : at + 32] = rng.choice(WORDS)
    return bytes(mutated)


def mutate_json(rng: random.Random, data: bytes) -> bytes:
    """Change values or names of the fields of a JSON object."""
    body = json.loads(data)
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([*body, "other"])
        if rng.random() < 0.2:
            body[name.upper()] = body.pop(name, None)
        elif isinstance(body.get(name), str) and rng.random() < 0.4:
            mutated = mutate(rng, body[name].encode("utf-8", "surrogatepass"))
            body[name] = mutated.decode("utf-8", "surrogateescape")
        else:
            body[name] = rng.choice(VALUES)
    return json.dumps(body).encode()
