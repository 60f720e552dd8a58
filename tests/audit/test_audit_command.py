"""The command ``kindpakket audit``."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from web3.providers import BaseProvider

from kindpakket.cli import app
from kindpakket.domain.categories import table_sha256
from kindpakket.ledger import audited
from kindpakket_audit.chains import Source
from tests.independent_audit.tampered import Tampered
from tests.support.faults import Fault, both, event, indirectly
from tests.support.town import BICYCLES, ENDED, Town, till_of


def run(directory: Path, *args: str) -> Result:
    return CliRunner().invoke(app, ["audit", "--data", str(directory), *args])


@pytest.fixture
def paid(town: Town) -> Town:
    town.decide("setCategories", table_sha256())
    town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    return town


@pytest.fixture
def lying(paid: Town, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """Faults that the chain is read with; the store's changes are not compared with it."""
    (paid.directory / "changes.key").unlink()
    faults: list[Fault] = []
    truly = audited.sources_of

    @contextmanager
    def sources_of(provider: BaseProvider) -> Iterator[list[Source]]:
        with truly(provider) as (source,):
            told = Tampered.of(source)
            yield [replace(told, told=both(*faults)(told.told))]

    monkeypatch.setattr(audited, "sources_of", sources_of)
    return faults


def test_a_sound_ledger_says_what_was_checked(paid: Town) -> None:
    told = run(paid.directory)
    assert told.exit_code == 0
    assert "Alles klopt." in told.stdout.splitlines()
    assert "blok 0 tot en met 19, van 15 januari 2027 om" in told.stdout
    assert "1 betalingen, 0 terugbetalingen" in told.stdout
    assert "12 besluiten" in told.stdout


def test_it_needs_the_chain_and_nothing_else(paid: Town) -> None:
    (paid.directory / "relay.key").unlink()
    for path in paid.directory.glob("store.sqlite3*"):
        path.rename(path.with_suffix(".gone"))
    before = set(paid.directory.iterdir())
    assert run(paid.directory).exit_code == 0
    assert set(paid.directory.iterdir()) == before


def test_it_works_beside_another_process_that_writes(paid: Town) -> None:
    """The town of this test is open, and holds the chain's lock."""
    program = Path(sys.executable).with_name("kindpakket")
    done = subprocess.run(
        [program, "audit", "--data", paid.directory],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Alles klopt." in done.stdout.splitlines()
    paid.api.pay(till_of(BICYCLES), paid.code(10), 10)


def test_a_difference_is_told_with_its_block_and_transaction_and_is_no_success(
    paid: Town, lying: list[Fault]
) -> None:
    lying.append(event("Paid", shop=ENDED))
    told = run(paid.directory)
    assert told.exit_code == 1
    assert "shop: het grootboek zegt 5, nagerekend is 1" in told.stdout
    assert "blok 19, 15 januari 2027 om 10.00.02 uur, transactie 0x" in told.stdout
    assert "Verschillen: " in told.stdout


def test_a_warning_is_told_and_is_still_a_success(paid: Town, lying: list[Fault]) -> None:
    lying.append(indirectly("Paid"))
    told = run(paid.directory)
    assert told.exit_code == 0
    assert "\nLET OP: Paid: de aanroep is niet rechtstreeks te lezen" in f"\n{told.stdout}"
    assert "Alles klopt; niet na te gaan: 1." in told.stdout


def test_another_table_of_categories_than_that_of_this_program_is_found(paid: Town) -> None:
    """The ledger has a hash only; what its bits mean is in the program."""
    paid.decide("setCategories", b"\x07" * 32)
    told = run(paid.directory)
    assert told.exit_code == 1
    assert "VERSCHIL: Categorieën: het grootboek noemt tabel 0x0707" in told.stdout


def test_json_says_the_same(paid: Town, lying: list[Fault]) -> None:
    answer = json.loads(run(paid.directory, "--json").stdout)
    assert (answer["clean"], answer["findings"]) == (True, [])
    assert (answer["firstBlock"], answer["lastBlock"], answer["events"]["Paid"]) == (0, 19, 1)
    lying.append(event("Paid", amount=4_251))
    told = run(paid.directory, "--json")
    answer = json.loads(told.stdout)
    assert told.exit_code == 1
    assert answer["clean"] is False
    first = answer["findings"][0]
    assert (first["level"], first["block"]) == ("difference", 19)
    assert first["time"] == "2027-01-15T09:00:02Z"
    assert first["transaction"].startswith("0x")
    assert first["difference"] == "amount: het grootboek zegt 4251, nagerekend is 4250"


def test_an_empty_directory_says_what_to_do(tmp_path: Path) -> None:
    told = run(tmp_path)
    assert told.exit_code == 2
    assert "kindpakket init" in told.output
