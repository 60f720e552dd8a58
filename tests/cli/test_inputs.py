"""JSON output for programs, one Dutch sentence for each error, and no secret in any output."""

import json
import re
from typing import Any

import pytest
from eth_keyfile.keyfile import decode_keyfile_json

from tests.support.shell import BICYCLES, FIRST, OFF_LICENCE, PASSWORD, Shell

pytestmark = pytest.mark.xdist_group("cli")

ADDRESS = "0x" + "ab" * 20


@pytest.mark.parametrize(
    "args",
    [
        ("status",),
        ("official", "list"),
        ("scheme", "list"),
        ("shop", "list"),
        ("till", "list", 1),
        ("letters", "list"),
        ("decisions", "list"),
        ("decisions", "list", "--made"),
    ],
)
def test_what_can_be_looked_at_is_a_table_or_json(shell: Shell, args: tuple[Any, ...]) -> None:
    assert shell.ok(*args).strip()
    assert isinstance(shell.json(*args), (dict, list))


def test_the_status_of_a_municipality(shell: Shell) -> None:
    status = shell.json("status")
    assert status["server"] is None
    assert status["categoriesMatch"] is True
    assert (status["shops"], status["admittedShops"], status["payments"]) == (2, 2, 0)
    assert status["waitingDecisions"] == 0
    assert status["schemes"][0]["issued"] == 50 * 300_00 + 15 * 20_00
    assert re.fullmatch("0x[0-9a-f]{40}", status["ledger"]["address"])


def test_shops_are_listed_from_their_invitation_on(shell: Shell) -> None:
    made = shell.json(
        *("shop", "invite", "Boekhandel", "Kerkplein 3", "--categories", "books, toys"),
        *("--owner", ADDRESS.upper().replace("0X", "0x"), "--location", "53.2486, -6.4029"),
    )
    assert made == {"id": 3, "owner": ADDRESS}
    bicycles, _, books = shell.json("shop", "list")
    assert (bicycles["known"], bicycles["admitted"]) == (True, True)
    assert (books["known"], books["admitted"], books["owner"]) == (False, False, ADDRESS)
    assert (books["name"], books["categories"]) == ("Boekhandel", ["books", "toys"])
    assert books["location"] == {"latitude": 53.2486, "longitude": -6.4029}
    assert bicycles["location"] is None
    assert "uitgenodigd" in shell.ok("shop", "list")


TILL = ("--shop", BICYCLES, "--till", "kassa-1")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("pay", *TILL, "--amount", "0"), "Dit is geen bedrag: 0. Schrijf het als 42,50."),
        (("pay", *TILL, "--amount", "-1"), "Dit is geen bedrag: -1. Schrijf het als 42,50."),
        (("pay", *TILL, "--amount", "1,5"), "Dit is geen bedrag: 1,5. Schrijf het als 42,50."),
        (("pay", *TILL, "--amount", "tien"), "Dit is geen bedrag: tien. Schrijf het als 42,50."),
        (("pay", *TILL), "Er ontbreekt iets: '--amount'. Hulp: kindpakket --help"),
        (("pay", "--foo"), "De optie --foo bestaat niet. Hulp: kindpakket --help"),
        (("pay", "--amount"), "Bij --amount hoort een waarde. Hulp: kindpakket --help"),
        (("pay", "--shop", "x"), "Deze waarde klopt niet: '--shop'. Hulp: kindpakket --help"),
        (("betaal",), "Zo bestaat deze opdracht niet. Hulp: kindpakket --help"),
        (("--foo",), "De optie --foo bestaat niet. Hulp: kindpakket --help"),
        (("scheme", "fund", 9, "1"), "Er is geen regeling 9."),
        (("scheme", "rules", 1), "Noem minstens één regel die anders wordt."),
        (
            ("scheme", "rules", 1, "--opens", "1 januari"),
            "Dit is geen datum: 1 januari. Schrijf hem als 2027-01-31.",
        ),
        (
            ("scheme", "rules", 1, "--last-day", "2019-12-31"),
            "De laatste dag ligt voor de eerste.",
        ),
        (("shop", "admit", 9), "Er is geen winkel 9."),
        (
            ("shop", "invite", "", "Straat", "--categories", "books"),
            "Een naam of adres klopt niet. Vul 1 tot 100 leesbare tekens in.",
        ),
        (
            ("shop", "invite", "A\x1b[2J", "Straat", "--categories", "books"),
            "Een naam of adres klopt niet. U+001B <control> kan niet worden gedrukt. Laat het weg.",
        ),
        (
            ("shop", "invite", "A", "Straat", "--categories", "books", "--owner", "0x12"),
            "Dit is geen adres van een sleutel: 0x12. Het begint met 0x.",
        ),
        (
            ("shop", "invite", "A", "Straat", "--categories", ","),
            "Noem minstens één categorie.",
        ),
        *(
            (
                ("shop", "invite", "A", "B", "--categories", "books", "--location", place),
                f"Dit is geen plek op de kaart: {place}. Schrijf hem als 53.247,6.402.",
            )
            for place in ("91,6", "-90.1,6", "53,180.1", "53,-181", "53", "53,247,6,402", "x,y", "")
        ),
        (
            ("official", "add", ADDRESS, "--name", "C", "--capacity", "ALLES"),
            "Kies uit deze bevoegdheden: Regels, Winkels, Budget, Toekennen, Uitbetalen, "
            "Ambtenaren, Persoonsgegevens.",
        ),
        (("official", "new", "!!!"), "Een sleutelbestand heeft een naam met letters of cijfers."),
        (
            ("decisions", "show", "0x12"),
            "Er wacht geen besluit dat begint met 0x12.",
        ),
    ],
)
def test_a_mistake_is_one_dutch_sentence(
    shell: Shell, args: tuple[Any, ...], sentence: str
) -> None:
    result = shell.run(*args, stdin="KP1:")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence + "\n")


