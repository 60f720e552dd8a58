"""A true history: nothing is found, in a directory as over a node, at once or in parts."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kindpakket_audit import report
from kindpakket_audit.__main__ import main
from kindpakket_audit.contract import INPUT
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.findings import Result
from kindpakket_audit.node import Ask, Node
from kindpakket_audit.replay import StateDiffers, audit
from tests.independent_audit.tampered import Tampered, findings
from tests.support.lived import EVENTS
from tests.support.town import START

ROOT = Path(__file__).parents[2]


def test_a_history_of_every_kind_of_act_is_clean_and_says_what_was_checked(
    truth: Tampered,
) -> None:
    done = audit(truth)
    assert (done.findings, done.result, done.weaker) == ([], Result.CLEAN, [])
    assert done.events == EVENTS
    assert (done.first_block, done.first_time) == (0, START)
    assert done.last_block == truth.head()
    assert done.totals == {
        "funded": 1_003_000,
        "issued": 80_000,
        "spent": 18_410,
        "refunded": 5_500,
        "remaining": 67_090,
        "owed": 10,
        "settled": 12_900,
    }


def test_a_node_tells_the_same(ask: Ask, truth: Tampered) -> None:
    done, here = audit(Node("http://node", ask)), audit(truth)
    assert done.findings == []
    assert (done.events, done.totals, done.slots) == (here.events, here.totals, here.slots)
    assert done.last_hash == here.last_hash


def test_an_interrupted_audit_goes_on_where_it_was(truth: Tampered, tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    half = truth.head() // 2
    assert audit(truth, state=state, confirmations=half).last_block == truth.head() - half
    read: list[tuple[int, int]] = []
    done = audit(truth, state=state, progress=lambda at, of: read.append((at, of)))
    assert read == [(truth.head() + 1, truth.head() + 1)]
    assert (done.findings, done.events) == ([], audit(truth).events)


def test_a_state_of_another_chain_is_refused(truth: Tampered, tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    audit(truth, state=state, confirmations=5)
    with pytest.raises(StateDiffers):
        audit(truth, state=state, contract="0x" + "01" * 20)


def test_the_command_writes_a_report_and_its_hash(
    chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(chain, tmp_path / "chain")
    assert main([str(copy), "--report", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    page = (tmp_path / "audit.html").read_text()
    written = (tmp_path / "audit.json").read_text()
    assert told.startswith("Alles klopt.")
    assert report.sha256(written) in page
    for text in (written, page):
        assert report.sha256(text) in told
    assert json.loads(written)["result"] == "clean"
    assert json.loads(written)["recompiled"] is False
    assert not list(tmp_path.glob("*.new"))
    assert "<script" not in page
    assert page.count("http") == 1  # the policy against requests


def test_what_is_no_chain_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "De keten is niet te lezen" in capsys.readouterr().err


def test_another_compiler_can_make_the_code_again(chain: Path) -> None:
    """It gets the carried source text and must make the carried code of it."""
    done = subprocess.run(
        [sys.executable, "-m", "kindpakket_audit", chain, "--solc", ROOT / "scripts/solc.js"],
        cwd=ROOT / "audit",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Alles klopt."), done.stderr
    assert "die een compiler nu opnieuw maakte van de broncode" in done.stdout


def test_the_source_text_that_is_carried_is_that_of_this_repository() -> None:
    carried = {path: each["content"] for path, each in INPUT["sources"].items()}
    ours = {path: (ROOT / path).read_text() for path in carried if path.startswith("contracts/")}
    packages = {
        path: (ROOT / "node_modules" / path).read_text() for path in carried.keys() - ours.keys()
    }
    assert carried == ours | packages


def test_it_imports_nothing_of_the_server(chain: Path) -> None:
    """A model that was written independently, from the contract's source text alone."""
    script = (
        "import sys; from kindpakket_audit.__main__ import main; main(sys.argv[1:]);"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'kindpakket'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, chain],
        cwd=ROOT / "audit",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    for path in (ROOT / "audit").rglob("*.py"):
        assert "from kindpakket." not in path.read_text()
        assert "import kindpakket." not in path.read_text()


def test_a_directory_without_the_lock_of_a_server_can_be_read(chain: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "data.mdb").write_bytes((chain / "data.mdb").read_bytes())
    assert findings(audit(ChainDirectory(copy))) == []
    assert [path.name for path in copy.iterdir()] == ["data.mdb"]
