"""Every error is reported in one true sentence, and never as a traceback."""

import json
import sqlite3
from pathlib import Path

import pytest

from kindpakket.cli.trouble import explain
from kindpakket.store_access import DATABASE
from tests.support.shell import Shell

READING = ("status", "scheme list", "official list", "report", "decisions list")


def version(shell: Shell) -> str:
    with sqlite3.connect(shell.data / DATABASE) as db:
        (found,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found)


def set_version(shell: Shell, number: str) -> None:
    with sqlite3.connect(shell.data / DATABASE) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (number,))


@pytest.mark.parametrize("command", [*READING, "scheme fund 1 10", "serve"])
def test_only_one_command_migrates_the_database(shell: Shell, command: str) -> None:
    set_version(shell, "0001")
    said = shell.fail(*command.split())
    assert said == (
        "De database is van een eerdere versie van dit programma, of nog leeg. Werk haar bij met: "
        "kindpakket migrate"
    )
    assert version(shell) == "0001"


def test_a_reading_command_makes_no_database(shell: Shell) -> None:
    (shell.data / DATABASE).unlink()
    shell.fail("status")
    assert not (shell.data / DATABASE).exists()


@pytest.mark.parametrize("command", [*READING, "scheme fund 1 10", "serve", "migrate"])
def test_a_database_of_a_later_version_is_said_to_be_so(shell: Shell, command: str) -> None:
    set_version(shell, "9999")
    said = shell.fail(*command.split())
    assert said == (
        "De database is van een latere versie van dit programma. Installeer die versie."
    )
    assert version(shell) == "9999"


@pytest.mark.parametrize("command", ["status", "audit", "serve", "scheme fund 1 10", "migrate"])
def test_a_ledger_with_another_contract_is_refused(shell: Shell, command: str) -> None:
    file = shell.data / "contract.json"
    contract = json.loads(file.read_text())
    file.write_text(json.dumps(contract | {"address": "0x" + "11" * 20}))
    assert shell.fail(*command.split()) == (
        "Het contract van dit grootboek is niet dat van dit programma. Gebruik de versie van het "
        "programma die erbij hoort."
    )


@pytest.mark.parametrize("command", ["status", "audit", "serve"])
def test_a_damaged_file_is_named(shell: Shell, command: str) -> None:
    (shell.data / "contract.json").write_text("{")
    said = shell.fail(*command.split())
    assert said == (
        f"{shell.data / 'contract.json'} is beschadigd. Zet een kopie van de datamap terug."
    )


@pytest.mark.parametrize("command", ["status", "serve", "audit", "backup"])
def test_a_lost_key_of_the_database_is_said_to_be_so(shell: Shell, command: str) -> None:
    key, copy = shell.data / "store.key", shell.home / "kopie"
    args = [command, copy] if command == "backup" else [command]
    for replace in (key.unlink, lambda: key.write_text("11" * 32)):
        replace()
        assert shell.fail(*args) == (
            "De sleutel van de gegevens in de database ontbreekt, of is een andere. Zet hem terug "
            f"in {key}."
        )
    assert not copy.exists()


@pytest.mark.parametrize("text", ["", "geen sleutel", "11" * 31, "11" * 33])
def test_a_file_without_a_key_is_said_to_be_so(shell: Shell, text: str) -> None:
    (shell.data / "store.key").write_text(text)
    assert shell.fail("status") == (
        f"In {shell.data / 'store.key'} staat geen sleutel: 64 tekens, 0 tot en met 9 en a tot en "
        "met f."
    )


def test_the_key_of_the_database_is_replaced_by_a_command(shell: Shell) -> None:
    before = (shell.data / "store.key").read_text()
    assert shell.json("store", "rotate-key")["values"] > 5
    assert (shell.data / "store.key").read_text() != before
    assert [each["name"] for each in shell.json("official", "list")][:1] == ["Anna de Vries"]


def test_a_database_that_is_none_is_said_to_be_so(shell: Shell) -> None:
    (shell.data / DATABASE).write_bytes(b"not a database" * 100)
    assert shell.fail("status") == "De database kan niet worden gebruikt: file is not a database."


@pytest.mark.parametrize("url", ["oracle://x", "postgresql+nothing://x", "nonsense", "://"])
def test_a_url_that_is_none_is_said_to_be_so(
    shell: Shell, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_DATABASE_URL", url)
    assert shell.fail("status").startswith("KINDPAKKET_DATABASE_URL is geen adres van een SQLite-")


@pytest.mark.parametrize(
    ("setting", "nearest"),
    [
        ("KINDPAKKET_DATABSE_URL", "KINDPAKKET_DATABASE_URL"),
        ("KINDPAKKET_IBAN", "KINDPAKKET_PAYER_IBAN"),
        ("kindpakket_confirmation", "KINDPAKKET_CONFIRMATIONS"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_with_the_nearest(
    shell: Shell, setting: str, nearest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, "x")
    said = shell.fail("status", exit_code=2)
    assert said == f"De instelling {setting} bestaat niet. Bedoelt u {nearest}?"


def test_a_setting_with_a_wrong_value_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_CONFIRMATIONS", "two")
    said = shell.fail("status", exit_code=2)
    assert said.startswith("De instelling KINDPAKKET_CONFIRMATIONS uit de omgeving klopt niet.")


def test_a_data_directory_that_is_a_file_is_said_to_be_so(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for command in (["status"], ["init"], ["serve"], ["audit"]):
        said = shell.fail(*command, "--data", file, exit_code=2)
        assert said == f"{file} is geen map."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "/a/b"), "U hebt geen rechten op /a/b."),
        (OSError(30, "Read-only", "/a/b"), "Op de schijf van /a/b kan niet worden geschreven."),
        (OSError(28, "No space left", "/a/b"), "De schijf van /a/b is vol."),
        (
            OSError(5, "Input/output error", "/a"),
            "/a kan niet worden gebruikt: Input/output error.",
        ),
        (OSError(5, "I/O"), "een bestand kan niet worden gebruikt: I/O."),
        (
            KeyError("x"),
            "Er ging iets mis in het programma zelf: KeyError. Meld dit aan de makers.",
        ),
    ],
)
def test_what_an_operating_system_says_is_one_sentence(error: Exception, sentence: str) -> None:
    assert explain(error) == sentence
