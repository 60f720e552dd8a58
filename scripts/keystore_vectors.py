"""Test vectors of keystores, as eth-keyfile writes them, with fixed instead of random numbers."""

from unicodedata import normalize
from unittest.mock import patch
from uuid import UUID

from eth_keyfile.keyfile import create_keyfile_json
from vector_parts import N, Vector, named_key, raw

LIBRARY = "eth_keyfile.keyfile"
SALT = raw("000102030405060708090a0b0c0d0e0f")
IV = raw("f0e1d2c3b4a5968778695a4b3c2d1e0f")
PHRASE = "correct horse battery"
ID = "01234567-89ab-4cde-8f01-23456789abcd"


def keystores() -> list[Vector]:
    """Return keystores with their keys; those that cannot be decrypted have a `why`."""
    anna = named_key("official Anna")
    good = keystore("the first", anna, PHRASE)
    accents = keystore("a password beyond ASCII", anna, "één wachtwoord voor de kluis €")
    return [
        good,
        keystore("more work", named_key("official Bram"), "x" * 12, work=1024),
        accents,
        accents
        | {"about": "accents typed apart", "password": normalize("NFD", accents["password"])},
        # The library writes the IV as a number, without leading zeros.
        keystore("an IV that begins with zeros", anna, "a" * 12, iv=bytes(2) + IV[2:]),
        keystore("a counter that runs over", anna, "a" * 12, iv=b"\xff" * 16),
        keystore("the greatest key", (N - 1).to_bytes(32), "a" * 12),
        refused("another password", good, PHRASE.upper()),
        refused("a space behind the password", good, f"{PHRASE} "),
        refused("another ciphertext", good, ciphertext="00" * 32),
        refused("another mac", good, mac="00" * 32),
    ]


def keystore(about: str, key: bytes, password: str, *, work: int = 256, iv: bytes = IV) -> Vector:
    with (
        patch(f"{LIBRARY}.Random.get_random_bytes", side_effect=[SALT, iv]),
        patch(f"{LIBRARY}.uuid.uuid4", return_value=UUID(ID)),
    ):
        # As bytes: the library encodes a str as Latin-1.
        file = create_keyfile_json(key, password.encode(), kdf="scrypt", iterations=work)  # type: ignore[arg-type]
    return {
        "about": about,
        "key": "0x" + key.hex(),
        "password": password,
        "work": work,
        "salt": "0x" + SALT.hex(),
        "iv": "0x" + iv.hex(),
        "id": ID,
        "file": file,
    }


def refused(why: str, good: Vector, password: str | None = None, **crypto: str) -> Vector:
    file = good["file"] | {"crypto": good["file"]["crypto"] | crypto}
    return {"why": why, "password": password or good["password"], "file": file}
