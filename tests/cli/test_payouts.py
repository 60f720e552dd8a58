"""The weekly payout, by commands only."""

import hashlib
import re

import pytest
from sqlalchemy import update

from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store_access import open_store
from tests.support.payouts import orders
from tests.support.shell import BICYCLES, Shell

pytestmark = pytest.mark.xdist_group("cli")

BANK = (
    "--iban",
    "NL20 INGB 0001 2345 67",
    "--holder",
    "S. Jansen",
    "--owner",
    "eigenaar-fietsenwinkel",
)
NOW = ("--hold-days", 0, "--minimum", "0,01")


@pytest.fixture(autouse=True)
def payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91 ABNA 0417 1643 00")


def test_from_a_payment_to_the_file_for_the_bank(shell: Shell) -> None:
    said = shell.ok("shop", "bank", BICYCLES, *BANK)
    assert said == "Fietsenwinkel (winkel 1) wordt uitbetaald op NL20 •••• 4567.\n"
    shell.pay("4,50", shell.code("42,50"))
    (line,) = shell.json("payout", "preview", *NOW)
    assert line == {
        "shop": 1,
        "name": "Fietsenwinkel",
        "iban": "NL20 •••• 4567",
        "owed": 4_50,
        "held": 0,
        "amount": 4_50,
        "verdict": "paid",
    }
    said = shell.ok("payout", "prepare", *NOW)
    assert "Uitbetaling 1 wordt vastgelegd, aan 1 winkel: Fietsenwinkel (winkel 1) € 4,50." in said
    assert "Let op: 1 × rekening nieuw of veranderd sinds de vorige uitbetaling." in said
    assert "Dit besluit wacht op 2 ambtenaren met de bevoegdheid Uitbetalen:" in said
    assert "kindpakket payout show 1" in said
    assert "kindpakket payout file 1 --out BESTAND" in said
    (shown,) = shell.json("payout", "show", 1)["lines"]
    assert shown == {
        "shop": 1,
        "holder": "S. Jansen",
        "iban": "NL20 •••• 4567",
        "signers": shown["signers"],
        "amount": 4_50,
        "owed": 4_50,
        "reference": "KP-1-1",
        "marks": ["new"],
    }
    assert len(shown["signers"]) == 1
    table = shell.ok("payout", "show", 1)
    assert re.search(r"S. Jansen +NL20 •••• 4567 +de eigenaar +€ 4,50 +rekening nieuw", table)
    out = shell.home / "uitbetaling-1.xml"
    refused = shell.fail("payout", "file", 1, "--out", out)
    assert refused == "Uitbetaling 1 staat nog niet in het grootboek."
    assert not out.exists()
    shell.approve_all()
    shell.ok("payout", "file", 1, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    (order,) = orders(out.read_bytes())
    assert (order.name, order.iban, order.amount) == ("S. Jansen", "NL20INGB0001234567", "4.50")
    assert order.text == "Kindpakket uitbetaling 1, winkel 1: Fietsenwinkel"
    (listed,) = shell.json("payout", "list")
    shown = shell.json("payout", "show", 1)
    (file,) = shown["files"]
    assert file["sha256"] == "0x" + hashlib.sha256(out.read_bytes()).hexdigest()
    assert shown["sha256"] == listed["sha256"] != file["sha256"]
    assert (listed["state"], listed["shops"], listed["amount"]) == ("recorded", 1, 4_50)
    assert listed["settled"] == 4_50
    again = shell.home / "nog-eens.xml"
    shell.ok("payout", "file", 1, "--out", again)
    assert again.read_bytes() == out.read_bytes()
    taken = shell.fail("payout", "file", 1, "--out", out, exit_code=2)
    assert taken == f"Er is al een bestand {out}."


def test_a_payout_that_was_cancelled_is_withdrawn(shell: Shell) -> None:
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("10", shell.code("10"))
    made = shell.json("payout", "prepare", *NOW)
    assert (made["batch"], made["amount"], made["capacity"]) == (1, 10_00, "PAYOUT")
    refused = shell.fail("payout", "prepare", *NOW)
    assert refused == "Uitbetaling 1 wacht nog op de ambtenaren."
    assert "teruggenomen: dat kan als" in shell.fail("payout", "withdraw", 1)
    shell.ok("decisions", "cancel", made["id"], "--key", "anna-de-vries", "--yes")
    assert re.search(r"€ 10,00 +ingetrokken +" + made["id"][:10], shell.ok("payout", "list"))
    said = shell.ok("payout", "withdraw", 1)
    assert said == "Uitbetaling 1 is teruggenomen; dat nummer is weer vrij.\n"
    assert shell.json("payout", "prepare", *NOW, "--batch", 1)["batch"] == 1


def test_why_a_shop_gets_nothing_is_in_the_table(shell: Shell) -> None:
    assert shell.ok("payout", "preview") == "Geen winkel heeft iets te goed.\n"
    assert shell.ok("payout", "list") == "Er is nog niets uitbetaald.\n"
    shell.pay("10", shell.code("10"))
    assert re.search(r"€ 10,00 +€ 10,00 +€ 0,00 +geen rekening bekend", _preview(shell))
    shell.ok("shop", "bank", BICYCLES, *BANK)
    assert re.search(r"€ 10,00 +€ 10,00 +€ 0,00 +wachttijd", _preview(shell))
    below = _preview(shell, "--hold-days", 0, "--minimum", "10,01")
    assert re.search(r"€ 10,00 +€ 0,00 +€ 0,00 +onder het drempelbedrag", below)
    assert "Samen: € 0,00." in below
    assert shell.fail("payout", "prepare") == "Er is niets uit te betalen."


def test_an_account_is_shown_whole_to_nobody(shell: Shell) -> None:
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("10", shell.code("10"))
    shell.ok("payout", "preview")
    shell.json("payout", "preview")
    shell.json("payout", "prepare", *NOW)
    shell.ok("payout", "list")
    shell.ok("payout", "show", 1)
    shell.json("payout", "show", 1)
    shell.json("shop", "bank", BICYCLES, *BANK)
    assert not [said for said in shell.said if "0001234567" in said or "0001 2345 67" in said]


def test_impossible_input_is_refused_in_one_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = ("--iban", "NL21INGB0001234567", *BANK[2:])
    said = shell.fail("shop", "bank", BICYCLES, *wrong, exit_code=2)
    assert said == "Dit is geen rekeningnummer (IBAN): NL21INGB0001234567."
    assert shell.fail("shop", "bank", 9, *BANK, exit_code=2) == "Er is geen winkel 9."
    monkeypatch.delenv("KINDPAKKET_PAYER_IBAN")
    said = shell.fail("payout", "prepare", exit_code=2)
    assert said == "Van welke rekening wordt betaald? Stel KINDPAKKET_PAYER_IBAN in."


def test_an_audit_of_the_directory_holds_the_lines_against_the_ledger(shell: Shell) -> None:
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("10", shell.code("10"))
    shell.json("payout", "prepare", *NOW)
    shell.approve_all()
    assert shell.json("audit")["clean"] is True
    store = open_store(Settings(data=shell.data))
    with store.write() as db:
        db.execute(update(t.payout_lines).values(holder="Iemand anders"))
    store.close()
    found = shell.run("audit")
    assert found.exit_code == 1
    assert "de regels die hier zijn bewaard, zijn niet die van het besluit" in found.stdout


def test_lines_that_were_changed_are_not_approved(shell: Shell) -> None:
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("10", shell.code("10"))
    made = shell.json("payout", "prepare", *NOW)
    store = open_store(Settings(data=shell.data))
    with store.write() as db:
        db.execute(update(t.payout_lines).values(iban="BE68539007547034"))
    store.close()
    said = shell.fail("decisions", "approve", made["id"], "--key", "anna-de-vries", "--yes")
    assert "zijn niet die van het besluit" in said
    assert shell.fail("payout", "show", 1) == said.splitlines()[-1]
    assert shell.fail("payout", "show", 7, exit_code=2) == "Er is geen uitbetaling 7."


def _preview(shell: Shell, *args: object) -> str:
    return shell.ok("payout", "preview", *args)


def test_no_payout_is_prepared_with_an_example_value(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.ok("shop", "bank", BICYCLES, *BANK)
    shell.pay("42,50", shell.code("42,50"))
    monkeypatch.setenv("KINDPAKKET_MUNICIPALITY", "Gemeente Voorbeeldstad")
    sentence = "Stel eerst uw eigen waarden in, dit zijn nog voorbeelden: KINDPAKKET_MUNICIPALITY."
    assert shell.fail("payout", "prepare", *NOW, exit_code=2) == sentence
    assert shell.json("payout", "list") == []
    (shell.data / "demo.json").write_text("{}")  # a demo is an example itself
    shell.ok("payout", "prepare", *NOW)
