"""Keystores: a key in a file, encrypted with a password (Web3 Secret Storage, scrypt)."""

import json
import unicodedata
from pathlib import Path
from typing import Any

from coincurve import PrivateKey
from eth_keyfile.keyfile import create_keyfile_json, decode_keyfile_json

from kindpakket.protocol.signatures import Key
from kindpakket.services.base.private_files import write_new


class PasswordWrong(Exception):
    """The password does not open this keystore."""


class KeystoreUnreadable(Exception):
    """The file is no keystore."""


def new_key() -> Key:
    """Generate a random key."""
    return Key(PrivateKey().secret)


def save_key(path: Path, key: Key, password: str, *, work: int) -> None:
    """Write a keystore.

    Args:
        work: scrypt's N, a power of two; 2^18 takes about a second to open.

    Raises:
        FileExistsError: there is such a file; it is left as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed = create_keyfile_json(key, _bytes(password), version=3, kdf="scrypt", iterations=work)
    write_new(path, json.dumps(sealed).encode())


def load_key(path: Path, password: str) -> Key:
    """Open a keystore.

    Raises:
        FileNotFoundError: there is no such file.
        KeystoreUnreadable: it is no keystore.
        PasswordWrong: the password does not open it.
    """
    sealed = _read(path)
    try:
        return Key(decode_keyfile_json(sealed, _bytes(password)))
    except ValueError as error:
        raise PasswordWrong from error
    except (KeyError, TypeError, NotImplementedError) as error:
        raise KeystoreUnreadable(path.name) from error


def _bytes(password: str) -> Any:
    """Return a password in UTF-8, normalised to NFC: keyboards differ, and the library would encode
    a str as Latin-1."""
    return unicodedata.normalize("NFC", password).encode()


def _read(path: Path) -> dict[str, object]:
    try:
        sealed = json.loads(path.read_text())
    except ValueError as error:
        raise KeystoreUnreadable(path.name) from error
    if not isinstance(sealed, dict):
        raise KeystoreUnreadable(path.name)
    return sealed
