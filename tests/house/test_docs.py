"""Names, commands and routes in the documents exist."""

import importlib
import json
import re
import shlex
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from typer.main import get_command

from kindpakket.api.openapi import make_document
from kindpakket.api.routes import router
from kindpakket.cli import app
from kindpakket.settings import CONFIG_VARIABLE, PASSWORD_VARIABLE, PREFIX, Settings
from scripts.bench import bounds, desk, phone, till
from scripts.bench.__main__ import app as bench

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
POLICY = "\n".join(path.read_text() for path in sorted((ROOT / "docs").glob("policy*.md")))
ENGLISH, DUTCH = ROOT / "README.md", ROOT / "README.nl.md"
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)?(#[^)\s]+)?\)")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:py|sol|toml|typ|md|lock|ts|css|svg|webp)")
MADE = {"town/", "desk.js", "service-worker.js", "assets/", "text/html", "src/main.ts"}
"""Names that look like files, and are created elsewhere."""


def _files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(ROOT / line for line in set(done.stdout.splitlines()) if (ROOT / line).is_file())


FILES = _files()
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


def commands(path: Path, program: str) -> list[str]:
    """Lines of code blocks and inline code that begin with the name of a program."""
    text = path.read_text().replace("\\\n", " ")
    if path.suffix == ".md":
        found = re.findall(rf"^    ({program} .+)$|`({program} [^`]+)`", text, re.MULTILINE)
    else:
        found = re.findall(rf"#.*?`({program} [^`]+)`()", text)
    return [first or second for first, second in found]


def words(paths: list[Path]) -> set[str]:
    """All identifiers and words in these files."""
    return {word for path in paths for word in re.findall(r"\w+", path.read_text())}


def test_names_of_the_code_are_there() -> None:
    kinds = {".py", ".go", ".ts", ".svelte", ".sol", ".json", ".jinja", ".toml"}
    there = words([path for path in FILES if path.suffix in kinds and path != Path(__file__)])
    for document in DOCUMENTS:
        spans = set(re.findall(r"`(\w+)`", document.read_text()))
        told = {span for span in spans if re.search(r"[a-z0-9](?:_|[A-Z])", span)}
        assert told <= there, document


def test_links_lead_somewhere() -> None:
    missing = []
    for document in DOCUMENTS:
        for target, anchor in LINK.findall(document.read_text()):
            if target.startswith(("http:", "https:", "mailto:")):
                continue
            path = (document.parent / target).resolve() if target else document
            if not path.exists() or (anchor and anchor not in anchors(path)):
                missing.append((name(document), target + anchor))
    assert missing == []


def test_files_that_are_named_are_there() -> None:
    names = {path.name for path in FILES}
    missing = []
    for document in DOCUMENTS:
        places = [ROOT, ROOT / "backend/kindpakket", ROOT / "web_shared/src"]
        places += [document.parent, document.parent / "src"]
        for target in re.findall(r"`([^`\s]+)`", document.read_text()):
            if PATH.fullmatch(target) and target not in names | MADE:
                there = [place / f"{target}{end}" for place in places for end in ("", ".ts")]
                if not any(path.exists() for path in there):
                    missing.append((name(document), target))
    assert missing == []


def test_commands_of_make_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    places = [
        *DOCUMENTS,
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        ROOT / ".pre-commit-config.yaml",
    ]
    told = {line.split()[1].strip(".,;:") for path in places for line in commands(path, "make")}
    assert {"demo", "test", "check"} <= told <= targets


def test_contributing_tells_every_target() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    told = [line.split()[1] for line in commands(ROOT / "CONTRIBUTING.md", "make")]
    readme = [line.split()[1] for line in commands(ENGLISH, "make")]
    assert set(targets) <= {*told, *readme}


def _options(command: Any, words: list[str]) -> tuple[set[str], list[str]]:
    """Resolve the words of a command; return its options and the words that are left."""
    while hasattr(command, "commands") and words and not words[0].startswith("--"):
        command = command.commands[words.pop(0)]
    options = {option for param in command.params for option in param.opts}
    return options | {"--help"}, words


def _session(program: str) -> list[list[str]]:
    lines = (line for path in DOCUMENTS for line in commands(path, program))
    return [shlex.split(line, comments=True) for line in lines]


def test_commands_that_are_named_are_there() -> None:
    sessions = _session("kindpakket")
    assert len(sessions) > 40
    for _, *words in sessions:
        options, rest = _options(get_command(app), words)
        assert {word for word in rest if word.startswith("--")} <= options, words


def test_scripts_that_are_named_are_there() -> None:
    sessions = _session("python")
    assert len(sessions) > 8
    for _, first, *words in sessions:
        if first != "-m":
            assert (ROOT / first).is_file(), first
            continue
        module = words.pop(0)
        importlib.import_module(module)
        if module == "scripts.bench":
            options, rest = _options(get_command(bench), words)
            assert {word for word in rest if word.startswith("--")} <= options, words


def test_scripts_of_npm_that_are_named_are_there() -> None:
    scripts = json.loads((ROOT / "package.json").read_text())["scripts"]
    assert {words[2] for words in _session("npm run")} <= set(scripts)


VARIABLES = {PREFIX + field.upper() for field in Settings.model_fields}
VARIABLES |= {CONFIG_VARIABLE, PASSWORD_VARIABLE}


def test_settings_that_are_named_are_there() -> None:
    for document in DOCUMENTS:
        named = set(re.findall(rf"\b{PREFIX}[A-Z]+(?:_[A-Z]+)*\b", document.read_text()))
        assert named - {f"{PREFIX}NAME"} <= VARIABLES, document


def test_every_setting_is_told_with_its_limit() -> None:
    text = (ROOT / "docs/operations/configure.md").read_text()
    rows = dict(re.findall(rf"^\| (`{PREFIX}.*`) \| (.+) \|$", text, re.MULTILINE))
    told = {setting for cell in rows for setting in re.findall(r"`(\w+)`", cell)}
    assert told == VARIABLES
    for field, about in Settings.model_fields.items():
        if field.startswith("limit_"):
            assert f": `{about.default}`" in rows[f"`{PREFIX}{field.upper()}`"]


def test_documented_limits_are_those_of_the_settings() -> None:
    text = (ROOT / "docs/http.md").read_text()
    for field, about in Settings.model_fields.items():
        if field.startswith("limit_"):
            assert about.default.replace(" per ", " in ").replace(" 1 ", " a ") in text, field


def _call(method: str, path: str) -> str:
    """A route without the names of its path parameters."""
    return f"{method.upper()} " + re.sub(r"{\w+}", "{}", path)


def _told_calls() -> dict[str, str]:
    """The routes in the HTTP document, with the fields of their requests."""
    rows = re.findall(
        r"^\| (`(?:GET|POST) .+?) \| ", (ROOT / "docs/http.md").read_text(), re.MULTILINE
    )
    found = re.findall(r"`((?:GET|POST) [^`?]+)[^`]*`(?: `({[^`]+})`)?", " ".join(rows))
    return {_call(*call.split(" ")): fields for call, fields in found}


def test_each_call_of_the_api_is_told_with_its_fields() -> None:
    document = make_document(router, contact_email="info@example.org")
    told = _told_calls()
    calls = set()
    for path, methods in document["paths"].items():
        for method in methods.keys() & {"get", "post"}:
            calls.add(call := _call(method, path))
            body = methods[method].get("requestBody")
            if body:
                of_body = body["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
                schema = document["components"]["schemas"][of_body]
                required = schema.get("required", [])
                fields = {
                    f"{each}{'' if each in required else '?'}" for each in schema["properties"]
                }
                assert set(re.findall(r"\w+\??", re.sub(r": {.*?}", "", told[call]))) == fields
    assert calls == set(told)


def test_documented_bounds_are_the_measured_ones() -> None:
    text = (ROOT / "docs/performance.md").read_text()
    rows = {
        cells[0]: cells[-1] for cells in re.findall(r"^\| (.+?) \|.* (\S+) \|$", text, re.MULTILINE)
    }
    told = {
        "first visit: text, s": phone.TEXT_MS / 1000,
        "same: usable, s": phone.USABLE_MS / 1000,
        "first visit, kB before the code": phone.FIRST_KB,
        "later visit off line, s": phone.LATER_MS / 1000,
        "from amount to QR, ms": phone.CODE_MS,
        "of which the server, ms": till.SERVER_MS,
        "all pages": desk.P95_MS,
        "rules, tried": desk.ACT_P95_MS,
        "figures as CSV": desk.ACT_P95_MS,
    }
    assert {name: rows[name] for name in told} == {
        name: f"{most:,g}" for name, most in told.items()
    }
    gas = (ROOT / "docs/decisions/0005-gas.md").read_text()
    assert all(f"{most:,}" in gas for most in bounds.PAY_GAS.values())


def test_documented_layers_are_the_enforced_ones() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    text = (ROOT / "docs/architecture.md").read_text().replace("    ", "")
    for contract in config["tool"]["importlinter"]["contracts"]:
        assert "\n".join(contract.get("layers", [])) in text


def _skeleton(path: Path) -> list[str]:
    """The structure of a document, independent of its language: headings, lists, tables, links and
    commands."""
    text = path.read_text().replace(DUTCH.name, "").replace(ENGLISH.name, "")
    return re.findall(r"^#+ |^- |^\| |\]\([^)]*\)|^    make \w+", text, re.MULTILINE)


def test_the_readmes_have_the_same_parts_in_both_languages() -> None:
    assert _skeleton(ENGLISH) == _skeleton(DUTCH)
    assert "](README.nl.md)" in ENGLISH.read_text()
    assert "](README.md)" in DUTCH.read_text()


def test_decisions_are_numbered_from_one() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_a_decision_has_a_title_and_three_parts() -> None:
    parts = ["Context", "Decision", "Consequences"]
    for decision in DECISIONS:
        text = decision.read_text()
        assert text.startswith(f"# {decision.name[:4]}. "), decision
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts, decision
        assert len(text.splitlines()) <= 40, decision


def test_each_rule_of_the_policy_has_a_test_in_the_file_it_names() -> None:
    rows = 0
    for heading, section in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", POLICY, re.MULTILINE):
        for number, row in re.findall(r"^\| (\d+\.\d+) \| (.+)$", section, re.MULTILINE):
            (file,) = re.findall(r"`(tests/\w+/\w+\.py)`", row) or re.findall(
                r"`(tests/\w+/\w+\.py)`", heading
            )
            (test,) = re.findall(r"`(test_\w+)`", row)
            assert number.startswith(heading.split(".")[0] + ".")
            assert f"def {test}(" in (ROOT / file).read_text(), test
            rows += 1
    assert rows > 90


def test_each_rule_of_the_policy_has_a_number_of_its_own() -> None:
    numbers = re.findall(r"^\| (\d+\.\d+) \| ", POLICY, re.MULTILINE)
    assert [number for number, times in Counter(numbers).items() if times > 1] == []


def test_rules_of_the_policy_are_in_order_in_their_table() -> None:
    for table in re.findall(r"(?:^\| \d+\.\d+ \|.*\n)+", POLICY, re.MULTILINE):
        numbers = [int(each) for each in re.findall(r"^\| \d+\.(\d+) ", table, re.MULTILINE)]
        assert numbers == sorted(numbers)


def test_what_holds_a_rule_of_the_policy_is_there() -> None:
    rows = re.findall(r"^\| \d+\.\d+ \| .+ \| (`.+`) \| `test_", POLICY, re.MULTILINE)
    told = {
        word for cell in rows for name in re.findall(r"`(.+?)`", cell) for word in name.split(".")
    }
    code = [path for path in FILES if path.suffix in (".py", ".ts", ".svelte", ".sol")]
    code = [path for path in code if "tests" not in path.parts]
    assert len(rows) > 90
    assert told <= words(code) | {"svelte"}


def test_each_file_of_the_policy_tests_is_in_the_policy() -> None:
    for path in (ROOT / "tests/policy").glob("test_*.py"):
        assert f"`tests/policy/{path.name}`" in POLICY


def test_each_error_of_the_contract_is_in_the_policy() -> None:
    interface = (ROOT / "contracts/interfaces/IVoucherLedger.sol").read_text()
    errors = set(re.findall(r"^    error (\w+)\(", interface, re.MULTILINE))
    assert {error for error in errors if f"`{error}`" not in POLICY} == {"AmountZero"}


def test_both_readmes_name_the_browsers_that_the_apps_are_built_for() -> None:
    oldest = json.loads((ROOT / "package.json").read_text())["browserslist"]
    assert oldest == [
        "chrome >= 109",
        "edge >= 109",
        "firefox >= 121",
        "safari >= 16.4",
        "ios >= 16.4",
    ]
    for readme, said in ((ENGLISH, "iOS and iPadOS 16.4"), (DUTCH, "iOS en iPadOS 16.4")):
        text = readme.read_text()
        assert "Edge 109, Firefox 121, Safari 16.4, " + said in text
