"""What the command says of what it did, and what it leaves behind; and an audit that goes on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kindpakket_audit import __main__ as command
from kindpakket_audit import replay
from kindpakket_audit.__main__ import main
from kindpakket_audit.chains import ChainUnreadable, Source
from kindpakket_audit.compare import _sums
from kindpakket_audit.findings import Audit, Result
from kindpakket_audit.hashing import hexed
from kindpakket_audit.replay import StateDiffers, audit
from kindpakket_audit.report import as_html, checked
from kindpakket_audit.storage import Slot, Storage
from tests.independent_audit.tampered import Tampered, differences, findings
from tests.support.faults import Blocks, event, indirectly


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Runs the command over a source, and returns its exit status and its report."""

    def run(source: Source, *arguments: str) -> tuple[int, dict[str, Any], str]:
        monkeypatch.setattr(command, "_source", lambda *_, **__: source)
        status = main(["chain", "--report", str(tmp_path / "report"), *arguments])
        written = (tmp_path / "report/audit.json").read_text()
        return status, json.loads(written), (tmp_path / "report/audit.html").read_text()

    return run


def rewritten(blocks: Blocks) -> Blocks:
    """The chain after its owner made all blocks again."""
    return tuple(replace(each, hash=each.hash[::-1], parent=each.parent[::-1]) for each in blocks)


# three results


def test_what_could_not_be_checked_is_not_clean(truth: Tampered, tell: Any) -> None:
    status, told, page = tell(replace(truth, told=indirectly("Paid")(truth.told)))
    assert (status, told["result"]) == (3, "incomplete")
    assert "Wat na te gaan was, klopt. Niet alles was na te gaan." in page
    assert "Alles klopt" not in page
    assert "Niet bij transacties die via een ander contract kwamen: 1." in page


def test_a_difference_has_a_status_of_its_own(truth: Tampered, tell: Any) -> None:
    status, told, page = tell(replace(truth, told=event("Paid", amount=1)(truth.told)))
    assert (status, told["result"]) == (1, "differs")
    assert "Verschillen: " in page


def test_what_was_checked_is_what_was_done(truth: Tampered) -> None:
    whole = " ".join(checked(audit(truth)))
    assert "Of de hele opslag van het contract uit de geschiedenis volgt." in whole
    assert "die van de koppen van de blokken zijn" in whole
    assert "een compiler" not in whole
    asked = " ".join(checked(audit(replace(truth, words=lambda _, told: told))))
    assert "hele opslag" not in asked
    assert "een compiler" in " ".join(checked(Audit("", 1, recompiled=True)))


# a report is always written


def test_a_rewritten_chain_leaves_no_clean_report(
    truth: Tampered, tell: Any, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "state.sqlite3"))
    assert tell(truth, *state)[:2][0] == 0
    status, told, page = tell(replace(truth, told=rewritten(truth.told)), *state)
    assert (status, told["result"]) == (1, "differs")
    told_why = f"blok {truth.head()} is nu een ander dan bij de vorige controle"
    assert told_why in page
    assert "Alles klopt" not in page


def test_an_unreadable_chain_leaves_no_clean_report(truth: Tampered, tell: Any) -> None:
    class Gone(Tampered):
        def head(self) -> int:
            raise ChainUnreadable("no <answer>")

    assert tell(truth)[0] == 0
    status, told, page = tell(Gone(truth.source, truth.told))
    assert (status, told["result"]) == (2, "unreadable")
    assert "De keten is niet te lezen: no &lt;answer&gt;" in page


