"""Files that only their owner can read."""

import os
from contextlib import suppress
from pathlib import Path


def write_new(path: Path, data: bytes) -> None:
    """Create a file readable by its owner only, and flush it to disk.

    Raises:
        FileExistsError: there is such a file; it is left as it was.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def write_private(path: Path, text: str) -> None:
    """Create or overwrite a file, readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)  # it may have been there
        file.write(text)


def make_private(directory: Path) -> None:
    """Remove the access of others to a directory and its content. Files of another user are left
    unchanged."""
    for path in (directory, *directory.rglob("*")):
        with suppress(PermissionError, FileNotFoundError):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)
