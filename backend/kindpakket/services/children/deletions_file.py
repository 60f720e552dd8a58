"""The file of deletions: what restoring an older backup must not bring back.

It is outside the database and in no backup. A line is the id of a child that was deleted, or
``secret`` and the id of one whose address became secret. An id is random, and identifies nobody
without such a backup.
"""

import os
from collections.abc import Iterable
from pathlib import Path

_SECRET = "secret"  # noqa: S105 (a secret address)


def make_file(file: Path) -> None:
    """Make the file if it is not there: a register without it has lost it.

    Raises:
        OSError: it cannot be made.
    """
    file.touch(mode=0o600)


def add_deleted(file: Path, ids: Iterable[str]) -> None:
    """Add children that are about to be deleted.

    Raises:
        OSError: the file cannot be written.
    """
    _add(file, ids)


def add_secret(file: Path, child: str) -> None:
    """Add a child whose address is about to become secret.

    Raises:
        OSError: the file cannot be written.
    """
    _add(file, [f"{_SECRET} {child}"])


def read_deletions(file: Path) -> tuple[set[str], set[str]]:
    """Return the children that were deleted, and those whose address became secret.

    Raises:
        OSError: the file cannot be read.
    """
    lines = [line.split() for line in file.read_text("ascii").splitlines()]
    deleted = {line[0] for line in lines if len(line) == 1}
    return deleted, {line[1] for line in lines if len(line) > 1 and line[0] == _SECRET}


def _add(file: Path, lines: Iterable[str]) -> None:
    """Add lines after an empty one, since the last may have been cut off; wait for the disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.writelines(("\n", *(f"{line}\n" for line in lines)))
        opened.flush()
        os.fsync(descriptor)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # the file may be new
    finally:
        os.close(directory)
