"""The manifest of a copy: what is in it, of which versions, with a hash of each file."""

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
FORMAT = 1
_MOST_BYTES = 2**20


class CopyDamaged(Exception):
    """The directory is no complete copy; the message is what is missing or differs."""


class CopyTooNew(Exception):
    """The copy was made by a later version of the program."""


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name:
        raise ValueError("not a path inside the copy")
    return name


class Manifest(BaseModel):
    """What a copy is; as ``manifest.json`` in it."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: int
    """When the copy was begun, in unix seconds."""
    program: str
    """The version of the program that made it."""
    schema_version: str
    """Of the database."""
    chain_id: int | None
    contract: str
    block: int | None
    """The last block in the copy; both are None when the chain is on a node."""
    has_store_key: bool
    """Whether the key of the personal data is in it."""
    files: dict[Annotated[str, AfterValidator(_inside)], str]
    """The SHA-256 of each file by its path, in hex."""


def write_manifest(copy: Path, manifest: Manifest) -> None:
    """Write the manifest of a copy."""
    (copy / MANIFEST).write_text(manifest.model_dump_json(indent=2))


def read_manifest(copy: Path) -> Manifest:
    """Return the manifest of a copy; its files are not looked at.

    Raises:
        CopyDamaged: there is none, or it cannot be read.
        CopyTooNew: its format is a later one.
        OSError: it cannot be read.
    """
    file = copy / MANIFEST
    if not file.is_file():
        raise CopyDamaged(MANIFEST)
    try:
        with file.open("rb") as opened:
            told = json.loads(opened.read(_MOST_BYTES))
        if told["format"] > FORMAT:
            raise CopyTooNew
        return Manifest.model_validate(told)
    except (ValueError, LookupError, TypeError, ValidationError) as error:
        raise CopyDamaged(MANIFEST) from error


def check_files(copy: Path, manifest: Manifest) -> None:
    """Check that every file of a manifest is there and is what it was.

    Raises:
        CopyDamaged: one is not.
        OSError: one cannot be read.
    """
    for name, digest in manifest.files.items():
        file = copy / name
        if not file.is_file() or digest_of(file) != digest:
            raise CopyDamaged(name)


def digest_files(copy: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a directory by its path, in hex."""
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    return {path.relative_to(copy).as_posix(): digest_of(path) for path in files}


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