def test_an_unknown_category_names_the_known_ones(shell: Shell) -> None:
    said = shell.fail("shop", "invite", "A", "B", "--categories", "bikes", exit_code=2)
    assert said.startswith("Deze categorie bestaat niet: bikes. Kies uit: bicycles, sports,")


@pytest.mark.parametrize("args", [("status",), ("pay", *TILL, "--amount", "1"), ("scheme", "list")])
def test_commands_in_an_empty_directory_say_how_to_begin(
    empty: Shell, args: tuple[Any, ...]
) -> None:
    said = empty.fail(*args, exit_code=2, stdin="KP1:")
    assert said == f"In {empty.data} is nog niets; begin met: kindpakket init --data MAP"


def test_a_wrong_password_opens_nothing(shell: Shell) -> None:
    args = ("pay", *TILL, "--amount", "1")
    result = shell.run(*args, stdin=shell.code("1"), password="geraden")
    assert (result.exit_code, result.stderr) == (2, "Het wachtwoord klopt niet.\n")
    (shell.data / "keys/kassa-1.json").write_text("{}")
    said = shell.fail(*args, exit_code=2, stdin=shell.code("1"))
    assert said.startswith("Dit is geen sleutelbestand:")


def test_a_keystore_that_is_not_there(shell: Shell) -> None:
    said = shell.fail("decisions", "approve", "0x", "--key", "x", "--yes", exit_code=2)
    assert said == "Er wacht geen besluit dat begint met 0x."
    shell.ok("scheme", "pause", 1)
    said = shell.fail("decisions", "approve", "0x", "--key", "x", "--yes", exit_code=2)
    assert said == f"Er is geen sleutelbestand {shell.data}/keys/x.json."


def test_a_keystore_may_lie_anywhere(shell: Shell) -> None:
    elsewhere = shell.home / "usb.json"
    (shell.data / f"keys/{FIRST}.json").rename(elsewhere)
    pause = shell.json("scheme", "pause", 1)["id"]
    shell.ok("decisions", "approve", pause, "--key", elsewhere, "--yes")


def test_a_keystore_is_never_overwritten(shell: Shell) -> None:
    said = shell.fail("till", "new", "kassa-1", exit_code=2)
    assert said == f"Er is al een sleutelbestand {shell.data}/keys/kassa-1.json."


def test_nothing_secret_is_printed(shell: Shell) -> None:
    shell.ok("till", "new", "reserve")
    shell.ok("official", "new", "Chris")
    shell.ok("refund", shell.pay("5", shell.code("5"))["id"], *TILL)
    shell.fail(
        "pay", "--shop", OFF_LICENCE, "--till", "kassa-2", "--amount", "1", stdin=shell.code("1")
    )
    said = "".join(shell.said[1:]).lower()  # except the safe key, when it is set up
    assert PASSWORD not in said
    keystores = list((shell.data / "keys").iterdir())
    assert len(keystores) == 8
    for path in keystores:
        key = decode_keyfile_json(json.loads(path.read_text()), PASSWORD.encode())
        assert key.hex() not in said
    assert (shell.data / "relay.key").read_text()[2:] not in said


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("MUNICIPALITY", "x" * 51, "Vul 1 tot 50 leesbare tekens in."),
        ("HELP_DESK", "Balie \N{BLACK TELEPHONE}", "\u260e (U+260E BLACK TELEPHONE) kan niet"),
        ("CONTACT_PHONE", "14\x07", "U+0007 <control> kan niet worden gedrukt."),
        ("CONTACT_EMAIL", "\N{ZERO WIDTH SPACE}", "Vul 1 tot 40 leesbare tekens in."),
        ("PAYER_NAME", "", "Vul 1 tot 70 leesbare tekens in."),
        ("CONFIRMATIONS", "veel", ""),
    ],
)
def test_a_setting_that_cannot_be_printed_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(f"KINDPAKKET_{name}", value)
    said = shell.fail("status", exit_code=2)
    assert said.startswith(
        f"De instelling KINDPAKKET_{name} uit de omgeving klopt niet. {why}".rstrip()
    )
