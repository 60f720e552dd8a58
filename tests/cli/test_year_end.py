"""The end of a scheme by commands: closed, what was not granted taken back, told to the council."""

import pytest

from tests.support.paper import open_pdf, words
from tests.support.shell import FIRST, SECOND, Shell

pytestmark = pytest.mark.xdist_group("cli")


def test_a_scheme_is_closed_and_what_was_not_granted_taken_back(shell: Shell) -> None:
    """Of € 20.000,00, € 15.300,00 is on fifty letters and a card."""
    shell.decide("scheme", "close", 1)
    shell.decide("scheme", "fund", 1, "4700", "--take-back")
    (scheme,) = shell.json("scheme", "list")
    assert (scheme["closed"], scheme["funded"], scheme["issued"]) == (True, 1_530_000, 1_530_000)
    more = shell.json("scheme", "fund", 1, "0,01", "--take-back")["id"]
    shell.ok("decisions", "approve", more, "--key", FIRST, "--yes")
    shell.fail("decisions", "approve", more, "--key", SECOND, "--yes")
    assert shell.json("scheme", "list")[0]["funded"] == 1_530_000


def test_the_report_to_the_council_is_written(shell: Shell) -> None:
    file = shell.home / "verslag.pdf"
    shell.ok("council-report", "2020", "--out", file)
    first = words(open_pdf(file)[0])
    assert "Verslag aan de raad: Regelingen van 2020" in first
    assert "van 1 januari 2020 tot en met 31 december 2099" in first
