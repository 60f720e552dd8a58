"""Statements of the bank, by commands only."""

import json

import pytest

from tests.cli.test_payouts import BANK, NOW
from tests.support.shell import BICYCLES, Shell
from tests.support.statements import came_back, paid, statement

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(autouse=True)
def payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91 ABNA 0417 1643 00")


def test_a_statement_is_read_and_everything_compared(shell: Shell) -> None:
    assert "kloppen met elkaar" in shell.ok("bank", "reconcile")
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("4,50", shell.code("42,50"))
    shell.ok("payout", "prepare", *NOW)
    shell.approve_all()
    shell.ok("payout", "file", 1, "--out", shell.home / "uit.xml")
    file = shell.home / "afschrift.xml"
    file.write_bytes(statement(paid(4_50, "KP-1-1"), day="2025-01-19"))
    said = shell.ok("bank", "read", file)
    assert "Nieuwe afschriften: 1, al eerder gelezen: 0." in said
    assert shell.json("bank", "read", file) == {
        "statements": 0,
        "before": 1,
        "lines": 0,
        "decisions": [],
    }
    found = shell.json("bank", "reconcile")
    assert (found["settled"], found["paid"], found["findings"]) == (4_50, 4_50, [])
    back = came_back(4_50, "KP-1-1"), paid(1_00, "KP-9-1")
    file.write_bytes(statement(*back, opening=995_50, day="2025-01-20", number="2"))
    assert "Er kwam geld terug. Besluit 0x" in shell.ok("bank", "read", file)
    shell.approve_all()
    differs = shell.run("bank", "reconcile", "--json")
    assert differs.exit_code == 1
    told = json.loads(differs.stdout)
    assert [(each["about"], each["difference"]) for each in told["findings"]] == [("KP-9-1", -1_00)]
    assert [each["verdict"] for each in told["forPerson"]] == ["unknown"]
    out = shell.home / "boekingen.csv"
    asked = shell.fail("bank", "journal", "--year", 2026, "--out", out)
    assert asked.endswith("Stel KINDPAKKET_JOURNAL_EXPENSES in.")
    file.write_bytes(b"<!DOCTYPE a>")
    assert shell.fail("bank", "read", file, exit_code=2) == "Een afschrift mag geen DOCTYPE hebben."
    assert "kan niet worden gelezen" in shell.fail("bank", "read", shell.home / "x", exit_code=2)
