"""Address labels, in the order of the letters."""

import pytest

from tests.support.paper import open_pdf, words
from tests.support.shell import Shell

pytestmark = pytest.mark.xdist_group("cli")

LIST = """\
nummer;naam;straat;plaats
1-030;Familie Şahin;Dorpsstraat 3 a;1234 AB Zuiderbroek
1-002;"Jansen; de oudste";Markt 2;1234 AC Zuiderbroek

1-004;Anna de Vries;Kade 1;1234 AD Zuiderbroek
"""


def listed(shell: Shell, text: str) -> tuple[object, ...]:
    names = shell.home / "namen.csv"
    names.write_text(text)
    return ("letters", "addresses", 1, "--names", names, "--out", shell.home / "adressen.pdf")


def test_labels_are_in_the_order_of_the_letters(shell: Shell) -> None:
    said = shell.ok(*listed(shell, LIST))
    assert said.startswith("3 adressen staan in ")
    (page,) = open_pdf(shell.home / "adressen.pdf")
    assert words(page) == (
        "Brief 1-002 Jansen; de oudste Markt 2 1234 AC Zuiderbroek "
        "Brief 1-004 Anna de Vries Kade 1 1234 AD Zuiderbroek "
        "Brief 1-030 Familie Şahin Dorpsstraat 3 a 1234 AB Zuiderbroek"
    )


def test_a_list_with_commas_from_another_program(shell: Shell) -> None:
    text = "\ufeffnumber,name,address\r\n1-001,Anna,Kade 1\r\n"
    assert shell.json(*listed(shell, text))["labels"] == 1


def test_24_labels_are_on_a_page(shell: Shell) -> None:
    rows = (f"1-{number:03};Anna;Kade {number}" for number in range(1, 26))
    shell.ok(*listed(shell, "nummer;naam;adres\n" + "\n".join(rows)))
    pages = [words(page) for page in open_pdf(shell.home / "adressen.pdf")]
    assert [page.count("Anna") for page in pages] == [24, 1]


def test_no_name_is_kept_or_said(shell: Shell) -> None:
    shell.ok(*listed(shell, LIST))
    kept = b"".join(path.read_bytes() for path in shell.data.rglob("*") if path.is_file())
    for words_of_it in ("Şahin", "de oudste", "Kade 1"):
        assert words_of_it.encode() not in kept
        assert words_of_it not in "".join(shell.said)
    assert (shell.home / "adressen.pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (LIST + "1-002;Nog een;Kade 2\n", "Regel 6: brief 1-002 staat er twee keer in."),
        ("nummer;naam;a\n1-052;Anna;Kade 1", "Regel 2: in serie 1 is geen brief '1-052'."),
        ("nummer;naam;a\n2-001;Anna;Kade 1", "Regel 2: in serie 1 is geen brief '2-001'."),
        ("nummer;naam;a\n1-1;Anna;Kade 1", "Regel 2: in serie 1 is geen brief '1-1'."),
        ("nummer;naam;a\n;Anna;Kade 1", "Regel 2: in serie 1 is geen brief ''."),
        ("naam;nummer\nAnna;1-001", "De eerste kolom van de lijst moet 'nummer' heten."),
        ("", "De eerste kolom van de lijst moet 'nummer' heten."),
        ("nummer;naam\n", "In de lijst staan geen adressen."),
        ('nummer;naam\n1-001;"Anna', "Regel 2 is geen CSV."),
        (
            "nummer;naam\n1-001;Anna",
            "Regel 2: een naam en een adres zijn samen 2 tot 5 regels, "
            "elk van hoogstens 40 tekens.",
        ),
    ],
)
def test_what_cannot_be_printed(shell: Shell, text: str, sentence: str) -> None:
    assert shell.no(*listed(shell, text), exit_code=2) == sentence
    assert not (shell.home / "adressen.pdf").exists()


def test_a_run_that_was_never_made(shell: Shell) -> None:
    args = list(listed(shell, LIST))
    args[2] = 9
    assert shell.no(*args, exit_code=2) == "Er is geen serie 9."


def test_nothing_is_written_over(shell: Shell) -> None:
    (shell.home / "adressen.pdf").write_text("van mij")
    assert "Er is al een bestand" in shell.no(*listed(shell, LIST), exit_code=2)
    assert (shell.home / "adressen.pdf").read_text() == "van mij"
    nowhere = (*listed(shell, LIST)[:-1], shell.home / "geen/map/adressen.pdf")
    assert "bestaat niet" in shell.no(*nowhere, exit_code=2)
