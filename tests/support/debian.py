"""Programs that tests need and that PyPI and npm do not have."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


def find_program(names: Sequence[str], *packages: str) -> str:
    """Return the path of the first of these programs that is there; as root on Debian, install the
    packages that have the first one, unless it is there.

    Raises:
        RuntimeError: there is none; the message says what to install.
    """
    if shutil.which("apt-get") and os.geteuid() == 0:
        _install(names[0], packages)
    for name in names:
        if path := shutil.which(name):
            return path
    raise RuntimeError(
        f"These tests need {names[0]} (Debian: apt-get install {' '.join(packages)})."
    )


def _install(program: str, packages: Sequence[str]) -> None:
    """Install packages, unless the program is there; the workers of a run wait for each other."""
    with Path(tempfile.gettempdir(), "kindpakket-packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(program) is None:
            subprocess.run(["apt-get", "update"], check=False, capture_output=True)
            install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y"]
            install += ["--no-install-recommends", *packages]
            subprocess.run(install, check=False, capture_output=True)
