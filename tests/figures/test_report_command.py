"""The command ``kindpakket report``."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kindpakket.cli import app
from kindpakket.domain.csv_files import read_csv
from kindpakket.domain.times import midnight
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.keyring import save_key
from kindpakket.services.base.names import name_scheme
from kindpakket.services.figures.looks import FiguresPage, list_looks
from kindpakket.workspace import Workspace
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, SCHEME, Town, till_of


def run(town: Town, *args: str) -> Result:
    return CliRunner().invoke(app, ["report", "--data", str(town.directory), *args])


def keystore(town: Town, key: Key) -> Path:
    path = town.directory / "keys" / "someone.json"
    save_key(path, key, "geheim", work=2)
    return path


@pytest.fixture
def published(large_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """In January ten letters paid for bicycles, and twelve for books. Commands have this clock."""
    monkeypatch.setattr(Workspace, "open", partial(Workspace.open, clock=large_town.clock))
    spend(large_town, BICYCLES, 10)
    spend(large_town, BOOKS, 12, first=10, amount=200)
    large_town.clock.time = midnight(date(2027, 2, 1)) + 6 * 3600
    return large_town


def test_the_report_is_what_the_public_page_has(published: Town) -> None:
    told = run(published)
    assert told.exit_code == 0
    rows = [" ".join(line.split()) for line in told.output.splitlines()]
    assert "1 Regeling 1 € 10.000,00 € 1.500,00 € 34,00 € 0,00" in rows
    assert "1 Regeling 1 2027-01 € 1.500,00 € 34,00 € 0,00" in rows
    assert "1 Regeling 1 2027-01 2027-01 Boeken € 24,00" in rows
    assert "1 Regeling 1 2027-01 2027-01 Fietsen en bromfietsen € 10,00" in rows
    page = published.http.get("/over/gegevens.json").text
    assert run(published, "--format", "json").stdout.strip() == page


def test_a_small_number_is_in_no_form_of_the_report(published: Town) -> None:
    spend(published, BOOKS, 3, first=30, amount=717)
    published.clock.time += 24 * 3600
    for args in ((), ("--format", "json"), ("--format", "csv", "--table", "soorten")):
        told = run(published, *args)
        assert told.exit_code == 0
        assert "2151" not in told.output
        assert "21,51" not in told.output


def test_csv_has_one_table_and_starts_no_formula(published: Town) -> None:
    name_scheme(published.workspace.context.store, SCHEME, "=1+1")
    rows = read_csv(run(published, "--format", "csv", "--table", "soorten").stdout_bytes)
    assert rows == [
        ["Nummer", "Regeling", "Eerste maand", "Laatste maand", "Soort winkel", "Betaald"],
        ["1", "'=1+1", "2027-01", "2027-01", "Boeken", "24,00"],
        ["1", "'=1+1", "2027-01", "2027-01", "Fietsen en bromfietsen", "10,00"],
    ]
    for args in (("--format", "csv"), ("--table", "winkels")):
        told = run(published, *args)
        assert told.exit_code == 2
        assert "regelingen, maanden, soorten" in told.output


def test_an_official_sees_sums_by_shop_and_month_and_it_is_logged(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_PASSWORD", "geheim")
    town.api.pay(till_of(BICYCLES), town.code(300), 300)
    path = str(keystore(town, EVERYTHING[0]))
    answer = json.loads(run(town, "--format", "json", "--as-official", path).stdout)
    assert [(each["key"], each["month"], each["spent"]) for each in answer["shopMonths"]] == [
        ("1", "2027-01", 300)
    ]
    (look,) = list_looks(town.workspace.context, 10)
    assert (look.official, look.page) == (address_of(EVERYTHING[0]), FiguresPage.COMMAND)


def test_another_key_is_not_an_officials(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PASSWORD", "geheim")
    told = run(town, "--as-official", str(keystore(town, Key(b"\x77" * 32))))
    assert told.exit_code == 1
    assert "niet van een ambtenaar" in told.output


def test_a_wrong_password_shows_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PASSWORD", "mis")
    told = run(town, "--as-official", str(keystore(town, EVERYTHING[0])))
    assert told.exit_code == 2
    assert told.output.strip() == "Het wachtwoord klopt niet."


def test_an_empty_directory_says_what_to_do(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["report", "--data", str(tmp_path)])
    assert told.exit_code == 2
    assert "kindpakket init" in told.output
