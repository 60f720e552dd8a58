"""The package runs by itself: its wheel has all files, and its metadata all libraries."""

import ast
import os
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts.compile import ROOT

PACKAGE = ROOT / "audit"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel that pipx makes, unpacked."""
    made = tmp_path / "made"
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    build = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", made, PACKAGE]
    subprocess.run(build, check=True)
    (file,) = made.iterdir()
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "wheel")
    return tmp_path / "wheel"


def metadata(wheel: Path, name: str) -> str:
    (file,) = wheel.glob(f"*.dist-info/{name}")
    return file.read_text()


def test_the_wheel_audits_a_chain_without_the_files_of_this_repository(
    wheel: Path, chain: Path
) -> None:
    assert "kindpakket-audit = kindpakket_audit.__main__:run" in metadata(wheel, "entry_points.txt")
    done = subprocess.run(
        [sys.executable, "-v", "-m", "kindpakket_audit", chain],
        cwd=wheel,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[0] == "Alles klopt."
    assert f"{PACKAGE}/" not in done.stderr


def test_every_library_that_it_imports_is_declared(wheel: Path) -> None:
    told = metadata(wheel, "METADATA").splitlines()
    declared = {line.split()[1].partition(">")[0] for line in told if "Requires-Dist: " in line}
    imported = set()
    for path in (wheel / "kindpakket_audit").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    foreign = imported - sys.stdlib_module_names - {"kindpakket_audit"}
    distributions = packages_distributions()
    assert {distributions[name][0].replace("_", "-") for name in foreign} == declared
