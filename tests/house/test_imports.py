"""Import rules: pyproject.toml defines them, and these tests check that they are enforced."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "backend/kindpakket"


def lint(backend: Path) -> subprocess.CompletedProcess[str]:
    """Check the rules on the package in a directory."""
    return subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--config",
            ROOT / "pyproject.toml",
            "--no-cache",
        ],
        env=os.environ | {"PYTHONPATH": str(backend)},
        cwd=backend,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_point_inwards() -> None:
    done = lint(PACKAGE.parent)
    assert done.returncode == 0, done.stdout


FORBIDDEN = [
    ("domain.money", "protocol.keys"),
    ("protocol.keys", "services.base.acts"),
    ("ledger.client", "store.tables"),
    ("store.views", "ledger.abi"),
    ("services.payments.pay", "api.schemas"),
    ("services.payments.pay", "settings"),
    ("api.routes", "main"),
    ("workspace", "api.app"),
    ("api.routes", "store.tables"),
    ("api.routes", "ledger.abi"),
    ("services.base.acts", "ledger.client"),
    ("services.base.acts", "services.shops.books"),
    ("services.shops.books", "services.payouts.lists"),
    ("services.figures.looks", "services.letters.runs"),
    ("actors", "ledger.embedded"),
]


def test_a_forbidden_import_is_detected(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    for module, other in FORBIDDEN:
        with (copy / module.replace(".", "/")).with_suffix(".py").open("a") as file:
            file.write(f"\nimport kindpakket.{other}\n")
    told = lint(tmp_path).stdout
    unseen = [each for each in FORBIDDEN if f"{each[0]} -> kindpakket.{each[1]} " not in told]
    assert not unseen, told


def test_an_import_cycle_within_a_folder_is_detected(tmp_path: Path) -> None:
    with (copied(tmp_path) / "desk/official.py").open("a") as file:
        file.write("\nimport kindpakket.desk.parts\n")
    told = lint(tmp_path).stdout
    assert "No circular imports BROKEN" in told, told


@pytest.mark.parametrize("newcomer", ["newcomer.py", "services/newcomer.py"])
def test_a_module_outside_the_layers_is_detected(tmp_path: Path, newcomer: str) -> None:
    (copied(tmp_path) / newcomer).write_text("from kindpakket.domain import money\n")
    assert lint(tmp_path).returncode == 1


def copied(directory: Path) -> Path:
    copy = directory / "kindpakket"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "web", "*.ttf"))
    return copy


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda p: p.name)
def test_domain_needs_the_standard_library_only(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    foreign = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert all(f"{name}.".startswith("kindpakket.domain.") for name in foreign), foreign
