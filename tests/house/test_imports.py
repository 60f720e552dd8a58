"""Which way imports may point: pyproject.toml says it, and these tests say that it is heeded."""

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
    """Hold the rules against the package in a directory."""
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


@pytest.mark.parametrize(
    ("module", "line", "rule"),
    [
        ("domain/money.py", "from kindpakket.protocol import keys", "Imports point inwards"),
        ("protocol/keys.py", "from kindpakket.services import acts", "Imports point inwards"),
        ("ledger/client.py", "from kindpakket.store import tables", "Imports point inwards"),
        ("store/views.py", "from kindpakket.ledger import abi", "Imports point inwards"),
        ("services/pay.py", "import kindpakket.api.schemas", "Imports point inwards"),
        ("services/pay.py", "from kindpakket.settings import Settings", "Imports point inwards"),
        ("api/routes.py", "from kindpakket import main", "Imports point inwards"),
        ("newcomer.py", "from kindpakket.domain import money", "Imports point inwards"),
        ("api/routes.py", "from kindpakket.store import tables", "Routes know services"),
        ("api/routes.py", "from kindpakket.ledger import abi", "Routes know services"),
        ("services/pay.py", "from kindpakket.ledger.client import deploy", "Services know the"),
        ("actors.py", "import kindpakket.ledger.embedded", "Services know the"),
    ],
)
def test_a_broken_rule_is_seen(tmp_path: Path, module: str, line: str, rule: str) -> None:
    copy = tmp_path / "kindpakket"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path)
    broken = [each for each in done.stdout.splitlines() if " BROKEN" in each]
    assert done.returncode == 1
    assert any(each.startswith(rule) for each in broken), done.stdout


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
