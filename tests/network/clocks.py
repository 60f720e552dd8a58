"""A build of the node whose clock is off, for a test.

Libraries that shift a process's clock do not reach Go programs. So the node is built with a copy of
CometBFT in which one function differs: the one that all its timestamps come from.
"""

import shutil
import subprocess
from pathlib import Path

from scripts.validators import PROGRAM

SECONDS = "NODE_CLOCK_SECONDS"
"""The environment variable with the shift."""
MODULE = "github.com/cometbft/cometbft"
_NOW = "return Canonical(time.Now())"
_IMPORTS = 'import (\n\t"os"\n\t"strconv"'
_SHIFT = f"""
var shift = func() time.Duration {{
\tseconds, _ := strconv.Atoi(os.Getenv("{SECONDS}"))
\treturn time.Duration(seconds) * time.Second
}}()
"""


def shifted_program(directory: Path) -> Path:
    """Return the program, built in an empty directory unless it is newer than the node's. Building
    takes many minutes.

    Raises:
        subprocess.CalledProcessError: it does not build.
    """
    program = PROGRAM.with_name("kindpakket-node-shifted")
    if program.exists() and program.stat().st_mtime >= PROGRAM.stat().st_mtime:
        return program
    source, copy = PROGRAM.parent, directory / "cometbft"
    where = ["go", "list", "-m", "-f", "{{.Dir}}", MODULE]
    found = subprocess.run(where, cwd=source, check=True, capture_output=True, text=True).stdout
    shutil.copytree(found.strip(), copy)
    subprocess.run(["chmod", "-R", "u+w", str(copy)], check=True)  # modules are read-only
    file = copy / "types/time/time.go"
    text = file.read_text()
    assert _NOW in text
    text = text.replace(_NOW, "return Canonical(time.Now().Add(shift))")
    file.write_text(text.replace("import (", _IMPORTS, 1) + _SHIFT)
    modules = directory / "shifted.mod"
    modules.write_text((source / "go.mod").read_text() + f"\nreplace {MODULE} => {copy}\n")
    shutil.copyfile(source / "go.sum", directory / "shifted.sum")
    build = ["go", "build", "-p", "2", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"]
    command = [*build, "-modfile", str(modules), "-o", str(program), "."]
    subprocess.run(command, cwd=source, check=True)
    return program
