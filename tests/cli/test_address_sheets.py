"""Address labels, in the order of the letters."""

import pytest

from kindpakket.services.letters.address_sheets import Label, print_labels, read_labels
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.paper import open_pdf, words
from tests.support.printed import STATIONERY
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


def read_labels_of(shell: Shell, content: str | bytes) -> list[tuple[str, ...]]:
    """The lines of each label of run 1."""
    raw = content.encode() if isinstance(content, str) else content
    with Workspace.open(Settings(data=shell.data), read_only=True) as workspace:
        return [label.lines for label in read_labels(workspace.context, 1, raw)]


def test_labels_are_in_the_order_of_the_letters(shell: Shell) -> None:
    said = shell.ok(*listed(shell, LIST))
    assert said.startswith("3 adressen staan in ")
    (page,) = open_pdf(shell.home / "adressen.pdf")
    assert words(page) == (
        "Druk af op 100 % (ware grootte). Dan is deze lijn 5 cm: "
        "Brief 1-002 Jansen; de oudste Markt 2 1234 AC Zuiderbroek "
        "Brief 1-004 Anna de Vries Kade 1 1234 AD Zuiderbroek "
        "Brief 1-030 Familie Şahin Dorpsstraat 3 a 1234 AB Zuiderbroek"
    )


def test_a_list_with_commas_from_another_program(shell: Shell) -> None:
    text = "\ufeffnumber,name,address\r\n1-001,Anna,Kade 1\r\n"
    assert shell.json(*listed(shell, text))["labels"] == 1


def test_every_line_of_a_cell_is_a_line_of_the_label(shell: Shell) -> None:
    address = '"Dorpsstraat 12\n1e verdieping"'
    text = f"nummer;naam;adres;plaats\n1-001;Anna;{address};1234 AB Zuiderbroek\n"
    shell.ok(*listed(shell, text + text.partition("\n")[2].replace("1-001", "1-002")))
    (page,) = open_pdf(shell.home / "adressen.pdf")
    lines = page.get_textpage().get_text_bounded().splitlines()
    assert lines[-5:] == [
        *("Brief 1-002", "Anna", "Dorpsstraat 12", "1e verdieping", "1234 AB Zuiderbroek"),
    ]


@pytest.mark.parametrize("line_end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"], ids=ascii)
def test_every_kind_of_line_end_is_a_line_break_on_a_label(shell: Shell, line_end: str) -> None:
    text = f"nummer;naam;adres\n1-001;Anna;Dorpsstraat 12{line_end}1e verdieping\n"
    content = read_labels_of(shell, text)
    assert content == [("Anna", "Dorpsstraat 12", "1e verdieping")]


def test_what_shows_nothing_is_not_on_a_label(shell: Shell) -> None:
    text = "num\u200bmer;naam;adres\n\ufeff1-001\u00a0;An\u00adna;Kade\u00a01;\u200b\n"
    assert read_labels_of(shell, text) == [("Anna", "Kade 1")]


def test_a_list_of_a_dutch_spreadsheet_in_windows_1252(shell: Shell) -> None:
    text = "nummer;naam;adres\r\n1-001;Zoë Müller;Coöperatiestraat 1\r\n".encode("windows-1252")
    assert read_labels_of(shell, text) == [("Zoë Müller", "Coöperatiestraat 1")]


def test_an_address_never_leaves_its_label() -> None:
    long = Label("1-001", ("W" * 40, "王" * 40, "Kade 1", "5", "6"))
    (page,) = open_pdf(print_labels([long, long], STATIONERY, 1_800_000_000, "Adressen"))
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    starts = [LABEL * place + INSET for place in range(3)]
    for left, bottom, right, top in boxes:
        assert any(start - 1 <= left and right <= start + ROOM + 1 for start in starts)
        assert page.get_height() - LABEL_HEIGHT <= bottom <= top


def test_a_long_name_takes_two_lines_of_a_size_that_people_can_read() -> None:
    name = "Wilhelmina Alexandrina van den Oetelaar-Bergmans tot Nijenrode"
    (page,) = open_pdf(
        print_labels([Label("1-001", (name, "Kade 1"))], STATIONERY, 1_800_000_000, "Adressen")
    )
    text = page.get_textpage()
    start = text.get_text_range().index("Wilhelmina")
    boxes = [text.get_charbox(start + place) for place in range(len(name))]
    capital = boxes[0]
    assert capital[3] - capital[1] > 0.7 * 7  # of 7 points
    assert boxes[-1][3] < capital[1]


LABEL, INSET, ROOM, LABEL_HEIGHT = (each / 25.4 * 72 for each in (70, 7, 56, 37.5))
"""In points."""


def test_24_labels_are_on_a_page_and_the_first_has_the_ruler(shell: Shell) -> None:
    rows = (f"1-{number:03};Anna;Kade {number}" for number in range(1, 26))
    shell.ok(*listed(shell, "nummer;naam;adres\n" + "\n".join(rows)))
    pages = [words(page) for page in open_pdf(shell.home / "adressen.pdf")]
    assert [page.count("Anna") for page in pages] == [23, 2]
    assert [page.count("Druk af op 100 %") for page in pages] == [1, 0]


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
        (
            'nummer;naam\n1-001;"Anna',
            "Regel 2 is geen CSV: er staat een aanhalingsteken te veel of te weinig.",
        ),
        (
            "nummer;naam;a\n\n1-001;Anna;Kade 1 \u2192 2",
            "Regel 3: \u2192 (U+2192 RIGHTWARDS ARROW) kan niet worden gedrukt. Laat het weg.",
        ),
        (
            "nummer;naam\n1-001;Anna",
            "Regel 2: een naam en een adres zijn samen 2 tot 5 regels, "
            "elk van hoogstens 40 tekens.",
        ),
    ],
)
def test_what_cannot_be_printed(shell: Shell, text: str, sentence: str) -> None:
    assert shell.fail(*listed(shell, text), exit_code=2) == sentence
    assert not (shell.home / "adressen.pdf").exists()


def test_a_run_that_was_never_made(shell: Shell) -> None:
    args = list(listed(shell, LIST))
    args[2] = 9
    assert shell.fail(*args, exit_code=2) == "Er is geen serie 9."


def test_nothing_is_written_over(shell: Shell) -> None:
    (shell.home / "adressen.pdf").write_text("van mij")
    assert "Er is al een bestand" in shell.fail(*listed(shell, LIST), exit_code=2)
    assert (shell.home / "adressen.pdf").read_text() == "van mij"
    nowhere = (*listed(shell, LIST)[:-1], shell.home / "geen/map/adressen.pdf")
    assert "bestaat niet" in shell.fail(*nowhere, exit_code=2)
