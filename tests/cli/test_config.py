"""Settings come from a file and the environment; each is shown with its source and no secret."""

import json
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from kindpakket import settings as settings_module
from kindpakket.settings import Settings, read_configuration
from tests.support.municipality import CONFIG, OWN
from tests.support.shell import Shell

IBAN = "NL91ABNA0417164300"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A directory with a file of settings of its own, and nothing else."""
    file = tmp_path / "kindpakket.toml"
    file.write_text(CONFIG.read_text())
    return Shell(tmp_path, file)


def add(shell: Shell, line: str) -> None:
    shell.config.write_text(f"{shell.config.read_text()}\n{line}\n")


def sources(shell: Shell) -> dict[str, tuple[object, str]]:
    rows = json.loads(shell.run("config", "check", "--json").stdout)["settings"]
    return {row["name"]: (row["value"], row["source"]) for row in rows}


def test_the_environment_is_over_the_file_and_an_option_over_both(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(shell, f'payer_iban = "{IBAN}"')
    add(shell, 'limit_key = "5 per 1 second"')
    monkeypatch.setenv("KINDPAKKET_LIMIT_KEY", "6 per 1 second")
    told = sources(shell)
    assert told["municipality"] == ("Gemeente Zuidhorn", "file")
    assert told["limit_key"] == ("6 per 1 second", "environment")
    assert told["port"] == (8000, "default")
    assert told["data"] == (str(shell.data), "environment")
    rows = shell.json("config", "check", "--data", shell.home / "x")["settings"]
    assert {"name": "data", "value": str(shell.home / "x"), "source": "option"} in rows


def test_a_named_file_must_be_there(shell: Shell) -> None:
    shell.config.unlink()
    assert shell.fail("config", "check") == f"{shell.config} bestaat niet."


def test_the_standard_file_is_used_if_it_is_there(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_module, "STANDARD_FILE", shell.config)
    assert read_configuration().file == shell.config
    assert Settings().municipality == "Gemeente Zuidhorn"
    shell.config.unlink()
    assert read_configuration().file is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("municpality = 'A'", "De instelling municpality in {} bestaat niet. Bedoelt u {near}?"),
        ("[server]", "De instelling server in {} bestaat niet. Bedoelt u {near}?"),
        ("port = 'veel'", "De instelling port in {} klopt niet. Vul een heel getal in."),
        ("port = 65536", "De instelling port in {} klopt niet. Vul minder dan 65536 in."),
        ("port = -1", "De instelling port in {} klopt niet. Vul minstens 0 in."),
        ("logo = 7", "De instelling logo in {} klopt niet. Zet de waarde tussen aanhalingstekens."),
        ("limit_key = 'vaak'", "De instelling limit_key in {} klopt niet. Schrijf een limiet als"),
        ("trusted_proxies = 'mijn'", "De instelling trusted_proxies in {} klopt niet. Schrijf"),
        ("node_url = 'http://x:y'", "De instelling node_url in {} klopt niet. zoals http://"),
        ("payer_name = ''", "De instelling payer_name in {} klopt niet. Vul 1 tot 70"),
        ("= 'A'", "{} is geen TOML-bestand: Invalid statement"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence_with_the_setting_and_the_file(
    shell: Shell, line: str, sentence: str
) -> None:
    add(shell, line)
    near = "municipality" if "munic" in line else "keystore_work"  # the nearest, however far
    expected = sentence.replace("{}", str(shell.config)).replace("{near}", near)
    for command in ("status", "config check", "config show", "serve"):
        result = shell.run(*command.split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(expected), result.stderr
        assert result.stderr.count("\n") == 1


def test_no_secret_is_shown_whatever_it_looks_like(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(
        shell,
        "node_url = 'https://anna:verborgen@node.example/verborgen?key=verborgen,http://b:verborgen@c'",
    )
    for url in (
        "postgresql+psycopg://anna:verborgen@db/kindpakket?password=verborgen",
        "postgresql+psycopg://anna:ge,verborgen/verborgen?verborgen@db/kindpakket",
        "verborgen",
    ):
        monkeypatch.setenv("KINDPAKKET_DATABASE_URL", url)
        for command in ("config check", "config check --json", "config show"):
            result = shell.run(*command.split())
            assert result.stdout
            assert "verborgen" not in result.output
    assert sources(shell)["node_url"] == ("https://***@node.example, http://***@c", "file")


def test_a_file_with_a_secret_that_everybody_can_read_is_told(shell: Shell) -> None:
    shell.config.chmod(0o644)
    add(shell, "node_url = 'http://127.0.0.1:8545'")
    assert "LET OP" not in shell.run("config", "check").stdout
    add(shell, "database_url = 'postgresql+psycopg://anna:geheim@db/kindpakket'")
    assert "LET OP: iedereen op deze computer kan" in shell.run("config", "check").stdout
    shell.config.chmod(0o640)
    assert "LET OP" not in shell.run("config", "check").stdout


def test_a_setting_with_the_name_of_a_secret_is_masked() -> None:
    secret = [
        name
        for name in Settings.model_fields
        if any(word in name for word in ("secret", "password", "_url", "token"))
    ]
    assert "database_url" in secret
    for name in secret:
        marks = Settings.model_fields[name].metadata
        assert any(isinstance(mark, settings_module.Masked) for mark in marks), name


def test_the_defaults_are_a_file_with_a_comment_for_each(shell: Shell) -> None:
    text = shell.ok("config", "show", "--defaults")
    fields = Settings.model_fields
    defaults = {name: about.default for name, about in fields.items()}
    assert tomllib.loads(text) == {
        name: str(value) if isinstance(value, Path) else value
        for name, value in defaults.items()
        if value is not None
    }
    blocks = text.strip().split("\n\n")[1:]
    assert [block.splitlines()[1].removeprefix("# ").split(" =")[0] for block in blocks] == [
        *fields
    ]
    assert all(block.startswith("# ") and len(block.splitlines()[0]) > 10 for block in blocks)
    shell.config.write_text(text)
    assert sources(shell)["port"] == (8000, "file")


def test_complete_settings_are_taken_as_they_are(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: BaseModel = Settings(data=shell.data)
    monkeypatch.setenv("KINDPAKKET_CONFIG", str(shell.config))
    shell.config.write_text("broken")
    assert Settings.model_validate_json(whole.model_dump_json()) == whole


def test_what_is_missing_is_told_and_is_the_exit_code(shell: Shell) -> None:
    result = shell.run("config", "check")
    assert result.exit_code == 1
    assert "Brieven drukken: kan." in result.stdout
    assert "Van welke rekening wordt betaald?" in result.stdout
    add(shell, f'payer_iban = "{IBAN}"')
    assert shell.json("config", "check")["missing"] == {"letters": None, "payouts": None}
    add(shell, "logo = 'nergens.svg'")
    missing = shell.run("config", "check")
    assert missing.exit_code == 1
    assert f"Het logo kan niet worden gelezen: {shell.home / 'nergens.svg'}." in missing.stdout


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("municipality", "gemeente  VOORBEELDSTAD"),
        ("contact_phone", "088-0000000"),
        ("contact_email", "balie@example.org"),
        ("help_desk", Settings.model_fields["help_desk"].default),
        ("app_address", "https://kindpakket.example/"),
        ("app_address", "https://www.EXAMPLE.com:8443"),
    ],
)
def test_an_example_however_written_is_told(shell: Shell, name: str, example: str) -> None:
    values = OWN | {name: example, "payer_iban": IBAN}
    shell.config.write_text("".join(f'{key} = "{value}"\n' for key, value in values.items()))
    result = shell.run("config", "check")
    assert result.exit_code == 1
    variable = f"KINDPAKKET_{name.upper()}"
    sentence = f"Stel eerst uw eigen waarden in, dit zijn nog voorbeelden: {variable}."
    assert f"Brieven drukken: {sentence}" in result.stdout
    assert f"Uitbetalingen voorbereiden: {sentence}\n" in result.stdout
