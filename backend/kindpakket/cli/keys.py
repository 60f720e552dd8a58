"""Keystores by name, and their passwords, which are never command line arguments."""

import os
import re
import unicodedata
from pathlib import Path

import typer

from kindpakket.cli.common import Stop
from kindpakket.cli.inputs import read_file
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.keyring import (
    KeystoreUnreadable,
    PasswordWrong,
    load_key,
    new_key,
    save_key,
)
from kindpakket.settings import PASSWORD_VARIABLE, Settings

_LEAST_CHARACTERS = 12


def make_keystore(
    settings: Settings, name: str, password_file: Path | None, key: Key | None = None
) -> tuple[Path, Key]:
    """Store a key, by default a new one, under a name; return the path and the key.

    Raises:
        Stop: the name is taken, or the password is too short.
    """
    key = key or new_key()
    path = keystore_path(settings, slug(name))
    if path.exists():
        raise Stop(f"Er is al een sleutelbestand {path}.")
    password = _ask(f"Nieuw wachtwoord voor {path.stem}", password_file, twice=True)
    if len(password) < _LEAST_CHARACTERS:
        raise Stop(f"Een wachtwoord heeft minstens {_LEAST_CHARACTERS} tekens.")
    save_key(path, key, password, work=settings.keystore_work)
    return path, key


def open_keystore(settings: Settings, name: str, password_file: Path | None) -> Key:
    """Decrypt a keystore by its name in the data directory, or by its path.

    Raises:
        Stop: there is none, or the password does not open it.
    """
    path = keystore_path(settings, name)
    if not path.exists():
        raise Stop(f"Er is geen sleutelbestand {path}.")
    try:
        return load_key(path, _ask(f"Wachtwoord van {path.stem}", password_file, twice=False))
    except PasswordWrong as error:
        raise Stop("Het wachtwoord klopt niet.") from error
    except KeystoreUnreadable as error:
        raise Stop(f"Dit is geen sleutelbestand: {path}.") from error


def keystore_path(settings: Settings, name: str) -> Path:
    """Return the path of a keystore by name; a path is returned unchanged."""
    if "/" in name or name.endswith(".json"):
        return Path(name)
    return settings.data / "keys" / f"{name}.json"


def slug(name: str) -> str:
    """Convert a name to a file name: ``Anna de Vries`` becomes ``anna-de-vries``.

    Raises:
        Stop: the result is empty.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not made:
        raise Stop("Een sleutelbestand heeft een naam met letters of cijfers.")
    return made


def _ask(question: str, password_file: Path | None, *, twice: bool) -> str:
    if password_file is not None:
        given = read_file(password_file).partition("\n")[0].rstrip("\r")
    elif PASSWORD_VARIABLE in os.environ:
        given = os.environ[PASSWORD_VARIABLE]
    else:
        again = "Nog een keer" if twice else False
        given = typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True)
    if not given:
        raise Stop("Een wachtwoord mag niet leeg zijn.")
    return given


def describe(path: Path, key: Key) -> dict[str, str]:
    """Return the public data of a keystore, as JSON."""
    return {"keystore": str(path), "address": address_of(key)}
