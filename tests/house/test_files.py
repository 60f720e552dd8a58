"""Rules for every file of this repository."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
MOST_LINES = 500
MOST_LINES_OF_A_FUNCTION = 50
MADE_BY_TOOLS = (
    "requirements.lock",
    "runtime.lock",
    "contracts/proofs/halmos.lock",
    "contracts/proofs/slither.lock",
    "node/go.sum",
    "package-lock.json",
    "tests/vectors/",
    "LICENSE",
    "web_shared/src/api/schema.d.ts",
)
ELSEWHERE = re.compile(r"/(?:home|Users)/\w|/root/\w|/(?:work|mnt)/\w+/|[A-Z]:\\Users")
SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|AGE-SECRET-KEY-1\w|AKIA[0-9A-Z]{16}"
    r"|\bgh[pousr]_\w{36}|\bxox[abprs]-\w|\bnpm_\w{36}|\bpypi-\w{40}"
)
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def _files() -> list[str]:
    """Files under version control, and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted({name for name in done.stdout.splitlines() if (ROOT / name).is_file()})


FILES = _files()


def _text(name: str) -> str | None:
    data = (ROOT / name).read_bytes()
    return None if b"\0" in data else data.decode()


def test_the_files_of_the_repository_are_found() -> None:
    assert {"README.md", "Makefile", ".ci/run", "tests/house/test_files.py"} <= set(FILES)


def test_no_file_is_long() -> None:
    lines = {
        name: text.count("\n")
        for name in FILES
        if not name.startswith(MADE_BY_TOOLS) and (text := _text(name)) is not None
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_is_long() -> None:
    """But for migrations, which never change, and are lists of columns."""
    lines = {
        f"{name}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name in FILES
        if name.startswith(("audit/", "backend/kindpakket/")) and name.endswith(".py")
        if "/migrations/" not in name
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {name: count for name, count in lines.items() if count > MOST_LINES_OF_A_FUNCTION}
    assert long == {}


@pytest.mark.parametrize(
    "pattern",
    [ELSEWHERE, SECRET, CONFLICT],
    ids=["path of a machine", "secret", "conflict of a merge"],
)
def test_no_file_holds_what_it_should_not(pattern: re.Pattern[str]) -> None:
    found = {name: match[0] for name in FILES if (match := pattern.search(_text(name) or ""))}
    assert found == {}


def test_what_should_not_be_there_would_be_seen() -> None:
    for text in ("/home" + "/anna/x", "C:" + r"\Users\anna", "/root" + "/x", "/work" + "/main/x"):
        assert ELSEWHERE.search(text)
    for text in ("a\n" + "<" * 7 + " HEAD", ">" * 7 + " main\n"):
        assert CONFLICT.search(text)
    for text in (
        "-----BEGIN EC " + "PRIVATE KEY-----",
        "AGE-SECRET-KEY-" + "1Q",
        "AKIA" + "A" * 16,
    ):
        assert SECRET.search(text)


def test_ci_runs_make_and_nothing_else() -> None:
    run = ROOT / ".ci/run"
    assert run.stat().st_mode & 0o111
    assert run.read_text().splitlines() == [
        "#!/usr/bin/env bash",
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        "make test",
    ]


FONT_LICENCES = {
    "OFL-1.1": ("SIL Open Font License", "https://openfontlicense.org"),
    "Apache-2.0": ("Apache License",),
}


def test_every_font_has_its_free_licence_here() -> None:
    licences = {}
    for each in tomllib.loads((ROOT / "REUSE.toml").read_text())["annotations"]:
        for font in ROOT.glob(each["path"]) if each["path"].endswith((".ttf", ".woff2")) else ():
            licences[font] = each["SPDX-License-Identifier"]
    assert licences.keys() == {ROOT / name for name in FILES if name.endswith((".ttf", ".woff2"))}
    assert set(licences.values()) == {"OFL-1.1", "Apache-2.0"}
    for font, licence in licences.items():
        names = TTFont(font)["name"]
        told = names.getDebugName(13) or names.getDebugName(14)  # its text, or where that is
        assert any(words in told for words in FONT_LICENCES[licence])
        assert (ROOT / f"LICENSES/{licence}.txt").is_file()


def test_the_licence_is_the_same_text_in_both_places() -> None:
    licence = (ROOT / "LICENSES/EUPL-1.2.txt").read_text()
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert (ROOT / "LICENSE").read_text() == licence
