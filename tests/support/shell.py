"""The command line: real commands on a real data directory."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
from pypdfium2 import PdfDocument
from typer.testing import CliRunner, Result

from kindpakket.cli import app
from tests.support.municipality import CONFIG
from tests.support.paper import letter_text, open_pdf

PASSWORD = "een lang wachtwoord"
FIRST, SECOND = "anna-de-vries", "bram-bakker"
"""The keystores of the two officials who hold every capacity."""
BICYCLES, OFF_LICENCE = 1, 2
OFFICERS = [pyrage.x25519.Identity.generate() for _ in range(2)]
"""The age keys of the two privacy officers."""


@dataclass
class Shell:
    """A working directory, with the data directory and the letters in it."""

    home: Path
    config: Path = CONFIG
    """The file of settings."""
    said: list[str] = field(default_factory=list)
    """All output of all commands."""

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def letters(self) -> Path:
        return self.home / "serie"

    def run(
        self, *args: object, stdin: str | None = None, password: str | None = PASSWORD
    ) -> Result:
        """Run a command; return its result."""
        env = {
            "KINDPAKKET_KEYSTORE_WORK": "1024",  # scrypt with its lowest cost
            "KINDPAKKET_CONFIG": str(self.config),
            "KINDPAKKET_DATA": str(self.data),
            "KINDPAKKET_PASSWORD": password,
        }
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.said.append(result.output)
        return result

    def ok(self, *args: object, stdin: str | None = None) -> str:
        """Run a command that must succeed; return its output."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *args: object, stdin: str | None = None) -> Any:
        """Run a command that must succeed; return its JSON."""
        return json.loads(self.ok(*args, "--json", stdin=stdin))

    def fail(self, *args: object, exit_code: int = 1, stdin: str | None = None) -> str:
        """Run a command that must fail; return its one-sentence error."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == exit_code, result.output
        return result.stderr.strip().splitlines()[-1]

    def decide(self, *args: object) -> None:
        """Prepare a decision and have both officials approve it."""
        decision = self.json(*args)["id"]
        for official in (FIRST, SECOND):
            self.ok("decisions", "approve", decision, "--key", official, "--yes")

    def approve_all(self) -> None:
        """Have both officials approve all decisions that wait."""
        ids = [each["id"] for each in self.json("decisions", "list")]
        for official in (FIRST, SECOND):
            self.ok("decisions", "approve", *ids, "--key", official, "--yes")

    @property
    def printed(self) -> PdfDocument:
        """The PDFs of the letters and of the card."""
        return open_pdf(self.letters / "brieven.pdf")

    def letter_file(self, number: int = 1) -> Path:
        """Write the text of a letter to a file."""
        file = self.home / f"brief-{number}.txt"
        file.write_text(letter_text(self.printed[number - 1]))
        return file

    def code(self, amount: str, letter: int = 1) -> str:
        """Make a code from a letter."""
        file = self.letter_file(letter)
        code: str = self.json("code", "--amount", amount, "--letter-file", file)["code"]
        return code

    def pay(self, amount: str, code: str, shop: int = BICYCLES) -> Any:
        """Have a shop's till claim a code."""
        args = ("pay", "--shop", shop, "--amount", amount, "--till", f"kassa-{shop}")
        return self.json(*args, stdin=code)


def found_by_commands(home: Path) -> Shell:
    """Set up a municipality by commands: a scheme, two shops with a till each, fifty letters."""
    shell = Shell(home)
    shell.ok("init", "--official", "Anna de Vries", "--official", "Bram Bakker")
    period = ("--opens", "2020-01-01", "--last-day", "2099-12-31")
    rules = ("--permit", "bicycles,books", "--exclude", "off_licences")
    shell.decide("scheme", "open", "Kindpakket", *period, *rules)
    shell.ok("scheme", "fund", 1, "20000")
    for owner, *shop in (
        ("fietsenwinkel", "Fietsenwinkel", "Dorpsstraat 1", "--categories", "bicycles"),
        ("slijterij-jansen", "Slijterij Jansen", "Dorpsstraat 2", "--categories", "off_licences"),
    ):
        key = shell.json("till", "new", f"eigenaar-{owner}")["address"]
        shell.ok("shop", "invite", *shop, "--owner", key)
    for shop in (BICYCLES, OFF_LICENCE):
        shell.ok("shop", "admit", shop)
        shell.ok("till", "new", f"kassa-{shop}")
    seals = [arg for each in OFFICERS for arg in ("--seal-to", each.to_public())]
    shell.ok("letters", "run", 1, "--cards", 1, "--out", shell.letters, *seals)
    shell.approve_all()
    for shop, owner in ((BICYCLES, "fietsenwinkel"), (OFF_LICENCE, "slijterij-jansen")):
        keys = ("--owner", f"eigenaar-{owner}", "--till", f"kassa-{shop}")
        shell.ok("till", "add", shop, *keys)
    return shell


def moved_in(founded: Shell, home: Path) -> Shell:
    """Copy a municipality for a test."""
    shutil.copytree(founded.home, home, dirs_exist_ok=True)
    return Shell(home, said=list(founded.said))
