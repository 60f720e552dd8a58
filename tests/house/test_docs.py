"""What the documents say exists."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from kindpakket.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)?(#[^)\s]+)?\)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    for target, anchor in LINK.findall(document.read_text()):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), anchor


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_files_that_are_named_are_there(document: Path) -> None:
    folders = r"(?:tests|scripts|contracts|docs|backend|domain|store|ledger|services)"
    for target in re.findall(rf"`({folders}/[\w./-]+)`", document.read_text()):
        assert (ROOT / target).exists() or (ROOT / "backend/kindpakket" / target).exists(), target


def test_commands_of_make_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(
        re.findall(r"(?:^ +|`)make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    )
    assert {"demo", "test"} <= told <= targets


def _session() -> list[list[str]]:
    text = (ROOT / "README.md").read_text().replace("\\\n", " ")
    lines = re.findall(r"^    (kindpakket .+)$", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("words", _session(), ids=" ".join)
def test_commands_of_the_session_are_there(words: list[str]) -> None:
    command: Any = get_command(app)
    rest = words[1:]
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    options = {option for param in command.params for option in param.opts}
    assert {word for word in rest if word.startswith("--")} <= options


def test_decisions_are_numbered_from_one() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_a_decision_has_a_title_and_three_parts(decision: Path) -> None:
    text = decision.read_text()
    assert text.startswith(f"# {decision.name[:4]}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 40


def test_each_rule_of_the_policy_has_a_test_in_the_file_it_names() -> None:
    text = (ROOT / "docs/policy.md").read_text()
    rows = 0
    for heading, section in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", text, re.MULTILINE):
        for number, row in re.findall(r"^\| (\d+\.\d+) \| (.+)$", section, re.MULTILINE):
            (file,) = re.findall(r"`(tests/\w+/\w+\.py)`", row) or re.findall(
                r"`(tests/\w+/\w+\.py)`", heading
            )
            (test,) = re.findall(r"`(test_\w+)`", row)
            assert number.startswith(heading.split(".")[0] + ".")
            assert f"def {test}(" in (ROOT / file).read_text(), test
            rows += 1
    assert rows > 90


def test_each_file_of_the_policy_tests_is_in_the_policy() -> None:
    text = (ROOT / "docs/policy.md").read_text()
    for path in (ROOT / "tests/policy").glob("test_*.py"):
        assert f"`tests/policy/{path.name}`" in text


def test_each_error_of_the_contract_is_in_the_policy() -> None:
    interface = (ROOT / "contracts/interfaces/IVoucherLedger.sol").read_text()
    text = (ROOT / "docs/policy.md").read_text()
    errors = set(re.findall(r"^    error (\w+)\(", interface, re.MULTILINE))
    assert {error for error in errors if f"`{error}`" not in text} == {"AmountZero"}
