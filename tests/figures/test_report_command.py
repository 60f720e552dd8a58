"""The command ``kindpakket report``."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from kindpakket.cli.common import DutchGroup
from kindpakket.cli.report import register
from kindpakket.domain.csv_files import read_csv
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.keyring import save_key
from kindpakket.services.base.names import name_scheme
from tests.support.many_letters import issue, spend
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, SCHEME, Town

app = typer.Typer(cls=DutchGroup, pretty_exceptions_enable=False)
register(app)


@pytest.fixture(autouse=True)
def letters(town: Town) -> None:
    issue(town, 20)


def run(town: Town, *args: str) -> Result:
    return CliRunner().invoke(app, ["report", "--data", str(town.directory), *args])


def keystore(town: Town, key: Key) -> Path:
    path = town.directory / "keys" / "someone.json"
    save_key(path, key, "geheim", work=2)
    return path


def test_a_table_shows_what_may_be_seen(town: Town) -> None:
    spend(town, BICYCLES, 12)
    told = run(town)
    assert told.exit_code == 0
    rows = [line.split() for line in told.output.splitlines()]
    assert rows[3] == [
        "Totaal",
        "12",
        *("€", "12,00", "€", "0,00", "€", "12,00", "€", "1.088,00", "€", "0,00"),
    ]
    assert ["winkel", "4", "<10", "brieven"] in rows


def test_a_small_number_is_in_no_form_of_the_report(town: Town) -> None:
    spend(town, BICYCLES, 12)
    spend(town, BOOKS, 3, first=12, amount=717)
    for form in ("table", "csv", "json"):
        told = run(town, "--format", form).output
        assert "2151" not in told
        assert "21,51" not in told


def test_every_form_of_the_report_says_that_it_is_not_to_be_published(town: Town) -> None:
    for form in ("table", "csv", "json"):
        assert "Publiceer dit verslag niet: samen met wat op /over staat" in (
            run(town, "--format", form).stderr
        )


def test_json_has_cents_and_says_why_something_is_hidden(town: Town) -> None:
    spend(town, BICYCLES, 12)
    answer = json.loads(run(town, "--format", "json").stdout)
    assert answer[0] == {
        "by": "total",
        "key": "",
        "name": "Totaal",
        "payments": 12,
        "spent": 1_200,
        "refunded": 0,
        "left": 108_800,
        "hidden": None,
        "refunds_hidden": None,
        "funded": 1_000_000,
        "issued": 110_000,
        "lapsed": 0,
        "so_far": None,
    }
    (books,) = (each for each in answer if (each["by"], each["key"]) == ("shop", "4"))
    assert (books["spent"], books["hidden"]) == (None, "too_few_letters")


def test_csv_can_be_read_by_a_spreadsheet_and_starts_no_formula(town: Town) -> None:
    name_scheme(town.workspace.context.store, SCHEME, "=1+1")
    spend(town, BICYCLES, 12)
    heading, *lines = read_csv(run(town, "--format", "csv").stdout_bytes)
    rows = [dict(zip(heading, line, strict=True)) for line in lines]
    assert (rows[0]["by"], rows[0]["spent"], rows[0]["left"]) == ("total", "12,00", "1088,00")
    assert rows[1]["name"] == "'=1+1 (regeling 1)"
    assert [row["hidden"] for row in rows if row["by"] == "shop"] == ["", *["too_few_letters"] * 4]


def test_an_official_sees_small_numbers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PASSWORD", "geheim")
    spend(town, BICYCLES, 3)
    path = keystore(town, EVERYTHING[0])
    answer = json.loads(run(town, "--format", "json", "--as-official", str(path)).stdout)
    assert (answer[0]["spent"], answer[0]["hidden"]) == (300, None)


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
