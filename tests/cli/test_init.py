"""Setting up a municipality: three officials, two keystores, and a printed safe key."""

import json
import re

import pytest
from eth_keyfile.keyfile import decode_keyfile_json

from kindpakket.protocol.signatures import Key, address_of
from tests.support.shell import PASSWORD, Shell

KEY = re.compile(r"0x[0-9a-f]{64}\b")


def everything_in(shell: Shell) -> bytes:
    return b"".join(path.read_bytes() for path in shell.data.rglob("*") if path.is_file())


def test_the_safe_gets_a_key_that_is_printed_once_and_kept_nowhere(empty: Shell) -> None:
    said = empty.ok("init")
    (key,) = KEY.findall(said)
    assert "VOOR IN DE KLUIS" in said
    kept = everything_in(empty)
    assert key[2:].encode() not in kept
    assert bytes.fromhex(key[2:]) not in kept
    officials = empty.json("official", "list")
    safe = next(each for each in officials if each["capacities"] == ["OFFICIALS"])
    assert safe["official"] == address_of(Key(bytes.fromhex(key[2:])))
    assert safe["name"] == "Kluis"


def test_two_officials_hold_everything_in_encrypted_files(empty: Shell) -> None:
    made = empty.json("init", "--official", "Zoë van den Berg", "--official", "Bram")
    everything = ["RULES", "SHOPS", "BUDGET", "ISSUE", "PAYOUT", "OFFICIALS", "REGISTER"]
    officials = {each["official"]: each for each in empty.json("official", "list")}
    assert [each["name"] for each in made["officials"]] == ["Zoë van den Berg", "Bram"]
    for made_official, name in zip(made["officials"], ["zoe-van-den-berg", "bram"], strict=True):
        path = empty.data / "keys" / f"{name}.json"
        assert made_official["keystore"] == str(path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        keystore = json.loads(path.read_text())
        assert keystore["crypto"]["kdf"] == "scrypt"
        key = Key(decode_keyfile_json(keystore, PASSWORD.encode()))
        assert address_of(key) == made_official["address"]
        assert officials[made_official["address"]]["capacities"] == everything
        assert key not in everything_in(empty)
    assert len(officials) == 3


def test_the_category_table_is_on_the_ledger_from_the_start(empty: Shell) -> None:
    empty.ok("init")
    assert empty.json("status")["categoriesMatch"] is True


def test_a_second_start_in_one_directory_is_refused_and_harmless(empty: Shell) -> None:
    empty.ok("init")
    before = [path.read_bytes() for path in sorted((empty.data / "keys").iterdir())]
    status = empty.json("status")
    said = empty.fail("init", "--official", "C", "--official", "D", exit_code=2)
    assert said == f"In {empty.data} staat al een grootboek."
    after = [path.read_bytes() for path in sorted((empty.data / "keys").iterdir())]
    assert after == before
    assert empty.json("status") == status


def test_passwords_are_asked_for_twice_and_never_shown(empty: Shell) -> None:
    answers = "een eerste zin\neen eerste zin\neen tweede zin\neen tweede zin\n"
    result = empty.run("init", stdin=answers, password=None)
    assert result.exit_code == 0
    assert "een eerste zin" not in result.output
    kept = json.loads((empty.data / "keys/ambtenaar-2.json").read_text())
    decode_keyfile_json(kept, b"een tweede zin")


def test_a_password_comes_from_a_file(empty: Shell) -> None:
    file = empty.home / "wachtwoord"
    file.write_text("uit een bestand €\n")
    assert empty.run("init", "--password-file", file, password=None).exit_code == 0
    keystore = json.loads((empty.data / "keys/ambtenaar-1.json").read_text())
    decode_keyfile_json(keystore, "uit een bestand €".encode())


def test_a_password_of_fewer_than_twelve_characters_is_refused(empty: Shell) -> None:
    result = empty.run("init", password="elf tekens!")
    assert (result.exit_code, result.stderr) == (2, "Een wachtwoord heeft minstens 12 tekens.\n")
    assert not list(empty.home.rglob("*.json"))


def test_an_empty_password_is_refused(empty: Shell) -> None:
    result = empty.run("init", password="")
    assert (result.exit_code, result.stderr) == (2, "Een wachtwoord mag niet leeg zijn.\n")
    assert not list(empty.home.rglob("*.json"))


@pytest.mark.parametrize(
    "database",
    [
        "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
        "sqlite:////nowhere/at/all/store.sqlite3",
        "mysql://nobody@127.0.0.1/nothing",
        "not a url",
    ],
)
def test_what_cannot_be_set_up_whole_leaves_nothing(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setenv("KINDPAKKET_DATABASE_URL", database)
    said = empty.fail("init")
    assert "database" in said.lower()
    assert not empty.data.exists()
    monkeypatch.delenv("KINDPAKKET_DATABASE_URL")
    empty.ok("init")


def test_what_was_in_the_directory_stays_when_setting_up_fails(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.data.mkdir()
    (empty.data / "relay.key").write_text("0x" + "07" * 32)
    monkeypatch.setattr("kindpakket.cli.init.table_sha256", lambda: 1 // 0)
    assert empty.fail("init").startswith(
        "Er ging iets mis in het programma zelf: ZeroDivisionError"
    )
    assert [path.name for path in empty.data.rglob("*")] == ["relay.key"]
