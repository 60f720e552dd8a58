"""Files that only their owner can read."""

import os
from pathlib import Path


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there, readable by its owner only, and see it on the disk.

    Raises:
        FileExistsError: there is such a file; it is left as it was.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
