"""``kindpakket register import``: a list of children from a file."""

import pytest

from tests.support.shell import Shell

pytestmark = pytest.mark.xdist_group("cli")

LIST = """\
Naam;Geboortedatum;Straat en huisnummer;Postcode;Plaats
Saar de Wit;09-03-2017;Dorpsstraat 4;1234 AB;Voorbeeldstad
Saar de Wit;09-03-2017;Kerkplein 3;1234 AC;Voorbeeldstad
"""


def test_a_list_is_saved_when_all_is_right_and_no_name_is_shown(shell: Shell) -> None:
    file = shell.home / "kinderen.csv"
    command = ("register", "import", file, "--scheme", 1)
    assert shell.fail(*command, exit_code=2).startswith(f"{file} kan niet worden gelezen")
    file.write_text("Kind;Straat\nSaar de Wit;Dorpsstraat 4\n")
    assert shell.fail(*command) == "Er is niets bewaard."
    missing = "Er is geen kolom voor: Naam, Geboortedatum, Postcode, Plaats."
    assert f"{missing} Zie het lege voorbeeld." in shell.said[-1]
    file.write_text(LIST.replace("1234 AC", "12"))
    assert shell.fail(*command) == "Er is niets bewaard."
    assert "Regel 3, kolom 4: Dit is geen postcode." in shell.said[-1]
    file.write_text(LIST)
    assert shell.fail(*command) == "Er is niets bewaard."
    assert "Regel 3 lijkt op regel 2. Kies --skip of --keep 3-2." in shell.said[-1]
    assert shell.ok(*command, "--skip", "3-2") == "Lijst 1 is bewaard: 1 kind.\n"
    assert shell.fail(*command, "--skip", "3-2") == "Er is niets bewaard."
    assert "Regel 2 lijkt op een kind in het register." in shell.said[-1]
    assert "Saar" not in "".join(shell.said)