def test_whatever_goes_wrong_is_one_line(
    truth: Tampered, tell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(Tampered):
        def head(self) -> int:
            raise MemoryError("much")

    status, told, _ = tell(Broken(truth.source, truth.told))
    assert (status, told["result"]) == (2, "unreadable")
    assert capsys.readouterr().err.count("\n") == 1


def test_the_page_is_there_before_the_report_that_names_its_hash(
    truth: Tampered, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced: list[str] = []
    real = Path.replace

    def noted(self: Path, target: Path) -> Path:
        replaced.append(target.name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    tell(truth)
    assert replaced == ["audit.html", "audit.json"]


# another compiler


@pytest.fixture
def solc(tmp_path: Path) -> Any:
    """Makes a program that ends with a status and prints a text."""

    def make(status: int, text: str) -> str:
        program = tmp_path / "solc"
        program.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf %s '{text}'\nexit {status}\n")
        program.chmod(0o700)
        return str(program)

    return make


def test_a_compiler_that_makes_other_code_is_a_difference(
    truth: Tampered, tell: Any, solc: Any
) -> None:
    evm = {"bytecode": {"object": "60"}, "deployedBytecode": {"object": "60"}}
    made = {"contracts": {"contracts/VoucherLedger.sol": {"VoucherLedger": {"evm": evm}}}}
    status, told, _ = tell(truth, "--solc", solc(0, json.dumps(made)))
    assert (status, told["result"], told["recompiled"]) == (1, "differs", False)
    assert told["findings"][0]["difference"] == "deze compiler maakt andere code"


@pytest.mark.parametrize(
    ("status", "text"), [(0, ""), (0, "null"), (0, "[]"), (0, '{"errors": []}'), (1, "{}")]
)
def test_a_compiler_that_makes_no_code_is_a_warning(
    truth: Tampered, tell: Any, solc: Any, status: int, text: str
) -> None:
    status, told, _ = tell(truth, "--solc", solc(status, text))
    assert (status, told["result"], told["recompiled"]) == (3, "incomplete", False)
    assert told["findings"][0]["difference"].startswith("deze compiler maakt geen code: ")


def test_a_compiler_that_is_not_there_is_a_warning(truth: Tampered, tell: Any) -> None:
    status, told, _ = tell(truth, "--solc", "/nowhere/solc")
    assert (status, told["result"], told["recompiled"]) == (3, "incomplete", False)


# hashes that others kept


def test_the_hash_that_another_kept_is_compared(truth: Tampered, tell: Any) -> None:
    kept = f"20:{hexed(truth.told[20].hash)}"
    status, told, page = tell(truth, "--expect", kept)
    assert (status, told["expected"]) == (0, [kept])
    assert f"Vergeleken met hashes die anderen bewaarden: {kept}." in page
    status, told, _ = tell(replace(truth, told=rewritten(truth.told)), "--expect", kept)
    assert (status, told["expected"]) == (1, [])
    assert told["findings"][0]["about"] == "Hash van blok 20"


def test_a_block_that_another_kept_and_that_is_not_there_is_a_difference(truth: Tampered) -> None:
    done = audit(truth, expected=[(truth.head() + 1, "0x" + "12" * 32)])
    assert [each.difference for each in differences(done)] == [
        f"bewaard is 0x{'12' * 32}, er is geen"
    ]


def test_an_audit_that_goes_on_compares_the_hash_of_a_block_before(
    truth: Tampered, tmp_path: Path
) -> None:
    state = tmp_path / "state.sqlite3"
    audit(truth, state=state, confirmations=5)
    kept = hexed(truth.told[20].hash)
    assert audit(truth, state=state, expected=[(20, kept)]).result is Result.CLEAN
    other = audit(truth, state=state, expected=[(20, "0x" + "12" * 32)])
    assert other.result is Result.DIFFERS


def test_without_a_kept_hash_the_report_says_what_it_is_relative_to(truth: Tampered) -> None:
    assert "blijkt alleen uit de hash van een blok die een ander bewaarde" in as_html(
        audit(truth), ""
    )


@pytest.mark.parametrize("text", ["20", "20:0x12", "-1:0x" + "12" * 32, "x:0x" + "12" * 32])
def test_what_is_no_block_and_hash_is_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        main(["chain", f"--expect={text}"])


# a kept state


def test_it_says_from_which_block_it_went_on(truth: Tampered, tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    first = audit(truth, state=state, confirmations=5)
    assert first.went_on_at is None
    done = audit(truth, state=state)
    assert done.went_on_at == first.last_block + 1
    assert f"vanaf blok {done.went_on_at}; de blokken ervoor eerder" in as_html(done, "")


def test_the_state_of_another_version_or_source_is_refused(
    truth: Tampered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state.sqlite3"
    audit(truth, state=state, confirmations=5)
    for other in (["0.0.0", replay.SOURCE_SHA256], [replay._MADE_BY[0], "12" * 32]):
        with monkeypatch.context() as patched:
            patched.setattr(replay, "_MADE_BY", other)
            with pytest.raises(ChainUnreadable, match="another version"):
                audit(truth, state=state)
    assert audit(truth, state=state).result is Result.CLEAN


def test_what_was_found_about_another_node_is_told_by_one_audit(
    truth: Tampered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when that audit was interrupted; a later one compares the node again."""
    monkeypatch.setattr(replay, "CHUNK", 10)
    state, other = tmp_path / "state.sqlite3", replace(truth, name="other")
    forked = replace(other, told=event("Paid", amount=1)(truth.told))
    forked_at = next(
        mine.number
        for mine, its in zip(truth.told, forked.told, strict=True)
        if mine.digest != its.digest
    )

    def stop(at: int, _of: int) -> None:
        if at > forked_at:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        audit(truth, others=[forked], state=state, progress=stop)
    (found,) = audit(truth, others=[other], state=state, confirmations=5).findings
    assert (found.about, found.block) == ("Knoop other", forked_at)
    assert audit(truth, others=[other], state=state).findings == []


@pytest.mark.parametrize("content", [b"garbage" * 1_000, None])
def test_a_damaged_state_is_one_sentence(
    truth: Tampered,
    tell: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
) -> None:
    state = tmp_path / "state.sqlite3"
    audit(truth, state=state, confirmations=5)
    state.write_bytes(content or state.read_bytes()[:9_000])
    capsys.readouterr()
    status, told, _ = tell(truth, "--state", str(state))
    why = f"de bewaarde stand was niet te lezen; verwijder {state} en begin opnieuw"
    assert (status, told["result"], told["unreadable"]) == (2, "unreadable", why)
    assert capsys.readouterr().err == f"De keten is niet te lezen: {why}\n"


def test_a_full_disk_is_one_sentence(
    truth: Tampered,
    tell: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Small(Storage):
        """Of a few pages, as on a full disk."""

        def __init__(self, path: Path | None = None) -> None:
            super().__init__(path)
            self._db.execute("PRAGMA max_page_count = 4")

    monkeypatch.setattr(replay, "Storage", Small)
    status, told, _ = tell(truth, "--state", str(tmp_path / "state.sqlite3"))
    why = "de stand is niet te bewaren: database or disk is full"
    assert (status, told["unreadable"]) == (2, why)
    assert capsys.readouterr().err == f"De keten is niet te lezen: {why}\n"


def test_a_block_that_no_longer_commits_is_another_block(truth: Tampered, tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    audit(truth, state=state)
    last = replace(truth.told[-1], commits=False, state_root=b"")
    with pytest.raises(StateDiffers):
        audit(replace(truth, told=(*truth.told[:-1], last)), state=state)


def test_an_audit_that_stopped_before_the_creation_still_reads_it(
    truth: Tampered, tmp_path: Path
) -> None:
    state = tmp_path / "state.sqlite3"
    contract = audit(truth).contract
    with pytest.raises(ChainUnreadable, match="was not created"):
        audit(truth, state=state, contract=contract, confirmations=truth.head())
    done = audit(truth, state=state, contract=contract)
    assert (done.findings, done.events) == ([], audit(truth).events)


# zeros in storage, and sums


def test_a_removed_official_who_still_has_capacities_is_found(
    truth: Tampered, slots: list[Slot]
) -> None:
    """The slot must be zero."""
    (gone,) = (s for s in slots if s.name.startswith("officials[") and not any(s.value))
    found = findings(audit(truth.with_word(gone, (127).to_bytes(32))))
    assert f"Opslag {gone.name[:-2]}: value: het contract zegt 127, nagerekend is 0" in found


def test_a_bool_of_two_is_found(truth: Tampered) -> None:
    """It reads as true, and the word is another one."""
    one, two = (1).to_bytes(32), (2).to_bytes(32)

    def words(_: Any, told: list[bytes]) -> list[bytes]:
        return [two if word == one else word for word in told]

    found = findings(audit(replace(truth, words=words)))
    told = f"het woord: het contract zegt 0x{two.hex()}, nagerekend is 0x{one.hex()}"
    assert any(each.startswith("Opslag refunds[") and told in each for each in found), found


def test_the_money_on_coupons_is_compared_by_scheme() -> None:
    """Too much in one scheme does not make up for too little in another."""
    storage = Storage()
    for scheme, coupon, remaining in ((1, "0x" + "11" * 20, 150), (2, "0x" + "22" * 20, 50)):
        storage.set("schemes", scheme, funded=100, issued=100)
        storage.set("coupons", coupon, scheme=scheme, remaining=remaining)
    storage.commit()
    try:
        assert list(_sums(storage, Audit("", 1))) == [
            ("Regeling 1", "op coupons staat € 1,50, dat hoort € 1,00 te zijn"),
            ("Regeling 2", "op coupons staat € 0,50, dat hoort € 1,00 te zijn"),
        ]
    finally:
        storage.close()
